import { createHmac, timingSafeEqual } from 'node:crypto';
import { Secret } from '../base/secret.ts';

export type SignatureAlgorithm = 'sha1' | 'sha256';

/** Name of the header that carries the signature. Source: developers.intercom.com, webhook-models, "Signed notifications". */
export const SIGNATURE_HEADER = 'X-Hub-Signature';

const HEX_DIGITS: Readonly<Record<SignatureAlgorithm, number>> = { sha1: 40, sha256: 64 };
const ALGORITHMS = Object.keys(HEX_DIGITS) as readonly SignatureAlgorithm[];

/** A key: text is used as its UTF-8 bytes, never decoded from hex or base64. */
export type Key = string | Uint8Array | Secret;

export type Refusal = 'missing' | 'repeated' | 'malformed' | 'mismatch' | 'no-secret';
export type SignatureVerdict =
  | {
      readonly valid: true;
      readonly algorithm: SignatureAlgorithm;
      /** Which of the given secrets matched. */ readonly secretIndex: number;
    }
  | { readonly valid: false; readonly reason: Refusal };

/**
 * The value of `X-Hub-Signature` for a body: `sha1=` and 40 hex digits, as Intercom sends it.
 * Nothing but the body is signed: no time, URL or id. `sha256` exists for receivers built after other guides.
 * @param body the exact bytes that are sent; a text counts as its UTF-8 bytes
 * @throws TypeError when the key is empty: a signature that anybody can forge is worse than none
 */
export function signNotification(body: string | Uint8Array, key: Key, algorithm: SignatureAlgorithm = 'sha1'): string {
  const bytes = keyBytes(key);
  if (bytes.length === 0) throw new TypeError('The key is empty: anybody could make this signature.');
  // hex at once takes two thirds of the time that a Buffer and its hex take, and load is made of these
  return `${algorithm}=${createHmac(algorithm, bytes).update(body).digest('hex')}`;
}

/**
 * Whether a signature header belongs to a body. Never throws, whatever the header holds; compares in constant time and
 * tries every secret, so that the time tells nothing about which one is right. Empty secrets never match.
 * @param delivery `body`: the bytes as received, before any parsing. `header`: the value, or the list of values when
 *   the header came several times. `secrets`: the current one first, then those still accepted while rotating.
 */
export function verifySignature(delivery: {
  readonly body: string | Uint8Array;
  readonly header: string | readonly string[] | null | undefined;
  readonly secrets: Key | readonly Key[];
}): SignatureVerdict {
  const { body, header } = delivery;
  const keys = (isList(delivery.secrets) ? delivery.secrets : [delivery.secrets]).map(keyBytes);
  if (keys.every((key) => key.length === 0)) return { valid: false, reason: 'no-secret' };
  const values: readonly unknown[] = Array.isArray(header) ? header : [header];
  if (values.length > 1) return { valid: false, reason: 'repeated' };
  const [value] = values;
  if (typeof value !== 'string') return { valid: false, reason: 'missing' };
  const given = parseSignatureHeader(value);
  if (given === undefined) return { valid: false, reason: value.trim() === '' ? 'missing' : 'malformed' };
  let secretIndex = -1;
  keys.forEach((key, index) => {
    const right = timingSafeEqual(hmac(body, key, given.algorithm), given.digest);
    if (right && key.length > 0 && secretIndex === -1) secretIndex = index;
  });
  return secretIndex === -1
    ? { valid: false, reason: 'mismatch' }
    : { valid: true, algorithm: given.algorithm, secretIndex };
}

/** The parts of a well-formed header: a known prefix and exactly its number of lower-case hex digits, nothing around them. */
export function parseSignatureHeader(value: string): { algorithm: SignatureAlgorithm; digest: Uint8Array } | undefined {
  for (const algorithm of ALGORITHMS) {
    const digits = value.slice(algorithm.length + 1);
    if (value.startsWith(`${algorithm}=`) && digits.length === HEX_DIGITS[algorithm] && /^[0-9a-f]+$/.test(digits)) {
      return { algorithm, digest: Buffer.from(digits, 'hex') };
    }
  }
  return undefined;
}

/** What is wrong with the form of a header, as a sentence; undefined when its form is right. For people, not for deciding. */
export function describeHeaderFault(value: string): string | undefined {
  if (parseSignatureHeader(value)) return undefined;
  const trimmed = value.trim();
  if (trimmed === '') return 'It is empty.';
  if (parseSignatureHeader(trimmed)) return 'There is white space around it.';
  if (parseSignatureHeader(trimmed.toLowerCase())) return 'It has upper-case letters; Intercom sends lower-case ones.';
  if (trimmed.includes(',')) return 'It holds several values; Intercom sends one.';
  if (/^[0-9a-f]{40}$/i.test(trimmed)) return 'The prefix "sha1=" is missing.';
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return 'It is a bare SHA-256 digest; Intercom sends "sha1=" and 40 hex digits.';
  const [, prefix = '', digits = ''] = /^([A-Za-z0-9-]*)=(.*)$/s.exec(trimmed) ?? [];
  const algorithm = ALGORITHMS.find((known) => known === prefix.toLowerCase());
  if (algorithm === undefined) return 'It does not start with "sha1=" (or "sha256=").';
  if (!/^[0-9a-f]*$/i.test(digits)) return `After "${algorithm}=" there is something other than hex digits.`;
  return `After "${algorithm}=" there are ${digits.length} hex digits instead of ${HEX_DIGITS[algorithm]}.`;
}

function hmac(body: string | Uint8Array, key: Uint8Array, algorithm: SignatureAlgorithm): Buffer {
  return createHmac(algorithm, key).update(body).digest();
}

function keyBytes(key: Key): Uint8Array {
  if (key instanceof Secret) return key.reveal();
  return typeof key === 'string' ? new TextEncoder().encode(key) : key;
}

function isList(secrets: Key | readonly Key[]): secrets is readonly Key[] {
  return Array.isArray(secrets);
}
