import type { Cause, Variant } from '../hypothesis.ts';
import type { Signing } from '../signing.ts';

type Form = Partial<Pick<Signing, 'algorithm' | 'spelling' | 'prefix' | 'construction'>>;

const SOURCE = 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)';
const INTERCOM_FORM = 'Intercom sends "sha1=" and 40 lower-case hex digits.';

export const SHA256_ONLY = 'sha256-only';

/** Told by which pings pass, and offline by the digits. */
export const LOST_ZEROS = form('digest-zeros-lost', {
  title: 'The receiver writes its digest without leading zeros',
  why: 'Integer.toHexString, toString(16), %x for each byte and BigInteger.toString(16) leave leading zeros out, so a byte below 0x10 (or a digest that begins with 0) gets a digit too few. Then some deliveries pass and others are refused, by chance.',
  fix: 'Write two hex digits for every byte: HexFormat.of().formatHex(digest) or String.format("%02x", b) in Java, digest("hex") in Node, hex.EncodeToString in Go, hexdigest() in Python.',
  source: 'https://stackoverflow.com/questions/332079 (Java: bytes to hex, keeping leading zeros)',
  variants: [],
});

/** Told by which pings pass. */
export const STRIPPED_DIGITS = form('prefix-stripped', {
  title: 'The receiver strips characters off the header, and not its prefix',
  why: `lstrip("sha1=") in Python, ltrim($header, "sha1=") in PHP, strings.TrimLeft in Go take off every leading character that is one of s, h, a, 1 and =. A digest that begins with a or 1 loses digits too, so that one delivery in eight is refused, by chance.`,
  fix: 'Take the prefix off as a whole: removeprefix("sha1=") in Python, substr($header, 5) in PHP, strings.TrimPrefix in Go; or compare the whole header with "sha1=" + digest.',
  source: 'https://docs.python.org/3/library/stdtypes.html#str.lstrip (not a prefix, but all of its characters)',
  variants: [],
});

/** The header is expected in another form than Intercom's. */
export const FORMS: readonly Cause[] = [
  form(SHA256_ONLY, {
    title: 'The receiver expects SHA-256',
    why: "By Intercom's documentation X-Hub-Signature is sha1= and an HMAC-SHA1. PropIQ's guide has sha256=; a receiver built after it refuses every real delivery.",
    fix: 'Compute HMAC-SHA1 and compare it with what follows "sha1="; sha256= may stay beside it.',
    source: SOURCE,
    variants: [written('sha256= and an HMAC-SHA256', 3, { algorithm: 'sha256', prefix: 'sha256=' })],
  }),
  form('prefix-missing', {
    title: 'The receiver expects the digest without its prefix',
    why: `${INTERCOM_FORM} A receiver that compares the whole header with a bare digest never finds them equal.`,
    fix: 'Compare with "sha1=" + digest, or cut the prefix off first.',
    source: SOURCE,
    variants: [
      written('the bare HMAC-SHA1 in hex, without sha1=', 3, { prefix: '' }),
      written('a bare HMAC-SHA256 in hex, without a prefix', 3, { algorithm: 'sha256', prefix: '' }),
    ],
  }),
  form('digest-base64', {
    title: 'The receiver expects the digest in base64',
    why: `${INTERCOM_FORM} Shopify and others send base64; their code does not fit here.`,
    fix: "Write the digest in hex: .digest('hex') in Node, .hexdigest() in Python, bin2hex or hash_hmac without its fourth argument in PHP, hex.EncodeToString in Go.",
    source: SOURCE,
    variants: [
      written('sha1= and the digest in base64', 2, { spelling: 'base64' }),
      written('the HMAC-SHA256 in base64, without a prefix', 2, {
        algorithm: 'sha256',
        spelling: 'base64',
        prefix: '',
      }),
      written('the HMAC-SHA1 in base64, without a prefix', 2, { spelling: 'base64', prefix: '' }),
      written('sha256= and the HMAC-SHA256 in base64', 1.5, {
        algorithm: 'sha256',
        spelling: 'base64',
        prefix: 'sha256=',
      }),
      written('sha1= and the digest in URL-safe base64', 1, { spelling: 'base64url' }),
      written('the HMAC-SHA1 in URL-safe base64, without a prefix', 1, { spelling: 'base64url', prefix: '' }),
      written('the HMAC-SHA256 in URL-safe base64, without a prefix', 1, {
        algorithm: 'sha256',
        spelling: 'base64url',
        prefix: '',
      }),
      written('sha1= and the digest in base64 without padding', 1, { spelling: 'base64-unpadded' }),
      written('the HMAC-SHA256 in base64 without padding, without a prefix', 0, {
        algorithm: 'sha256',
        spelling: 'base64-unpadded',
        prefix: '',
      }),
    ],
  }),
  form('digest-upper-case', {
    title: 'The receiver expects the digest in upper-case hex',
    why: `${INTERCOM_FORM} BitConverter and Convert.ToHexString of .NET, and HexFormat of Java on request, write capitals.`,
    fix: 'Turn the digest into lower case before the comparison, or better: decode the hex of the header and compare bytes.',
    source: SOURCE,
    variants: [
      written('sha1= and upper-case hex', 2, { spelling: 'HEX' }),
      written('sha256= and upper-case hex', 2, { algorithm: 'sha256', spelling: 'HEX', prefix: 'sha256=' }),
      written('bare upper-case hex of the HMAC-SHA1', 1, { spelling: 'HEX', prefix: '' }),
      written('bare upper-case hex of the HMAC-SHA256', 1, { algorithm: 'sha256', spelling: 'HEX', prefix: '' }),
    ],
  }),
  form('digest-cut', {
    title: 'The digest is cut short, or has more after it',
    why: `${INTERCOM_FORM} A column that is too short or a log that abbreviates keeps only a part of it.`,
    fix: 'Keep and compare all 40 digits, and nothing after them.',
    variants: [],
  }),
  LOST_ZEROS,
  STRIPPED_DIGITS,
  form('prefix-other', {
    title: 'The receiver expects another prefix, or one that contradicts the digest',
    why: `${INTERCOM_FORM} Prefix and digest have to belong together.`,
    fix: 'Expect "sha1=" with HMAC-SHA1. A header that is cut by position loses 5 characters, "sha1=", not the 7 of "sha256=".',
    source: SOURCE,
    variants: [
      written('sha1= with an HMAC-SHA256 behind it', 2, { algorithm: 'sha256' }),
      written('sha256= with an HMAC-SHA1 behind it', 2, { prefix: 'sha256=' }),
      written('v1= and an HMAC-SHA256', 1, { algorithm: 'sha256', prefix: 'v1=' }),
      written('sha1: and an HMAC-SHA1', 1, { prefix: 'sha1:' }),
      written('SHA1= and an HMAC-SHA1', 1, { prefix: 'SHA1=' }),
    ],
  }),
  form('algorithm-other', {
    title: 'The receiver expects another digest than SHA-1 and SHA-256',
    why: INTERCOM_FORM,
    fix: 'Use HMAC-SHA1.',
    source: SOURCE,
    variants: [
      written('sha512= and an HMAC-SHA512', 1.5, { algorithm: 'sha512', prefix: 'sha512=' }),
      written('a bare HMAC-SHA512', 1, { algorithm: 'sha512', prefix: '' }),
      written('a bare HMAC-MD5', 1, { algorithm: 'md5', prefix: '' }),
      written('sha384= and an HMAC-SHA384', 0, { algorithm: 'sha384', prefix: 'sha384=' }),
    ],
  }),
  form('hmac-swapped', {
    title: 'The receiver swaps the key and the body',
    why: "An HMAC under the body as the key, of the secret as the text, is another value. Libraries differ in the order of arguments: PHP's hash_hmac takes the data before the key.",
    fix: "Give the secret as the key: hash_hmac('sha1', $body, $secret), hmac.new(secret, body, hashlib.sha1), createHmac('sha1', secret).update(body).",
    variants: [
      written('an HMAC-SHA1 with key and body swapped', 2, { construction: 'arguments-swapped' }),
      written('an HMAC-SHA256 with key and body swapped', 1, {
        construction: 'arguments-swapped',
        algorithm: 'sha256',
        prefix: 'sha256=',
      }),
    ],
  }),
  form('hash-not-hmac', {
    title: 'The receiver computes a plain hash instead of an HMAC',
    why: 'A hash of secret and body together is not an HMAC. Without the secret in it anybody can compute it.',
    fix: 'Use the HMAC of your language: crypto.createHmac, hmac.new, hash_hmac, hmac.New.',
    variants: [
      written('a plain SHA-1 of the secret and then the body', 1.5, { construction: 'key-then-body' }),
      written('a plain SHA-1 of the body and then the secret', 1, { construction: 'body-then-key' }),
      written('a plain SHA-1 of the body, without any secret', 1.5, { construction: 'no-key' }),
      written('a plain SHA-256 of the secret and then the body', 0, {
        construction: 'key-then-body',
        algorithm: 'sha256',
        prefix: 'sha256=',
      }),
      written('a plain SHA-256 of the body, without any secret', 0, {
        construction: 'no-key',
        algorithm: 'sha256',
        prefix: 'sha256=',
      }),
    ],
  }),
];

function form(id: string, rest: Omit<Cause, 'id' | 'aspect'>): Cause {
  return { id, aspect: 'form', ...rest };
}

function written(words: string, odds: Variant['odds'], change: Form): Variant {
  return { words, odds, alter: (right) => ({ ...right, ...change }) };
}
