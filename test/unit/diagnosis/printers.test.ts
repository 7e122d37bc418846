import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { PRINTED_BODIES } from '../../../src/diagnosis/hypotheses/printed-bodies.ts';
import { CHARSET_BODIES } from '../../../src/diagnosis/hypotheses/charset-bodies.ts';
import { RAW_BODIES } from '../../../src/diagnosis/hypotheses/raw-bodies.ts';
import { rightSigning } from '../../../src/diagnosis/signing.ts';

/** What languages print differently: spaces, order, escapes, numbers, empty objects, quotes, letters of every width. */
const BODY = Buffer.from(
  String.raw`{"topic" : "ping",` +
    '\r\n\t' +
    String.raw`"b":{"z":1,"a":[],"m":{}},"url":"https:\/\/example.com\/a?b=1&c=<d>","quote":"it's \"so\" + \\","name":"Zoë 👋 – 你好 \u00e9",` +
    String.raw`"numbers":[0,-1,1729526400,1.5,10000000000],"words":[true,false,null]}` +
    '\n',
);

const variant = (words: string): Uint8Array => {
  const found = [...PRINTED_BODIES, ...RAW_BODIES, ...CHARSET_BODIES]
    .flatMap(({ variants }) => variants)
    .find((one) => one.words === words);
  const signing = found?.alter(rightSigning(BODY, new Uint8Array()));
  if (signing === undefined) throw new Error(`no variant "${words}"`);
  return signing.message;
};

const python = (expression: string): string => {
  const code = `import json, sys\nraw = sys.stdin.buffer.read()\nbody = json.loads(raw)\nout = ${expression}\nsys.stdout.buffer.write(out if isinstance(out, bytes) else out.encode())`;
  return execFileSync('/usr/bin/python3', ['-c', code], { input: BODY }).toString();
};

describe('a body is printed again exactly as the language itself prints it', () => {
  test.each([
    ['the parsed body, printed by json.dumps', 'json.dumps(body)'],
    ["the parsed body, printed by json.dumps(…, separators=(',', ':'))", "json.dumps(body, separators=(',', ':'))"],
    ['the parsed body, printed by json.dumps(…, ensure_ascii=False)', 'json.dumps(body, ensure_ascii=False)'],
    ['the parsed body, printed by json.dumps(…, sort_keys=True)', 'json.dumps(body, sort_keys=True)'],
    ['the parsed body, printed by json.dumps(…, indent=2)', 'json.dumps(body, indent=2)'],
    ['the parsed body, printed by json.dumps(…, indent=4)', 'json.dumps(body, indent=4)'],
    ['the text that str() makes of the parsed body', 'str(body)'],
    ["the text b'…' that str() makes of the raw bytes", 'str(raw)'],
    ['the body with a replacement character for every byte beyond ASCII', "raw.decode('ascii', 'replace')"],
    ['the body with ? for every letter beyond ASCII', "raw.decode().encode('ascii', 'replace')"],
    ['the body without its letters beyond ASCII', "raw.decode().encode('ascii', 'ignore')"],
    ['the body decoded as Latin-1 and encoded as UTF-8', "raw.decode('latin-1').encode()"],
  ])('Python: %s', (words, expression) => {
    expect(Buffer.from(variant(words)).toString()).toBe(python(expression));
  });

  test.each([
    ['the parsed body, printed by JSON.stringify', JSON.stringify(JSON.parse(BODY.toString()))],
    ['the parsed body, printed with an indent of 2', JSON.stringify(JSON.parse(BODY.toString()), null, 2)],
    ['the raw body as JSON.stringify prints a Buffer', JSON.stringify(BODY)],
    ['the raw body as a list of numbers', String(Uint8Array.from(BODY))],
  ])('JavaScript: %s', (words, printed) => {
    expect(Buffer.from(variant(words)).toString()).toBe(printed);
  });

  // recorded from PHP 8.2 and Go 1.19
  test.each([
    [
      'the parsed body, printed by json_encode(json_decode($body, true))',
      String.raw`{"topic":"ping","b":{"z":1,"a":[],"m":[]},"url":"https:\/\/example.com\/a?b=1&c=<d>","quote":"it's \"so\" + \\","name":"Zo\u00eb \ud83d\udc4b \u2013 \u4f60\u597d \u00e9","numbers":[0,-1,1729526400,1.5,10000000000],"words":[true,false,null]}`,
    ],
    [
      'the parsed body, printed by json_encode(json_decode($body))',
      String.raw`{"topic":"ping","b":{"z":1,"a":[],"m":{}},"url":"https:\/\/example.com\/a?b=1&c=<d>","quote":"it's \"so\" + \\","name":"Zo\u00eb \ud83d\udc4b \u2013 \u4f60\u597d \u00e9","numbers":[0,-1,1729526400,1.5,10000000000],"words":[true,false,null]}`,
    ],
    [
      'the parsed body, printed by json_encode with JSON_UNESCAPED_SLASHES',
      String.raw`{"topic":"ping","b":{"z":1,"a":[],"m":[]},"url":"https://example.com/a?b=1&c=<d>","quote":"it's \"so\" + \\","name":"Zo\u00eb \ud83d\udc4b \u2013 \u4f60\u597d \u00e9","numbers":[0,-1,1729526400,1.5,10000000000],"words":[true,false,null]}`,
    ],
    [
      'the parsed body, printed by json_encode with JSON_UNESCAPED_UNICODE',
      String.raw`{"topic":"ping","b":{"z":1,"a":[],"m":[]},"url":"https:\/\/example.com\/a?b=1&c=<d>","quote":"it's \"so\" + \\","name":"Zoë 👋 – 你好 é","numbers":[0,-1,1729526400,1.5,10000000000],"words":[true,false,null]}`,
    ],
    [
      'the parsed body, printed by json_encode, nothing escaped',
      String.raw`{"topic":"ping","b":{"z":1,"a":[],"m":[]},"url":"https://example.com/a?b=1&c=<d>","quote":"it's \"so\" + \\","name":"Zoë 👋 – 你好 é","numbers":[0,-1,1729526400,1.5,10000000000],"words":[true,false,null]}`,
    ],
    [
      'the parsed body, printed by json.Marshal of a map',
      String.raw`{"b":{"a":[],"m":{},"z":1},"name":"Zoë 👋 – 你好 é","numbers":[0,-1,1729526400,1.5,10000000000],"quote":"it's \"so\" + \\","topic":"ping","url":"https://example.com/a?b=1\u0026c=\u003cd\u003e","words":[true,false,null]}`,
    ],
  ])('PHP and Go: %s', (words, printed) => {
    expect(Buffer.from(variant(words)).toString()).toBe(printed);
  });
});
