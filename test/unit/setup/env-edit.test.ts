import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesOf, parseEnvDocument, printEnvNode } from '../../../src/base/env-document.ts';
import { AppError } from '../../../src/base/errors.ts';
import { keyState, setEnvKey } from '../../../src/setup/env-edit.ts';
import { envFiles, envValues } from '../../support/env-files.ts';

const KEY = 'INTERCOM_WEBHOOK_SECRET';

describe('setEnvKey', () => {
  test('changes the line of the key and nothing else, for any file and any value', () => {
    let refused = 0;
    const runs = 100_000;
    fc.assert(
      fc.property(envFiles, envValues, (text, value) => {
        let after: string;
        try {
          after = setEnvKey(text, KEY, value).text;
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          refused += 1;
          return;
        }
        const before = { ...parse(text) };
        const keys = { ...parse(after) };
        expect(keys[KEY]).toBe(value);
        expect({ ...keys, [KEY]: '' }).toEqual({ ...before, [KEY]: '' });
        if (before[KEY] === value) expect(after).toBe(text);
        const kept = textAround(text, after);
        const lost = text.slice(kept.start, text.length - kept.end);
        const target = entriesOf(parseEnvDocument(text), KEY).at(-1);
        if (target) expect(printEnvNode(target)).toContain(lost);
        else expect(lost.trimEnd()).toMatch(/^[^\r\n]*$/);
      }),
      { numRuns: runs },
    );
    expect(refused).toBeLessThan(runs / 20);
  });
});

/** What a plain value makes of them. */
const SHAPES: readonly (readonly [name: string, before: string, after: string])[] = [
  [
    "the guide's backend",
    'DATABASE_URL=postgresql://propiq@localhost/propiq\n\n# Intercom\nINTERCOM_ACCESS_TOKEN=token\n# INTERCOM_WEBHOOK_SECRET will be generated when you create the webhook\n\n# Azure\nREGION=westus\n',
    'DATABASE_URL=postgresql://propiq@localhost/propiq\n\n# Intercom\nINTERCOM_ACCESS_TOKEN=token\nINTERCOM_WEBHOOK_SECRET=new-value\n\n# Azure\nREGION=westus\n',
  ],
  ['nothing', '', `${KEY}=new-value\n`],
  ['a byte order mark alone', '\uFEFF', `\uFEFF\n${KEY}=new-value`],
  [
    'Laravel',
    'APP_NAME="My App"\nAPP_KEY=\n\nMAIL_FROM_NAME="${APP_NAME}"\n',
    `APP_NAME="My App"\nAPP_KEY=\n\nMAIL_FROM_NAME="\${APP_NAME}"\n${KEY}=new-value\n`,
  ],
  [
    'Rails',
    `export RAILS_ENV=production\nexport ${KEY}='old one'\n`,
    `export RAILS_ENV=production\nexport ${KEY}='new-value'\n`,
  ],
  [
    'Docker Compose',
    `POSTGRES_PASSWORD=pa$$word\n${KEY}=old\nTAG=1.2\n`,
    `POSTGRES_PASSWORD=pa$$word\n${KEY}=new-value\nTAG=1.2\n`,
  ],
  [
    'Next',
    `NEXT_PUBLIC_URL=http://localhost:3000\n${KEY}="old"  # server only\n`,
    `NEXT_PUBLIC_URL=http://localhost:3000\n${KEY}="new-value"  # server only\n`,
  ],
  ['Django', `DEBUG=on\nSECRET_KEY='x#y'\n${KEY} = old\n`, `DEBUG=on\nSECRET_KEY='x#y'\n${KEY} = new-value\n`],
  ['Windows', `A=1\r\n${KEY}=old\r\nB=2\r\n`, `A=1\r\n${KEY}=new-value\r\nB=2\r\n`],
  ['Windows, a new key', 'A=1\r\nB=2\r\n', `A=1\r\nB=2\r\n${KEY}=new-value\r\n`],
  ['no final line end', 'A=1\r\nB=2', `A=1\r\nB=2\r\n${KEY}=new-value`],
  ['no final line end, the key last', `A=1\n${KEY}=old`, `A=1\n${KEY}=new-value`],
  ['mixed line ends', `A=1\r${KEY}=old\r\nB=2\n`, `A=1\r${KEY}=new-value\r\nB=2\n`],
  ['a YAML-like line', `${KEY}: old\n`, `${KEY}: new-value\n`],
  ['a YAML-like line without a value', `${KEY}:\n\nB=1\n`, `${KEY}: new-value\n\nB=1\n`],
  ['backticks', `${KEY}=\`old\`\n`, `${KEY}=\`new-value\`\n`],
  ['an empty value', `${KEY}=\n`, `${KEY}=new-value\n`],
  [
    'an empty value with a comment',
    `${KEY}= # from Basic Information\n`,
    `${KEY}=new-value # from Basic Information\n`,
  ],
  ['a comment that touches the value', `${KEY}=old#note\n`, `${KEY}=new-value #note\n`],
  [
    'a name without a value',
    `A=1\n  export ${KEY}  # paste it\nB=1\n`,
    `A=1\n  export ${KEY}=new-value  # paste it\nB=1\n`,
  ],
  ['duplicates', `${KEY}=one\nA=1\n${KEY}=two\n`, `${KEY}=one\nA=1\n${KEY}=new-value\n`],
  ['commented out, empty', `#${KEY}=\nA=1\n`, `${KEY}=new-value\nA=1\n`],
  [
    'commented out, a placeholder',
    `  # export ${KEY}="your_secret_here" # from the hub\n`,
    `  export ${KEY}=new-value # from the hub\n`,
  ],
  [
    'commented out, a real value: it stays',
    `# ${KEY}=a3f9c2b17d\nA=1\n`,
    `# ${KEY}=a3f9c2b17d\nA=1\n${KEY}=new-value\n`,
  ],
  [
    'a comment about it: it stays',
    `# ${KEY} is the client secret, ask Ada\n`,
    `# ${KEY} is the client secret, ask Ada\n${KEY}=new-value\n`,
  ],
  [
    'a longer name: another key',
    `${KEY}_PREVIOUS=old\nMY_${KEY}=x\n`,
    `${KEY}_PREVIOUS=old\nMY_${KEY}=x\n${KEY}=new-value\n`,
  ],
  ['the name inside a value of many lines', `NOTE="\n${KEY}=old\n"\n`, `NOTE="\n${KEY}=old\n"\n${KEY}=new-value\n`],
  ['a value of many lines', `A=1\n${KEY}="one\ntwo" # note\nB=2\n`, `A=1\n${KEY}="new-value" # note\nB=2\n`],
  [
    'a neighbour of many lines',
    `PEM='-----BEGIN\nabc==\n-----END'\n${KEY}=old\n`,
    `PEM='-----BEGIN\nabc==\n-----END'\n${KEY}=new-value\n`,
  ],
];

describe('the shapes of real env files', () => {
  test.each(SHAPES)('%s', (_, before, after) => {
    expect(setEnvKey(before, KEY, 'new-value').text).toBe(after);
    expect(setEnvKey(after, KEY, 'new-value')).toEqual({ text: after, action: 'unchanged' });
  });
});

describe('a value is written in the form that all readers agree on', () => {
  test.each([
    ['old', 'plain-1', 'plain-1'],
    ['old', 'a#b', "'a#b'"],
    ['old', 'two words', "'two words'"],
    ['old', ' ends ', "' ends '"],
    ['"old"', 'a$b', "'a$b'"],
    ['"old"', 'a b', '"a b"'],
    ["'old'", "it's", '"it\'s"'],
    ['old', 'say "x"', '\'say "x"\''],
    ['old', String.raw`a\b`, String.raw`'a\b'`],
    ['old', 'a`b', "'a`b'"],
    ['old', '$(x)', "'$(x)'"],
    ['old', 'é!~', "'é!~'"],
    ['old', 'one\ntwo', "'one\ntwo'"],
  ])('where %s was, %j becomes %s, and nobody differs', (old, value, written) => {
    const { text } = setEnvKey(`${KEY}=${old}\n`, KEY, value);
    expect(text).toBe(`${KEY}=${written}\n`);
    expect(keyState(parseEnvDocument(text), KEY).differences).toEqual([]);
  });

  test.each([
    ['${HOME}', ['python-dotenv']],
    [String.raw`a\\b`, ['sh']],
    [`a'b"c`, ['sh']],
    [`a'b$c`, ['Docker Compose', 'sh']],
  ])('%j has no such form: who differs is named', (value, readers) => {
    const { text } = setEnvKey('', KEY, value);
    expect(parse(text)[KEY]).toBe(value);
    const { differences } = keyState(parseEnvDocument(text), KEY);
    expect(differences.map(({ reader }) => reader)).toEqual(readers);
  });

  test.each([
    [`\uFEFF${KEY}=old\n`, ['python-dotenv', 'sh']],
    [`${KEY}: old\n`, ['python-dotenv', 'sh']],
    [`${KEY} = old\n`, ['sh']],
    [`${KEY}=old\r\n`, ['sh']],
    [`${KEY}=\`old\`\n`, ['python-dotenv', 'Docker Compose', 'sh']],
  ])('the form of the line %j is told too', (before, readers) => {
    const { differences } = keyState(parseEnvDocument(setEnvKey(before, KEY, 'new').text), KEY);
    expect(differences.map(({ reader }) => reader)).toEqual(readers);
  });
});

describe('what cannot be written is refused', () => {
  test.each([
    ['a carriage return', '', 'a\rb', 'no way to write'],
    ['a # among all quotes', '', '\'"`#', 'no way to write'],
    ['a value on the next line', `${KEY}:\nold`, 'new', 'the line after line 1'],
  ])('%s', (_, before, value, why) => {
    expect(() => setEnvKey(before, KEY, value)).toThrow(
      expect.objectContaining({ code: 'env/value', why: expect.stringContaining(why) as string }) as Error,
    );
  });

  test('where it would close the quote of another line, that line is named', () => {
    const before = `A="open\n${KEY}=old\n`;
    const value = 'say "x" # y';
    expect(parse(setEnvKey(before, KEY, value).text)).toEqual({ A: '"open', [KEY]: value });
    expect(() => setEnvKey(`A='open\nB="open\nC=\`open\n${KEY}=old\n`, KEY, '# b')).toThrow(
      expect.objectContaining({ code: 'env/value', why: 'Line 1 opens a quote that is never closed.' }) as Error,
    );
  });
});

/** How much two texts have in common at their start and at their end. */
function textAround(one: string, other: string): { start: number; end: number } {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return { start, end };
}
