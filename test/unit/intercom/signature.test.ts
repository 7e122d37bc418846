import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import {
  describeHeaderFault,
  parseSignatureHeader,
  signNotification,
  verifySignature,
} from '../../../src/intercom/signature.ts';

const BODY = '{"type":"notification_event","topic":"ping","id":null}';
const KEY = 'not-a-real-key';
const SHA1 = 'sha1=c01389abcabf9b3eec17d57ea48c383645d854ea';
const SHA256 = 'sha256=f0c822b596b69ef3cc1e5954d98eda1caa07f064b1ee039acbfcef5d88c3d3af';

describe('signNotification', () => {
  test.each([
    ['sha1', SHA1],
    ['sha256', SHA256],
  ] as const)('gives the published vector for %s', (algorithm, expected) => {
    expect(signNotification(BODY, KEY, algorithm)).toBe(expected);
  });

  test('signs with sha1 unless told otherwise, as Intercom does', () => {
    expect(signNotification(Buffer.from(BODY), new Secret(KEY))).toBe(SHA1);
  });

  test('takes the key as text, never decoded from hex or base64', () => {
    const key = 'deadbeef';
    expect(signNotification(BODY, key)).toBe(`sha1=${createHmac('sha1', Buffer.from(key)).update(BODY).digest('hex')}`);
  });

  test.each([['', new Uint8Array(), new Secret('')]])('refuses an empty key', (...keys) => {
    for (const key of keys) expect(() => signNotification(BODY, key)).toThrow(TypeError);
  });
});

describe('verifySignature', () => {
  test('accepts what it signed, for any bytes, key and algorithm, and names both', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array({ minLength: 1 }),
        fc.constantFrom('sha1', 'sha256'),
        (body, key, algorithm) => {
          const header = signNotification(body, key, algorithm);
          expect(verifySignature({ body, header, secrets: key })).toEqual({ valid: true, algorithm, secretIndex: 0 });
        },
      ),
    );
  });

  test('refuses a body of which one bit was changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (body, at, bit) => {
        const header = signNotification(body, KEY);
        const changed = Uint8Array.from(body);
        changed[at % body.length]! ^= 1 << bit;
        expect(verifySignature({ body: changed, header, secrets: KEY })).toEqual({ valid: false, reason: 'mismatch' });
      }),
    );
  });

  test('says which of several secrets matched', () => {
    const secrets = ['the-current-one', new Secret('the-previous-one')] as const;
    expect(verifySignature({ body: BODY, header: signNotification(BODY, secrets[1]), secrets })).toMatchObject({
      valid: true,
      secretIndex: 1,
    });
    expect(verifySignature({ body: BODY, header: signNotification(BODY, secrets[0]), secrets })).toMatchObject({
      valid: true,
      secretIndex: 0,
    });
  });

  test('never accepts a signature made with an empty key, not even where an empty secret stands in the list', () => {
    const forged = `sha1=${createHmac('sha1', '').update(BODY).digest('hex')}`;
    expect(verifySignature({ body: BODY, header: forged, secrets: ['', KEY] })).toEqual({
      valid: false,
      reason: 'mismatch',
    });
    expect(verifySignature({ body: BODY, header: forged, secrets: '' })).toEqual({ valid: false, reason: 'no-secret' });
    expect(verifySignature({ body: BODY, header: forged, secrets: [] })).toEqual({ valid: false, reason: 'no-secret' });
  });

  test.each([
    [undefined, 'missing'],
    [null, 'missing'],
    ['', 'missing'],
    ['   ', 'missing'],
    [[], 'missing'],
    [[SHA1, SHA1], 'repeated'],
    ['sha1=', 'malformed'],
    [SHA1.slice(5), 'malformed'],
    [SHA1.slice(0, -1), 'malformed'],
    [`${SHA1}a`, 'malformed'],
    [`${SHA1}zz`, 'malformed'],
    [`${SHA1} `, 'malformed'],
    [`${SHA1}\n`, 'malformed'],
    [`${SHA1}\0`, 'malformed'],
    [` ${SHA1}`, 'malformed'],
    [SHA1.toUpperCase(), 'malformed'],
    [`SHA1=${SHA1.slice(5)}`, 'malformed'],
    [`${SHA1}, ${SHA1}`, 'malformed'],
    [`sha512=${'a'.repeat(128)}`, 'malformed'],
    [`__proto__=${SHA1.slice(5)}`, 'malformed'],
    [`sha1=${SHA256.slice(7)}`, 'malformed'],
    [`sha256=${SHA1.slice(5)}`, 'malformed'],
    [`sha1=é${SHA1.slice(6)}`, 'malformed'],
    [`sha1=１${SHA1.slice(6)}`, 'malformed'],
    ['x'.repeat(100_000), 'malformed'],
    [`sha1=${'0'.repeat(40)}`, 'mismatch'],
  ] as const)('refuses the header %j as %s', (header, reason) => {
    expect(verifySignature({ body: BODY, header, secrets: KEY })).toEqual({ valid: false, reason });
  });

  test('never throws and never accepts, whatever the header holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.anything()), (header) => {
        expect(verifySignature({ body: BODY, header: header as string, secrets: KEY }).valid).toBe(false);
      }),
    );
  });
});

describe('describeHeaderFault', () => {
  test.each([
    ['sha1=c0', 'After "sha1=" there are 2 hex digits instead of 40.'],
    [SHA1.slice(5), 'The prefix "sha1=" is missing.'],
    [SHA256.slice(7), 'It is a bare SHA-256 digest; Intercom sends "sha1=" and 40 hex digits.'],
    [SHA1.toUpperCase(), 'It has upper-case letters; Intercom sends lower-case ones.'],
    [` ${SHA1}`, 'There is white space around it.'],
    [`${SHA1},${SHA1}`, 'It holds several values; Intercom sends one.'],
    ['md5=00', 'It does not start with "sha1=" (or "sha256=").'],
    ['sha1=xyz', 'After "sha1=" there is something other than hex digits.'],
    ['', 'It is empty.'],
  ])('names the fault of %j', (header, fault) => {
    expect(describeHeaderFault(header)).toBe(fault);
  });

  test('finds a fault exactly where the header is not accepted as one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^sha(1|256)=[0-9a-f]{38,66}$/)), (header) => {
        expect(describeHeaderFault(header) === undefined).toBe(parseSignatureHeader(header) !== undefined);
      }),
    );
  });
});
