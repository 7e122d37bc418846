import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, maskHeaders, redactJson } from '../../../src/base/redact.ts';
import { Secret } from '../../../src/base/secret.ts';

const secretText = fc
  .string({ minLength: 8, maxLength: 60, unit: 'grapheme' })
  .filter((text) => text.trim().length >= 8);

describe('createRedactor', () => {
  test('takes a secret out wherever it stands', () => {
    fc.assert(
      fc.property(fc.string(), secretText, fc.string(), (before, secret, after) => {
        const shown = createRedactor([new Secret(secret)])(before + secret + after);
        expect(shown).not.toContain(secret);
        expect(shown).toContain('[secret]');
      }),
    );
  });

  test('takes it out in every spelling in which it could slip in', () => {
    fc.assert(
      fc.property(secretText, (secret) => {
        const bytes = Buffer.from(secret);
        const spellings = [
          JSON.stringify(secret).slice(1, -1),
          encodeURIComponent(secret.toWellFormed()),
          bytes.toString('hex'),
          bytes.toString('base64'),
          bytes.toString('base64url'),
        ];
        const redact = createRedactor([new Secret(secret)]);
        for (const spelling of spellings)
          expect(redact(`<${spelling}>`)).toBe('<[secret]>'.replace('[secret]', redact(spelling)));
        for (const spelling of spellings) expect(redact(`<${spelling}>`)).not.toContain(spelling);
      }),
    );
  });

  test('hides the longer of two that overlap, and leaves other text alone', () => {
    const redact = createRedactor([new Secret('not-a-real'), new Secret('not-a-real-key')]);
    expect(redact('is not-a-real-key here')).toBe('is [secret] here');
    expect(createRedactor([])('anything')).toBe('anything');
  });
});

test('redactJson reaches every text and keeps the shape', () => {
  const redact = createRedactor([new Secret('not-a-real-key')]);
  expect(redactJson({ a: ['x not-a-real-key', 1, null, true], b: { c: 'not-a-real-key' } }, redact)).toEqual({
    a: ['x [secret]', 1, null, true],
    b: { c: '[secret]' },
  });
});

test('maskHeaders keeps the algorithm and hides the rest', () => {
  expect(
    maskHeaders([
      ['X-Hub-Signature', `sha1=${'a'.repeat(40)}`],
      ['AUTHORIZATION', 'Bearer abc'],
      ['Cookie', 'a=b'],
      ['Accept', 'text/html'],
    ]),
  ).toEqual([
    ['X-Hub-Signature', 'sha1=[masked]'],
    ['AUTHORIZATION', 'Bearer [masked]'],
    ['Cookie', '[masked]'],
    ['Accept', 'text/html'],
  ]);
});

test('a Secret shows itself nowhere', () => {
  const secret = new Secret('not-a-real-key');
  expect(`${String(secret)} ${JSON.stringify({ secret })}`).toBe('[secret] {"secret":"[secret]"}');
  expect(new Secret('a').equals(new Secret('a'))).toBe(true);
  expect(new Secret('a').equals(new Secret('b'))).toBe(false);
});
