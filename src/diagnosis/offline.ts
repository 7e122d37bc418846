import { decodeUtf8 } from '../base/text.ts';
import { CAPTURES } from './hypotheses/captures.ts';
import { FORMS } from './hypotheses/forms.ts';
import { causesFor, hypothesesOf } from './hypotheses/index.ts';
import { SECRET_CUT } from './hypotheses/secrets.ts';
import { bytes, type Facts, type Hypothesis } from './hypothesis.ts';
import { type Reading, readingsOf, withoutZeros } from './reading.ts';
import { type Construction, type DigestAlgorithm, digestOf, rightSigning, type Signing } from './signing.ts';

/** A recorded delivery: the header as received, the body as it was kept. */
export interface Recorded {
  readonly header: string;
  readonly body: Uint8Array;
  readonly key: Uint8Array;
  readonly facts: Facts;
}

/** The way of signing that yields the header. Parts that are right are undefined. */
export interface Explanation {
  readonly algorithm: DigestAlgorithm;
  readonly reading: Reading;
  readonly key: Hypothesis | undefined;
  readonly body: Hypothesis | undefined;
  /** Something else than an HMAC. */
  readonly construction: Hypothesis | undefined;
  /** The bytes that were signed. */
  readonly signed: Uint8Array;
}

export interface OfflineSearch {
  readonly explanation: Explanation | undefined;
  /** How many digests were computed. */
  readonly tried: number;
  readonly readings: readonly Reading[];
}

interface Part {
  readonly by: Hypothesis | undefined;
  readonly bytes: Uint8Array;
}

const constructionOf = ({ alter }: Hypothesis): Construction | undefined =>
  alter(rightSigning(new Uint8Array(), new Uint8Array()))?.construction;

/** The wrong ways of putting key and body together, each once. */
const CONSTRUCTIONS: readonly Hypothesis[] = hypothesesOf(FORMS).filter(
  (one, at, all) =>
    constructionOf(one) !== 'hmac' && all.findIndex((other) => constructionOf(other) === constructionOf(one)) === at,
);

/** They leave all between the ends alone, so they are the nearer explanation where a printer yields the same bytes. */
const AT_THE_ENDS: ReadonlySet<string> = new Set(['body-trimmed', 'body-final-newline', 'body-bom', 'capture-marked']);

/**
 * Finds the simplest way of signing that yields a recorded header: of all keys, bodies and digests that are known, the one
 * with the fewest faults. Reads nothing but what it is given.
 */
export function explainSignature({ header, body, key, facts }: Recorded): OfflineSearch {
  const readings = readingsOf(header);
  const right = rightSigning(body, key);
  const causes = [...causesFor(facts), ...CAPTURES];
  const all = [true, false].flatMap((isFirst) =>
    hypothesesOf(causes.filter(({ id }) => AT_THE_ENDS.has(id) === isFirst)),
  );
  const keys = partsOf(all, 'key', right, (signing) => signing.key, key);
  const bodies = [
    ...partsOf(all, 'body', right, (signing) => signing.message, body),
    ...readings.flatMap(({ time }) => (time === undefined ? [] : [timed(time, body)])),
  ];
  let tried = 0;

  /** The readings that a digest fits. */
  const match = (signing: Omit<Signing, 'body'>): Reading | undefined => {
    tried += 1;
    const digest = digestOf(signing);
    for (const reading of readings) {
      if (!reading.algorithms.includes(signing.algorithm)) continue;
      const short = withoutZeros(reading, digest);
      if (short) return short;
      if (Buffer.compare(digest.subarray(0, reading.digest.length), reading.digest) === 0) return reading;
    }
    return undefined;
  };
  const algorithms = [...new Set(readings.flatMap((reading) => reading.algorithms))];
  const look = (
    keyParts: readonly Part[],
    bodyParts: readonly Part[],
    constructions: readonly (Hypothesis | undefined)[],
  ): Explanation | undefined => {
    for (const construction of constructions)
      for (const algorithm of algorithms)
        for (const { by: keyBy, bytes: keyBytes } of keyParts)
          for (const { by: bodyBy, bytes: message } of bodyParts) {
            const signing = { ...(construction?.alter(right) ?? right), algorithm, key: keyBytes, message };
            const reading = match(signing);
            if (reading) return { algorithm, reading, key: keyBy, body: bodyBy, construction, signed: message };
          }
    return undefined;
  };
  const [rightKey, ...otherKeys] = keys;
  const [rightBody, ...otherBodies] = bodies;
  if (rightKey === undefined || rightBody === undefined) return { explanation: undefined, tried, readings };
  const explanation =
    look([rightKey], bodies, [undefined]) ??
    look(otherKeys, [rightBody], [undefined]) ??
    look([rightKey], [rightBody], CONSTRUCTIONS) ??
    look(cutKeys(key), [rightBody], [undefined]) ??
    look(otherKeys, otherBodies, [undefined]);
  return { explanation, tried, readings };
}

/** What is right first, then every other value once, most likely first. */
function partsOf(
  all: readonly Hypothesis[],
  aspect: 'key' | 'body',
  right: Signing,
  pick: (signing: Signing) => Uint8Array,
  own: Uint8Array,
): readonly Part[] {
  const parts: Part[] = [{ by: undefined, bytes: own }];
  const seen = new Set([Buffer.from(own).toString('latin1')]);
  for (const by of all.filter(({ cause }) => cause.aspect === aspect)) {
    const altered = by.alter(right);
    if (altered === undefined) continue;
    const print = Buffer.from(pick(altered)).toString('latin1');
    if (seen.has(print)) continue;
    seen.add(print);
    parts.push({ by, bytes: pick(altered) });
  }
  return parts;
}

/** Longer keys are nobody's secret. */
const LONGEST_KEY = 256;
/** A shorter rest of a key is none. */
const SHORTEST_KEY = 4;

/** The key with more than one character missing at an end. */
function cutKeys(key: Uint8Array): readonly Part[] {
  const text = decodeUtf8(key);
  if (text.length > LONGEST_KEY) return [];
  return Array.from({ length: Math.max(0, text.length - SHORTEST_KEY - 1) }, (_, at) => at + 2).flatMap((count) => [
    cut(`the secret without its last ${count} characters`, text.slice(0, -count)),
    cut(`the secret without its first ${count} characters`, text.slice(count)),
  ]);

  function cut(words: string, rest: string): Part {
    const left = bytes(rest);
    return { by: { cause: SECRET_CUT, words, odds: 0, alter: (right) => ({ ...right, key: left }) }, bytes: left };
  }
}

/** Stripe's way: the header brings its own time. */
function timed(time: string, body: Uint8Array): Part {
  const by = hypothesesOf(causesFor({ credentials: [], nowSeconds: Number(time) })).find(
    ({ cause }) => cause.id === 'scheme-stripe',
  );
  return { by, bytes: Buffer.concat([Buffer.from(`${time}.`), body]) };
}
