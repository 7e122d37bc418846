import { type Exchange, headerValue } from '../base/ports.ts';
import type { Finding } from '../diagnosis/finding.ts';
import { LOST_ZEROS } from '../diagnosis/hypotheses/forms.ts';
import { digestOf, headersOf, rightSigning } from '../diagnosis/signing.ts';
import { REFUSALS, type Wire } from '../diagnosis/trials.ts';
import { SIGNATURE_HEADER, verifySignature } from '../intercom/signature.ts';
import { isSuccess } from './outcome.ts';

/** The smallest byte, and the smallest first one, that takes two hex digits. */
const TWO_DIGITS = 0x10;
const MOST_TRIES = 1000;

/** Digests that come out too short, and what makes them so. */
const RULES: readonly { readonly isShort: (digest: Uint8Array) => boolean; readonly words: string }[] = [
  { isShort: (digest) => digest.some((byte) => byte < TWO_DIGITS), words: 'with a byte below 0x10 in it' },
  { isShort: ([first = 0]) => first < TWO_DIGITS, words: 'that begins with a zero' },
];

/**
 * Where some right pings are accepted and others refused: whether it is the zeros in their digests that decide. Confirmed
 * by six pings that are made to have them, or not.
 * @param posts all POSTs of the run
 */
export async function lostZeros(key: Uint8Array, posts: readonly Exchange[], wire: Wire): Promise<Finding | undefined> {
  const rights = posts.filter(({ request: { headers, body = new Uint8Array() }, status }) => {
    const verdict = verifySignature({ body, header: headerValue(headers, SIGNATURE_HEADER), secrets: key });
    return verdict.valid && verdict.algorithm === 'sha1' && (isSuccess(status) || REFUSALS.has(status));
  });
  const seen = rights.map(({ request, status }) => ({
    digest: sha1Of(request.body ?? new Uint8Array(), key),
    isAccepted: isSuccess(status),
  }));
  if (seen.every(({ isAccepted }) => isAccepted) || !seen.some(({ isAccepted }) => isAccepted)) return undefined;
  const rule = RULES.find(({ isShort }) => seen.every(({ digest, isAccepted }) => isShort(digest) !== isAccepted));
  if (rule === undefined) return undefined;
  for (const isWanted of [false, true, false, true, false, true]) {
    const body = bodyWhere(wire, (one) => rule.isShort(sha1Of(one, key)) === isWanted);
    if (body === undefined) return undefined;
    const status = await wire.post(headersOf(rightSigning(body, key)), body);
    if (status === undefined || isSuccess(status) === isWanted) return undefined;
  }
  return {
    id: LOST_ZEROS.id,
    confidence: 'certain',
    message: `Right signatures are refused when their digest is one ${rule.words}, and accepted otherwise: the receiver writes hex without leading zeros.`,
    remedy: LOST_ZEROS.fix,
  };
}

const sha1Of = (body: Uint8Array, key: Uint8Array): Uint8Array => digestOf(rightSigning(body, key));

function bodyWhere(wire: Wire, isMeant: (body: Uint8Array) => boolean): Uint8Array | undefined {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const body = wire.plain();
    if (isMeant(body)) return body;
  }
  return undefined;
}
