import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { faultsOf } from '../../../src/diagnosis/explain-words.ts';
import { type Credential } from '../../../src/diagnosis/hypothesis.ts';
import { explainSignature } from '../../../src/diagnosis/offline.ts';

const hmac = (algorithm: string, key: string | Uint8Array, body: string | Uint8Array): Buffer =>
  createHmac(algorithm, key).update(body).digest();
const sha1 = (key: string | Uint8Array, body: string | Uint8Array): string =>
  `sha1=${hmac('sha1', key, body).toString('hex')}`;

const URL_OF_DELIVERY = new URL('https://propiq.example/intercom/webhook');

function namesOf(
  header: string,
  body: string | Uint8Array,
  secret: string,
  credentials: readonly Credential[] = [],
): readonly string[] | 'none' {
  const facts = { credentials, nowSeconds: 0, url: URL_OF_DELIVERY };
  const recorded = { header, body: Buffer.from(body), key: Buffer.from(secret), facts };
  const { explanation } = explainSignature(recorded);
  return explanation ? faultsOf(explanation).map(({ id }) => id) : 'none';
}

/** A notification with whatever people write, and never one that a change of spelling leaves alone. */
const notification = fc
  .record({
    type: fc.constant('notification_event'),
    topic: fc.constantFrom('ping', 'contact.user.created', 'conversation.user.replied'),
    data: fc.record({
      item: fc.record({ name: fc.string({ unit: 'grapheme' }), seen: fc.boolean(), tags: fc.array(fc.string()) }),
    }),
    created_at: fc.integer({ min: 0, max: 2_000_000_000 }),
    links: fc.constant({}),
    note: fc.constant('Zoë 👋 <b>a/b</b>'),
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
const secret = fc.stringMatching(/^[a-zA-Z0-9_-]{16,40}$/).filter((text) => !text.startsWith('whsec_'));

const ascii = (text: string): string =>
  text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What happens to a body on its way, or is signed in its place: the id that names it, and how it is done. */
const BODY_FAULTS: readonly (readonly [id: string, sign: (body: string) => string | Uint8Array])[] = [
  ['body-pretty', (body) => JSON.stringify(JSON.parse(body), null, 2)],
  ['body-python-compact', (body) => ascii(body)],
  ['body-escaped-slashes', (body) => body.replaceAll('/', String.raw`\/`)],
  ['body-final-newline', (body) => `${body}\n`],
  ['body-latin1', (body) => Buffer.from(body).toString('latin1')],
  ['body-latin1', (body) => Buffer.from(body, 'latin1')],
  ['body-bom', (body) => `\ufeff${body}`],
  ['body-empty', () => ''],
  ['body-buffer-text', (body) => JSON.stringify(body)],
  ['body-buffer-text', (body) => `[${Buffer.from(body).join(' ')}]`],
  ['body-buffer-text', (body) => `[${Int8Array.from(Buffer.from(body)).join(', ')}]`],
  ['body-base64', (body) => Buffer.from(body).toString('base64')],
  ['body-utf16', (body) => Buffer.from(body, 'utf16le')],
  ['body-utf16', (body) => Buffer.from(`\ufeff${body}`, 'utf16le').swap16()],
  ['body-case', (body) => body.toLowerCase()],
  ['body-ascii', (body) => Buffer.from(body).map((byte) => (byte > 0x7f ? 0x3f : byte))],
  ['body-url-encoded', (body) => encodeURIComponent(body)],
  ['body-url-encoded', (body) => new URLSearchParams([[body, '']]).toString()],
  ['body-url-encoded', (body) => new URLSearchParams({ payload: body }).toString()],
  ['scheme-url', (body) => URL_OF_DELIVERY.href + body],
  ['scheme-url', (body) => URL_OF_DELIVERY.pathname + body],
  [
    'body-html-escaped',
    (body) => body.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
];
/** What a log or a gateway does to the body that was signed. */
const CAPTURE_FAULTS: readonly (readonly [id: string, keep: (body: string) => string | Uint8Array])[] = [
  ['capture-encoded', (body) => Buffer.from(body).toString('base64')],
  ['capture-encoded', (body) => JSON.stringify({ body, isBase64Encoded: false })],
  ['capture-encoded', (body) => encodeURIComponent(body)],
  ['capture-encoded', (body) => new URLSearchParams({ payload: body }).toString()],
  ['capture-marked', (body) => `\ufeff${body}`],
  ['body-trimmed', (body) => `${body}\n`],
  ['body-compact', (body) => JSON.stringify(JSON.parse(body), null, 2)],
];
const KEY_FAULTS: readonly (readonly [id: string, key: (secret: string) => string | Uint8Array])[] = [
  ['secret-newline', (text) => `${text}\n`],
  ['secret-empty', () => ''],
  ['secret-empty', () => 'undefined'],
  ['secret-empty', () => 'None'],
  ['secret-newline', (text) => `${text}\r\n`],
  ['secret-space', (text) => ` ${text}`],
  ['secret-quoted', (text) => `'${text}'`],
  ['secret-whsec', (text) => `whsec_${text}`],
  ['secret-encoded', (text) => Buffer.from(text).toString('hex')],
  ['secret-with-name', (text) => `INTERCOM_WEBHOOK_SECRET=${text}`],
];

describe('a known corruption of any notification is named', () => {
  test.each(BODY_FAULTS)('%s', (id, sign) => {
    fc.assert(
      fc.property(notification, secret, (value, key) => {
        const body = JSON.stringify(value);
        expect(namesOf(sha1(key, sign(body)), body, key)).toEqual([id]);
      }),
      { numRuns: 20 },
    );
  });

  test.each(CAPTURE_FAULTS)('%s, in the capture', (id, keep) => {
    fc.assert(
      fc.property(notification, secret, (value, key) => {
        const body = JSON.stringify(value);
        expect(namesOf(sha1(key, body), keep(body), key)).toEqual([id]);
      }),
      { numRuns: 20 },
    );
  });

  test.each(KEY_FAULTS)('%s, alone and with a printed body', (id, change) => {
    fc.assert(
      fc.property(notification, secret, (value, key) => {
        const body = JSON.stringify(value);
        expect(namesOf(sha1(change(key), body), body, key)).toEqual([id]);
        const pretty = JSON.stringify(value, null, 2);
        expect(namesOf(sha1(change(key), pretty), body, key)).toEqual([id, 'body-pretty']);
      }),
      { numRuns: 20 },
    );
  });
});

test('a secret that lost a part of it, or was pasted twice, is named', () => {
  const cut = fc.integer({ min: 1, max: 11 });
  fc.assert(
    fc.property(notification, secret, cut, fc.boolean(), (value, key, count, isEnd) => {
      const body = JSON.stringify(value);
      const rest = isEnd ? key.slice(0, -count) : key.slice(count);
      expect(namesOf(sha1(rest, body), body, key)).toEqual(['secret-cut']);
      expect(namesOf(sha1(`${key}\n${key}`, body), body, key)).toEqual(['secret-doubled']);
    }),
    { numRuns: 30 },
  );
});

test('a digest without its leading zeros is named', () => {
  const spellings = [
    (digest: Buffer): string => [...digest].map((byte) => byte.toString(16)).join(''),
    (digest: Buffer): string => BigInt(`0x${digest.toString('hex')}`).toString(16),
  ];
  fc.assert(
    fc.property(notification, secret, fc.constantFrom(...spellings), (value, key, spell) => {
      const body = JSON.stringify(value);
      const digits = spell(hmac('sha1', key, body));
      fc.pre(digits.length < 40);
      expect(namesOf(`sha1=${digits}`, body, key)).toEqual(['digest-zeros-lost']);
    }),
    { numRuns: 20 },
  );
});

test('a digest that has the length of another, as it lost zeros or its end, is named', () => {
  // found by search: of the digest's 20 bytes 8 are below 16, so that without their zeros 32 digits are left, as of MD5
  const body = Array.from({ length: 100_000 }, (_, at) => `{"id":${at}}`).find(
    (one) => [...hmac('sha1', 'key', one)].filter((byte) => byte < 16).length === 8,
  );
  if (body === undefined) throw new Error('there is none');
  const digest = hmac('sha1', 'key', body);
  const digits = [...digest].map((byte) => byte.toString(16)).join('');
  expect(digits).toHaveLength(32);
  expect(namesOf(`sha1=${digits}`, body, 'key')).toEqual(['digest-zeros-lost']);
  expect(namesOf(`sha1=${digest.toString('hex').slice(0, 32)}`, body, 'key')).toEqual(['digest-cut']);
});

const BODY = '{"type":"notification_event","topic":"ping","id":null}';
const KEY = 'not-a-real-key';

describe('the form of a header', () => {
  const right = hmac('sha1', KEY, BODY);
  const other = hmac('sha256', KEY, BODY);
  test.each([
    [`sha1=${right.toString('hex')}`, []],
    [right.toString('hex'), ['prefix-missing']],
    [`sha1=${right.toString('hex').toUpperCase()}`, ['digest-upper-case']],
    [`sha1=${right.toString('base64')}`, ['digest-base64']],
    [right.toString('base64url'), ['digest-base64']],
    [`sha1=${right.toString('hex').slice(0, 20)}`, ['digest-cut']],
    [`sha1=${right.toString('hex')}zz`, ['digest-cut']],
    [`v1=${right.toString('hex')}`, ['prefix-other']],
    [`sha256=${other.toString('hex')}`, ['sha256-only']],
    [`sha1=${other.toString('hex')}`, ['sha256-only', 'prefix-other']],
    [other.toString('base64'), ['sha256-only', 'digest-base64']],
    [`sha512=${hmac('sha512', KEY, BODY).toString('hex')}`, ['algorithm-other']],
    [`t=1700000000,v1=${hmac('sha256', KEY, `1700000000.${BODY}`).toString('hex')}`, ['scheme-stripe']],
    [`sha1=${hmac('sha1', BODY, KEY).toString('hex')}`, ['hmac-swapped']],
  ])('%s is %j', (header, ids) => {
    expect(namesOf(header, BODY, KEY)).toEqual(ids);
  });
});

describe('other credentials', () => {
  const credentials: readonly Credential[] = [
    { kind: 'access-token', where: 'INTERCOM_ACCESS_TOKEN', value: new Secret('another-made-up-value') },
    { kind: 'previous-secret', where: 'INTERCOM_WEBHOOK_SECRET_PREVIOUS', value: new Secret('the-one-before') },
  ];

  test('the access token as the key is named', () => {
    expect(namesOf(sha1('another-made-up-value', BODY), BODY, KEY, credentials)).toEqual(['key-access-token']);
  });

  test('the previous secret as the key is named', () => {
    expect(namesOf(sha1('the-one-before', BODY), BODY, KEY, credentials)).toEqual(['key-previous-secret']);
  });
});

describe('noise', () => {
  test('no cause is named for a header that nothing yields', () => {
    fc.assert(
      fc.property(notification, secret, fc.uint8Array({ minLength: 20, maxLength: 20 }), (value, key, digest) => {
        const header = `sha1=${Buffer.from(digest).toString('hex')}`;
        expect(namesOf(header, JSON.stringify(value), key)).toBe('none');
      }),
      { numRuns: 50 },
    );
  });

  test('any header, body and secret end in an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), fc.string(), (header, body, key) => {
        expect(namesOf(header, body, key)).toBe('none');
      }),
      { numRuns: 100 },
    );
  });
});
