import { SIGNATURE_HEADER } from '../intercom/signature.ts';
import { bytes, type Hypothesis } from './hypothesis.ts';
import { SHA256_ONLY } from './hypotheses/forms.ts';
import { rightSigning } from './signing.ts';
import { keeps, type Theory } from './theory.ts';

/** What one request tries: a theory, or several that need different headers and can be sent together. */
export type Candidate = readonly Theory[];

/** A twin with the other algorithm is this much less likely than the fault alone. */
const TWIN = 0.6;
/** A rare fault together with the other algorithm comes after all that is a single fault. */
const RARE_TWIN = 1.2;
const SCREEN = 2.5;
const EARLY_SCREENS = 1;
/** The other screens ride along with what is no more likely than this: X-Hub-Signature holds the one, they the rest. */
const LATER_SCREEN_FROM = 1.5;
/** Of two faults that come together each must be at least so likely. */
const PAIRED = 2;
const PAIR = 5.4;
const LATE = 10;
const ASKED = 3;

/** Every printer of JSON leaves it as it is, so it passes where only the printing is at fault. */
export const EMPTY_OBJECT = bytes('{}');

export const isPrinted = (one: Hypothesis): boolean => one.cause.aspect === 'body' && keeps(one, EMPTY_OBJECT);
export const isOtherAlgorithm = ({ cause }: Hypothesis): boolean => cause.id === SHA256_ONLY;

export interface Hints {
  /** A body that every printer leaves as it is was refused too, so printing is not the fault. */
  readonly isPrintedUnlikely: boolean;
  /** A wrong signature is answered in other words than a missing one, so the header is read. */
  readonly isHeaderRead: boolean;
  /** A refusal speaks of a time. */
  readonly isTimeAsked: boolean;
}

/**
 * All that is worth a request, most likely first: single faults, each also with the other algorithm (a receiver built
 * after the guide and a quoted secret are two faults), and pairs of likely ones.
 */
export function candidatesOf(all: readonly Hypothesis[], hints: Hints): readonly Candidate[] {
  const isElsewhere = (one: Hypothesis): boolean => one.cause.aspect === 'form' && headerOf(one) !== SIGNATURE_HEADER;
  const elsewhere = all.filter(isElsewhere);
  const here = all.filter((one) => !isElsewhere(one));
  const sha256 = here.find(isOtherAlgorithm);
  const forms = here.filter(({ cause }) => cause.aspect === 'form' && cause.id !== SHA256_ONLY);
  const others = here.filter(({ cause }) => cause.aspect !== 'form');
  const late = (one: Hypothesis): number => (hints.isPrintedUnlikely && isPrinted(one) ? LATE : 0);
  const screens = screensOf(elsewhere);
  const early = screens.slice(0, EARLY_SCREENS);
  const later = screens.slice(EARLY_SCREENS);
  const ranked: { candidate: Candidate; rank: number }[] = [
    ...here.map((one) => ({
      candidate: [[one]],
      rank: hints.isTimeAsked && one.cause.id.startsWith('scheme-') ? ASKED : one.odds - late(one),
    })),
    ...early.map((candidate) => ({ candidate, rank: hints.isHeaderRead ? 0 : SCREEN })),
    ...others.flatMap((one) =>
      sha256 ? [{ candidate: [[one, sha256]], rank: one.odds - (one.odds > 2 ? TWIN : RARE_TWIN) - late(one) }] : [],
    ),
    ...others.flatMap((one) =>
      forms
        .filter(({ odds }) => Math.min(odds, one.odds) >= PAIRED)
        .map((form) => ({ candidate: [[one, form]], rank: (one.odds + form.odds) / PAIR - late(one) })),
    ),
  ];
  return ranked
    .toSorted((one, other) => other.rank - one.rank)
    .map(({ candidate, rank }) => {
      const isCarrier = rank <= LATER_SCREEN_FROM && candidate.length === 1;
      return isCarrier ? candidate.concat(later.shift() ?? []) : candidate;
    });
}

function headerOf(hypothesis: Hypothesis): string | undefined {
  return hypothesis.alter(rightSigning(new Uint8Array(), new Uint8Array()))?.header;
}

/** Theories whose headers differ in name go into one request: whichever the receiver reads, it finds it there. */
function screensOf(elsewhere: readonly Hypothesis[]): readonly Candidate[] {
  const screens: { names: Set<string | undefined>; theories: Theory[] }[] = [];
  for (const one of elsewhere) {
    const name = headerOf(one);
    let screen = screens.find(({ names }) => !names.has(name));
    if (screen === undefined) {
      screen = { names: new Set(), theories: [] };
      screens.push(screen);
    }
    screen.names.add(name);
    screen.theories.push([one]);
  }
  return screens.map(({ theories }) => theories);
}
