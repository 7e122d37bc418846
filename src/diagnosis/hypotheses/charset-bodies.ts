import { decodeUtf8 } from '../../base/text.ts';
import { bytes, type Cause } from '../hypothesis.ts';
import { binary, raw, rewritten, WHY } from './body-change.ts';

/** The bytes of the body went through a charset that is not theirs. */
export const CHARSET_BODIES: readonly Cause[] = [
  raw('body-latin1', {
    title: 'The receiver mixes up UTF-8 and Latin-1',
    why: 'Bytes that are decoded with one charset and encoded with another come out as others, as soon as there is a letter beyond ASCII.',
    fix: 'Sign the bytes as they came: no decode("latin-1"), no "binary" and no charset of the server in between.',
    source: 'https://github.com/octokit/webhooks.js/issues/1155',
    variants: [
      binary('the body decoded as Latin-1 and encoded as UTF-8', 2, (body) =>
        bytes(Buffer.from(body).toString('latin1')),
      ),
      binary('the body decoded as Windows-1252 and encoded as UTF-8', 1, (body) =>
        bytes(new TextDecoder('windows-1252').decode(body)),
      ),
      binary('the body decoded as UTF-8 and encoded as Latin-1', 2, (body) => Buffer.from(decodeUtf8(body), 'latin1')),
      binary('the body encoded as Latin-1, with ? for what that has not', 2, (body) =>
        Buffer.from(decodeUtf8(body).replace(/[^\0-\xff]/gu, '?'), 'latin1'),
      ),
    ],
  }),
  raw('body-ascii', {
    title: 'The receiver loses all letters beyond ASCII',
    why: 'An encoder for ASCII puts ? or nothing in place of accents, emoji and other alphabets, and a decoder for ASCII puts replacement characters.',
    fix: 'Sign the bytes as they came: Encoding.ASCII, toString("ascii"), decode("ascii") and encode("ascii", "ignore") have no place here.',
    variants: [
      rewritten('the body with ? for every letter beyond ASCII', 2, (text) => text.replace(/[^\0-\x7f]/gu, '?')),
      rewritten('the body with ? for every UTF-16 unit beyond ASCII', 1, (text) => text.replace(/[^\0-\x7f]/g, '?')),
      rewritten('the body without its letters beyond ASCII', 1, (text) => text.replace(/[^\0-\x7f]/gu, '')),
      binary('the body with ? for every byte beyond ASCII', 1, (body) =>
        body.map((byte) => (byte > 0x7f ? 0x3f : byte)),
      ),
      binary('the body with a replacement character for every byte beyond ASCII', 2, (body) =>
        bytes(
          Buffer.from(body)
            .toString('latin1')
            .replace(/[^\0-\x7f]/g, '\ufffd'),
        ),
      ),
      binary('the body with its highest bits cut off, as toString("ascii") does', 1, (body) =>
        body.map((byte) => byte & 0x7f),
      ),
    ],
  }),
  raw('body-utf16', {
    title: 'The receiver signs the body in UTF-16',
    why: 'Encoding.Unicode of .NET, getBytes("UTF-16") of Java and windows programs write two bytes for each letter; Intercom signs UTF-8.',
    fix: 'Sign the bytes as they came; where there is only a text, turn it into UTF-8: Encoding.UTF8.GetBytes, getBytes(StandardCharsets.UTF_8).',
    variants: [
      binary('the body in UTF-16', 1, (body) => utf16(body), 'dotnet'),
      {
        words: 'the body in UTF-16, under the secret in UTF-16',
        odds: 1,
        language: 'dotnet',
        alter: (right) => ({ ...right, key: utf16(right.key), message: utf16(right.message) }),
      },
      binary(
        'the body in big-endian UTF-16, with a byte order mark',
        1,
        (body) => utf16(body, '\ufeff').swap16(),
        'java',
      ),
    ],
  }),
  raw('body-bom', {
    title: 'The receiver adds a byte order mark to the body',
    why: WHY,
    variants: [rewritten('the body with a byte order mark before it', 1.5, (text) => `\ufeff${text}`)],
  }),
];

function utf16(text: Uint8Array, before = ''): Buffer {
  return Buffer.from(before + decodeUtf8(text), 'utf16le');
}
