import { candidatesOf, EMPTY_OBJECT, isOtherAlgorithm, isPrinted } from './candidates.ts';
import type { Facts, Hypothesis, Language } from './hypothesis.ts';
import { causesFor, hypothesesOf } from './hypotheses/index.ts';
import { headersOf, rightSigning } from './signing.ts';
import { signUnder, spoiledUnder, type Theory } from './theory.ts';
import { createTrials, type End, SearchEnded, type Trials, type Wire } from './trials.ts';

/** More are never sent, controls and confirmations included. */
const MOST_REQUESTS = 60;
/** Of them, for confirming what was accepted, and for the body. */
const KEPT_BACK = 4;

/** What a theory says of unusual spellings: they pass; they do not, in a way that was not found out; not seen. */
type BodyFate = 'explained' | 'unexplained' | 'not-seen';

export type Search =
  | { readonly kind: 'found'; readonly theory: Theory; readonly isDelivered: boolean; readonly body: BodyFate }
  /** A wrong signature is accepted. */
  | { readonly kind: 'forgeable' }
  /** A right signature, refused before, was accepted. */
  | { readonly kind: 'changing' }
  | { readonly kind: 'unknown'; readonly end: End | undefined; readonly tried: readonly Hypothesis[] };

/** What the steps of a search share. */
interface Hunt {
  readonly key: Uint8Array;
  readonly wire: Wire;
  readonly trials: Trials;
  readonly all: readonly Hypothesis[];
}

export interface Case {
  readonly key: Uint8Array;
  readonly facts: Facts;
  readonly wire: Wire;
  /** The algorithm with which plain pings are accepted, where only other spellings are refused. */
  readonly accepted?: 'sha1' | 'sha256' | undefined;
  /** Whether a wrong signature was answered otherwise than a missing one, so that X-Hub-Signature is read. */
  readonly isHeaderRead: boolean;
  /** Of the application, where it shows. */
  readonly language?: Language | undefined;
  /** Whether a refusal speaks of a time, as schemes do that sign one. */
  readonly isTimeAsked: boolean;
}

/**
 * Finds out why rightly signed pings are refused, or why those in an unusual spelling are. A control first, then one
 * hypothesis at a time, one exchange at a time, at most `MOST_REQUESTS`.
 */
export async function search(given: Case): Promise<{ readonly search: Search; readonly requests: number }> {
  const trials = createTrials(given.wire, given.key, MOST_REQUESTS);
  const tried: Hypothesis[] = [];
  const found = await run(given, trials, tried).catch((error: unknown): Search => {
    if (!(error instanceof SearchEnded)) throw error;
    return error.end.kind === 'changing' ? { kind: 'changing' } : { kind: 'unknown', end: error.end, tried };
  });
  return { search: found, requests: trials.requests() };
}

async function run(
  { key, facts, wire, accepted, isHeaderRead, isTimeAsked, language }: Case,
  trials: Trials,
  tried: Hypothesis[],
): Promise<Search> {
  const control = wire.plain();
  const forged = headersOf(rightSigning(control, wire.strangerKey()));
  if (await trials.passesWith(forged, control)) return { kind: 'forgeable' };
  const all = hypothesesOf(causesFor(facts), language).filter(({ odds }) => odds > 0);
  const hunt: Hunt = { key, wire, trials, all };
  const sha256 = all.filter(isOtherAlgorithm);
  if (accepted !== undefined) return withBody(hunt, accepted === 'sha1' ? [] : sha256);

  let isPrintedUnlikely = true;
  for (const base of [[], sha256]) {
    const passes = await passesEmpty(hunt, base);
    if (passes === 'always') isPrintedUnlikely = false;
    if (passes === 'signed') return printedUnder(hunt, base);
  }
  const isNew = withoutTwins(hunt, wire.plain(), sha256);
  for (const candidate of candidatesOf(all, { isPrintedUnlikely, isHeaderRead, isTimeAsked })) {
    const fresh = candidate.filter(isNew);
    if (fresh.length === 0) continue;
    if (trials.requests() >= MOST_REQUESTS - KEPT_BACK) throw new SearchEnded({ kind: 'spent' });
    const theory = await narrow(hunt, fresh);
    if (theory && (await trials.holds(theory, wire.plain))) return withBody(hunt, theory);
    tried.push(...fresh.flat());
  }
  return { kind: 'unknown', end: undefined, tried };
}

/** Whether `{}` gets past the check: when it is rightly signed, or whatever stands in the header. */
async function passesEmpty({ key, trials }: Hunt, theory: Theory): Promise<'signed' | 'never' | 'always'> {
  if (!(await trials.passes(theory, EMPTY_OBJECT))) return 'never';
  const spoiled = spoiledUnder(theory, EMPTY_OBJECT, key);
  return (await trials.passesWith(spoiled, EMPTY_OBJECT)) ? 'always' : 'signed';
}

/** Key and header are right, and the body is printed again: only the printer is left to find. */
async function printedUnder(hunt: Hunt, base: Theory): Promise<Search> {
  const { all, trials, wire } = hunt;
  const isNew = withoutTwins(hunt, wire.plain(), base);
  for (const printer of all.filter(isPrinted)) {
    const theory = [...base, printer];
    if (!isNew(theory)) continue;
    if ((await trials.passes(theory, wire.plain())) && (await trials.holds(theory, wire.plain)))
      return withBody(hunt, theory);
  }
  const isSteady = await trials.holds(base, () => EMPTY_OBJECT);
  return isSteady ? { kind: 'found', theory: base, isDelivered: false, body: 'unexplained' } : { kind: 'changing' };
}

/** A filter that lets a theory through once: those that sign this body alike, or as is known to be refused, are dropped. */
function withoutTwins({ key }: Hunt, body: Uint8Array, sha256: Theory): (theory: Theory) => boolean {
  const known = new Set([[], sha256].map((theory) => signUnder(theory, body, key)?.fingerprint));
  return (theory) => {
    const fingerprint = signUnder(theory, body, key)?.fingerprint;
    if (fingerprint === undefined || known.has(fingerprint)) return false;
    known.add(fingerprint);
    return true;
  };
}

/** The theory that is accepted, of one or of several that were sent in one request: halved until one is left. */
async function narrow({ key, wire, trials }: Hunt, theories: readonly Theory[]): Promise<Theory | undefined> {
  const together = async (group: readonly Theory[]): Promise<boolean> => {
    const body = wire.plain();
    const headers = group.flatMap((theory) => signUnder(theory, body, key)?.headers ?? []);
    return trials.passesWith(headers, body);
  };
  let group = theories;
  if (!(await together(group))) return undefined;
  while (group.length > 1) {
    const half = group.slice(0, Math.ceil(group.length / 2));
    group = (await together(half)) ? half : group.slice(half.length);
  }
  return group[0];
}

/** What was found, and whether unusual spellings pass under it; where they do not, how the body is changed as well. */
async function withBody(hunt: Hunt, theory: Theory): Promise<Search> {
  const { trials } = hunt;
  const isDelivered = trials.isDelivered();
  try {
    const explained = await explainBody(hunt, theory);
    return explained
      ? { kind: 'found', theory: explained, isDelivered: trials.isDelivered(), body: 'explained' }
      : { kind: 'found', theory, isDelivered, body: 'unexplained' };
  } catch (error) {
    if (error instanceof SearchEnded) return { kind: 'found', theory, isDelivered, body: 'not-seen' };
    throw error;
  }
}

/** The theory, with the way of changing bodies that fits plain and unusual spellings alike. */
async function explainBody({ key, wire, trials, all }: Hunt, theory: Theory): Promise<Theory | undefined> {
  if (await trials.passes(theory, wire.rich())) return theory;
  const rest = theory.filter(({ cause }) => cause.aspect !== 'body');
  const [plain, rich] = [wire.plain(), wire.rich()];
  const printOf = (one: Theory, body: Uint8Array): string | undefined => signUnder(one, body, key)?.fingerprint;
  const refused = new Set([printOf(theory, rich)]);
  for (const body of all.filter(({ cause }) => cause.aspect === 'body')) {
    const other = [...rest, body];
    const print = printOf(other, rich);
    if (printOf(other, plain) !== printOf(theory, plain) || print === undefined || refused.has(print)) continue;
    refused.add(print);
    if ((await trials.passes(other, wire.rich())) && (await trials.holds(other, wire.rich))) return other;
  }
  return undefined;
}
