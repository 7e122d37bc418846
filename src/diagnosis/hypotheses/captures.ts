import { gunzipSync } from 'node:zlib';
import { isObject } from '../../base/json.ts';
import { decodeUtf8 } from '../../base/text.ts';
import { bytes, type Cause, type Variant } from '../hypothesis.ts';
import { fromForm } from './body-change.ts';

const LONGEST_UNPACKED = 64 * 1024 * 1024;

/** What happens to a body on its way into a log: undone, it is what was signed. Never sent. */
export const CAPTURES: readonly Cause[] = [
  capture('capture-encoded', {
    title: 'The recorded body is encoded',
    why: 'What was signed are the bytes on the wire; a log, a queue or an API gateway often keeps them in another form.',
    fix: 'Decode the body before the signature is checked; with AWS API Gateway look at isBase64Encoded.',
    source: 'https://github.com/dherault/serverless-offline/issues/522',
    variants: [
      undone('the recorded body decoded from base64', (text) =>
        /^[\w+/=\s-]{8,}$/.test(text) ? Buffer.from(text, 'base64') : undefined,
      ),
      undone('the recorded body decoded from hex', (text) =>
        /^(?:[0-9a-fA-F]{2}){4,}\s*$/.test(text) ? Buffer.from(text.trim(), 'hex') : undefined,
      ),
      undone('the recorded body with its URL encoding turned back', (text) =>
        text.includes('%') ? fromUrl(text.replace(/^[\w-]*=(?=[%+\w])|=$/g, '')) : undefined,
      ),
      undone('the recorded body taken out of its JSON quotes', (text) => fromJson(text, (value) => value)),
      undone('the "body" of the recorded event', (text) =>
        fromJson(text, (value) => (isObject(value) ? value['body'] : undefined)),
      ),
      undone('the "body" of the recorded event, decoded from base64', (text) =>
        fromJson(text, (value) =>
          isObject(value) && typeof value['body'] === 'string' ? Buffer.from(value['body'], 'base64') : undefined,
        ),
      ),
      undone('the recorded Buffer as bytes', (text) =>
        fromJson(text, (value) =>
          isObject(value) && isByteList(value['data']) ? Buffer.from(value['data']) : undefined,
        ),
      ),
      {
        words: 'the recorded body unpacked with gunzip',
        odds: 0,
        alter(right) {
          const message = unpacked(right.message);
          return message && { ...right, message };
        },
      },
    ],
  }),
  capture('capture-marked', {
    title: 'The recorded body has a byte order mark in front',
    why: 'Some editors put one at the start of a file. It was not sent.',
    fix: 'Save the capture without BOM.',
    variants: [undone('the recorded body without its byte order mark', (text) => withoutMark(text))],
  }),
  capture('capture-entities', {
    title: 'The recorded body was escaped for HTML',
    why: 'A page or a sanitiser wrote <, >, & and quotes as entities.',
    fix: 'Record the raw bytes, before anything shows or sanitises them.',
    variants: [
      undone('the recorded body with its HTML entities turned back', (text) => {
        const plain = fromEntities(text);
        return plain === text ? undefined : bytes(plain);
      }),
    ],
  }),
];

function capture(id: string, rest: Omit<Cause, 'id' | 'aspect'>): Cause {
  return { id, aspect: 'body', ...rest };
}

function undone(words: string, change: (text: string) => Uint8Array | undefined): Variant {
  return {
    words,
    odds: 0,
    alter(right) {
      const text = decodeUtf8(right.message);
      const message = change(isMarked(right.message) ? `\ufeff${text}` : text);
      return message && { ...right, message };
    },
  };
}

function isMarked(message: Uint8Array): boolean {
  return message[0] === 0xef && message[1] === 0xbb && message[2] === 0xbf; // the decoder drops it
}

function withoutMark(text: string): Uint8Array | undefined {
  return text.startsWith('\ufeff') ? bytes(text.slice(1)) : undefined;
}

function fromJson(text: string, pick: (value: unknown) => unknown): Uint8Array | undefined {
  try {
    const picked = pick(JSON.parse(text));
    if (picked instanceof Uint8Array) return picked;
    return typeof picked === 'string' ? bytes(picked) : undefined;
  } catch {
    return undefined;
  }
}

function isByteList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 0xff);
}

function fromUrl(text: string): Uint8Array | undefined {
  const plain = fromForm(text);
  return plain === undefined ? undefined : bytes(plain);
}

function unpacked(message: Uint8Array): Uint8Array | undefined {
  if (message[0] !== 0x1f || message[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(message, { maxOutputLength: LONGEST_UNPACKED });
  } catch {
    return undefined;
  }
}

function fromEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&#0*39;|&#x0*27;|&apos;/g, "'")
    .replaceAll('&amp;', '&');
}
