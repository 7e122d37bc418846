import { type Exchange, headerValue } from '../base/ports.ts';
import type { Finding } from '../diagnosis/finding.ts';
import { LOST_ZEROS, STRIPPED_DIGITS } from '../diagnosis/hypotheses/forms.ts';
import type { Cause } from '../diagnosis/hypothesis.ts';
import { digestOf, headersOf, rightSigning } from '../diagnosis/signing.ts';
import { REFUSALS, type Wire } from '../diagnosis/trials.ts';
import { SIGNATURE_HEADER, verifySignature } from '../intercom/signature.ts';
import { isSuccess } from './outcome.ts';

/** The smallest byte, and the smallest first one, that takes two hex digits. */
const TWO_DIGITS = 0x10;
const MOST_TRIES = 1000;

/** From here on a byte is negative where bytes have a sign. */
const NEGATIVE = 0x80;
/** The hex digits among the characters of `sha1=`. */
const OF_PREFIX: ReadonlySet<string | undefined> = new Set(['a', '1']);

interface Rule {
  readonly cause: Pick<Cause, 'id' | 'fix'>;
  /** Whether a digest comes out wrong. */
  readonly isHit: (digest: Uint8Array) => boolean;
  /** What makes it so, after "when their digest is one". */
  readonly words: string;
  readonly does: string;
}

const UNPADDED = 'writes hex without leading zeros';
const STRIPS = 'takes the single characters of "sha1=" off the header, and not that prefix';

/** Ways of writing and reading digests that go well with some of them, and badly with others. */
const RULES: readonly Rule[] = [
  {
    cause: LOST_ZEROS,
    isHit: (digest) => digest.some((byte) => byte < TWO_DIGITS),
    words: 'with a byte below 0x10 in it',
    does: UNPADDED,
  },
  {
    cause: LOST_ZEROS,
    isHit: ([first = 0]) => first < TWO_DIGITS,
    words: 'that begins with a zero',
    does: UNPADDED,
  },
  {
    cause: LOST_ZEROS,
    isHit: ([first = 0]) => first < TWO_DIGITS || first >= NEGATIVE,
    words: 'that begins with 0 or with 8 to f',
    does: 'writes hex without leading zeros, and with a minus sign',
  },
  {
    cause: STRIPPED_DIGITS,
    isHit: (digest) => OF_PREFIX.has(hexOf(digest).at(0)),
    words: 'that begins with a or 1',
    does: STRIPS,
  },
  {
    cause: STRIPPED_DIGITS,
    isHit: (digest) => OF_PREFIX.has(hexOf(digest).at(0)) || OF_PREFIX.has(hexOf(digest).at(-1)),
    words: 'that begins or ends with a or 1',
    does: STRIPS,
  },
];

const hexOf = (digest: Uint8Array): string => Buffer.from(digest).toString('hex');

/**
 * Where some right pings are accepted and others refused: whether it is the digits of their digests that decide. Confirmed
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
  const fitting = RULES.filter(({ isHit }) => seen.every(({ digest, isAccepted }) => isHit(digest) !== isAccepted));
  for (const rule of fitting) if (await isConfirmed(rule, key, wire)) return finding(rule);
  return undefined;
}

async function isConfirmed({ isHit }: Rule, key: Uint8Array, wire: Wire): Promise<boolean> {
  for (const isWanted of [false, true, false, true, false, true]) {
    const body = bodyWhere(wire, (one) => isHit(sha1Of(one, key)) === isWanted);
    if (body === undefined) return false;
    const status = await wire.post(headersOf(rightSigning(body, key)), body);
    if (status === undefined || isSuccess(status) === isWanted) return false;
  }
  return true;
}

function finding({ cause, words, does }: Rule): Finding {
  return {
    id: cause.id,
    confidence: 'certain',
    message: `Right signatures are refused when their digest is one ${words}, and accepted otherwise: the receiver ${does}.`,
    remedy: cause.fix,
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
