import { bytes, type Cause } from '../hypothesis.ts';
import { readTree } from '../json-tree.ts';
import { pythonRepr } from '../python-repr.ts';
import { binary, constant, fromForm, raw, rewritten, WHY } from './body-change.ts';

/** Something else than the raw bytes is signed, without a JSON printer in between. */
export const RAW_BODIES: readonly Cause[] = [
  raw('body-empty', {
    title: 'The receiver signs an empty body',
    why: 'A request body is a stream: whoever reads it second (after a body parser, a logger, request.form) gets nothing.',
    fix: 'Read the raw body once, before any parser, and give the parser the same bytes.',
    variants: [constant('nothing, as the body was read before', 3, '')],
  }),
  raw('body-stand-in', {
    title: 'The receiver signs a stand-in for the body',
    why: 'Without a body parser req.body is {} or undefined; an object that is turned into text becomes [object Object].',
    fix: 'Keep the raw body: express.raw({ type: "*/*" }) on this route, await request.text() in fetch-style handlers, request.get_data() in Flask.',
    variants: [
      constant('{} in place of the body', 2, '{}'),
      constant('[object Object] in place of the body', 2, '[object Object]', 'js'),
      constant('undefined in place of the body', 1.5, 'undefined', 'js'),
      constant('null in place of the body', 1, 'null'),
      constant('None in place of the body', 1, 'None', 'python'),
      constant('"" in place of the body', 0, '""'),
      constant('[] in place of the body', 1, '[]', 'php'),
      constant(
        'ImmutableMultiDict([]) in place of the body, the empty form of Flask',
        1,
        'ImmutableMultiDict([])',
        'python',
      ),
      constant('<QueryDict: {}> in place of the body, the empty form of Django', 1, '<QueryDict: {}>', 'python'),
      constant('Array in place of the body', 0, 'Array', 'php'),
    ],
  }),
  raw('body-python-text', {
    title: "The receiver signs Python's text of an object",
    why: "str() of bytes gives b'…', and str() of a dict gives single quotes, True and None: neither is the body.",
    fix: 'Sign request.get_data() (Flask), await request.body() (FastAPI) or request.body (Django) as it is: bytes need no str().',
    variants: [
      rewritten("the text b'…' that str() makes of the raw bytes", 2, (text) => `b${pythonRepr(text, true)}`, 'python'),
      {
        words: 'the text that str() makes of the parsed body',
        odds: 1,
        language: 'python',
        alter(right) {
          const tree = readTree(right.message);
          return tree && { ...right, message: bytes(pythonRepr(tree)) };
        },
      },
    ],
  }),
  raw('body-buffer-text', {
    title: 'The receiver signs a printed buffer',
    why: 'JSON.stringify of a Buffer gives {"type":"Buffer","data":[…]}, of a text a quoted text, and String of a Uint8Array gives numbers.',
    fix: 'Give the buffer itself to update(): createHmac("sha1", secret).update(rawBody).',
    variants: [
      rewritten('the raw body as a quoted JSON text', 2, (text) => JSON.stringify(text)),
      binary(
        'the raw body as JSON.stringify prints a Buffer',
        1.5,
        (body) => bytes(JSON.stringify(Buffer.from(body))),
        'js',
      ),
      binary('the raw body as a list of numbers', 1.5, (body) => bytes(body.join(',')), 'js'),
      binary('the raw body as Go prints bytes with %v', 1.5, (body) => bytes(`[${body.join(' ')}]`), 'go'),
      binary(
        'the raw body as Arrays.toString of Java prints bytes',
        1,
        (body) => bytes(`[${Int8Array.from(body).join(', ')}]`),
        'java',
      ),
      binary('the raw body in hex', 0, (body) => bytes(Buffer.from(body).toString('hex'))),
    ],
  }),
  raw('body-base64', {
    title: 'The receiver signs the body in base64',
    why: 'AWS Lambda (API Gateway, function URLs) and some queues hand the body over in base64, and say so with isBase64Encoded: true. Intercom signed what is in it.',
    fix: 'Decode it first: Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8") in Node, base64.b64decode(event["body"]) in Python; sign and parse those bytes.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (isBase64Encoded)',
    variants: [binary('the raw body in base64', 1.5, (body) => bytes(Buffer.from(body).toString('base64')))],
  }),
  raw('body-trimmed', {
    title: 'The receiver trims the body',
    why: WHY,
    variants: [
      rewritten('the body without white space around it', 2, (text) =>
        text.replace(/^[^\S\ufeff]+|[^\S\ufeff]+$/g, ''),
      ),
      rewritten('the body without a line break at its end', 0, (text) => text.replace(/\r?\n$/, '')),
    ],
  }),
  raw('body-final-newline', {
    title: 'The receiver adds a line break to the body',
    why: WHY,
    variants: [
      rewritten('the body with a line break after it', 2, (text) => `${text}\n`),
      rewritten('the body with a Windows line break after it', 0, (text) => `${text}\r\n`),
    ],
  }),
  raw('body-line-ends', {
    title: 'The receiver changes the line ends of the body',
    why: WHY,
    variants: [
      rewritten('the body with LF in place of CRLF', 2, (text) => text.replaceAll('\r\n', '\n')),
      rewritten('the body with CRLF in place of LF', 1, (text) => text.replace(/\r?\n/g, '\r\n')),
      rewritten('the body without its line breaks', 1, (text) => text.replace(/[\r\n]/g, '')),
      rewritten('the body without its line breaks and tabs', 1, (text) => text.replace(/[\r\n\t]/g, '')),
      rewritten('the body without any white space', 1, (text) => text.replace(/\s+/g, '')),
    ],
  }),
  raw('body-unslashed', {
    title: 'The receiver takes backslashes out of the body',
    why: 'stripslashes of PHP and wp_unslash of WordPress take one backslash of each pair, and JSON writes quotes and letters with them.',
    fix: "Sign what file_get_contents('php://input') or WP_REST_Request::get_body() gives, before anything unslashes it.",
    variants: [
      rewritten(
        'the body without its backslashes, as stripslashes leaves it',
        1,
        (text) => text.replace(/\\(.?)/gs, '$1'),
        'php',
      ),
    ],
  }),
  raw('body-case', {
    title: 'The receiver changes the case of the body',
    why: WHY,
    variants: [
      rewritten('the body in lower case', 1.5, (text) => text.toLowerCase()),
      rewritten('the body in upper case', 0, (text) => text.toUpperCase()),
    ],
  }),
  raw('body-url-encoded', {
    title: 'The receiver signs the body in URL encoding',
    why: 'A form encoder writes % and two digits for quotes, braces and letters beyond ASCII.',
    fix: 'Sign the raw body; a notification is JSON, and nothing in it is encoded for a form.',
    variants: [
      rewritten('the body as encodeURIComponent writes it', 0, encodeURIComponent),
      rewritten('the body as a form writes it', 0, formEncoded),
      rewritten('the body as a form writes it, as the name of an empty field', 0, (text) => `${formEncoded(text)}=`),
      rewritten('the body as a form writes it, in a field named payload', 0, (text) => `payload=${formEncoded(text)}`),
    ],
  }),
  raw('body-form-decoded', {
    title: 'The receiver takes the body for a form',
    why: 'A form decoder turns + into a space and % with two digits into a byte.',
    fix: 'Read the raw body instead of the fields of a form; a notification is JSON.',
    variants: [
      rewritten('the body decoded as a form is', 1, (text) => formDecoded(text)),
      rewritten('the body with spaces in place of +', 1, (text) => text.replaceAll('+', ' ')),
    ],
  }),
  raw('body-escaped-html', {
    title: 'The receiver escapes the body for HTML',
    why: 'A sanitiser in front of the route turns <, >, & and quotes into entities.',
    fix: 'Check the signature before anything sanitises the body.',
    variants: [
      rewritten('the body with HTML entities', 1.5, (text) => entities(text)),
      rewritten('the body with HTML entities for <, > and &', 0, (text) => entities(text, false)),
    ],
  }),
];

function formDecoded(text: string): string | undefined {
  const isCapture = /^\s*%/.test(text); // not JSON that is decoded, but a capture that is encoded
  return isCapture ? undefined : fromForm(text);
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function entities(text: string, withQuotes = true): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return withQuotes ? escaped.replaceAll('"', '&quot;').replaceAll("'", '&#39;') : escaped;
}
