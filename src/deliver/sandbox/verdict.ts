import type { JsonObject } from '../../base/json.ts';
import { plural } from '../../base/text.ts';
import type { Change } from '../policy.ts';
import type { Tally } from './tally.ts';

/** What Intercom would have made of the receiver. */
export interface Verdict {
  /** Nothing was lost or dropped, and nothing was stopped. */
  readonly isGood: boolean;
  readonly tally: Tally;
  /** Of Intercom's time. */
  readonly minutes: number;
  /** In words, the gravest first; empty only where nothing was sent. */
  readonly findings: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

export function judgeRun(tally: Tally, nowMs: number): Verdict {
  const dropped = droppedIn(tally);
  const stopped = (['disabled', 'suspended', 'paused'] as const).filter((change) => tally.changes[change]);
  const isGood = stopped.length === 0 && tally.lost === 0 && dropped === 0;
  return { isGood, tally, minutes: Math.floor(nowMs / MINUTE_MS), findings: findingsOf(tally, isGood) };
}

export function droppedIn({ dropped }: Tally): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** Sources: intercom/limits.ts. */
const CHANGES: readonly (readonly [Change, (when: string) => string])[] = [
  [
    'disabled',
    (when) => `Intercom would have disabled the subscription ${when}: it was answered 410. Nothing is sent after that.`,
  ],
  [
    'suspended',
    (when) =>
      `Intercom would have suspended the webhooks ${when}: errors for more than 7 days. Nothing is sent until "Set live" in the Developer Hub.`,
  ],
  [
    'paused',
    (when) =>
      `Intercom would have paused you ${when}: more than 1000 errors in a row within 15 minutes. What falls due in the 15 minutes after that is dropped.`,
  ],
  [
    'throttled',
    (when) =>
      `Intercom would have throttled you ${when}: a 429 delays all notifications, from 1 minute up to 2 hours, and drops those that wait longer.`,
  ],
  [
    'slow-lane',
    (when) => `${capital(when)} an answer took more than 500 ms: Intercom gives slow receivers a lower priority.`,
  ],
];

/** `at minute 14`; after two days also `on day 8 (minute 10211)`. */
function whenWas(at: number): string {
  const minute = Math.floor(at / MINUTE_MS);
  return at < 2 * DAY_MS ? `at minute ${minute}` : `on day ${Math.floor(at / DAY_MS) + 1} (minute ${minute})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function findingsOf(tally: Tally, isGood: boolean): readonly string[] {
  const { changes, lost, delivered, pending, created } = tally;
  const found = CHANGES.flatMap(([change, words]) => {
    const first = changes[change];
    return first ? [words(whenWas(first.firstAt))] : [];
  });
  if (lost > 0)
    found.push(`${plural(lost, 'notification')} lost: there is one retry a minute later, and it failed too.`);
  const dropped = droppedIn(tally);
  if (dropped > 0) found.push(`${plural(dropped, 'notification')} dropped: ${reasons(tally)}.`);
  if (isGood && delivered > 0)
    found.unshift(
      `Intercom would have kept you live: ${delivered} of ${plural(created, 'notification')} delivered${pending > 0 ? `, ${pending} under way` : ''}.`,
    );
  return found;
}

const REASONS = {
  paused: 'while paused',
  disabled: 'after 410',
  suspended: 'while suspended',
  throttled: 'delayed by 429 for more than 2 hours',
  full: "the sandbox's own queue was full",
  removed: 'the subscription was removed',
} as const;

function reasons({ dropped }: Tally): string {
  return (Object.keys(REASONS) as (keyof typeof REASONS)[])
    .flatMap((reason) => (dropped[reason] === undefined ? [] : [`${dropped[reason]} ${REASONS[reason]}`]))
    .join(', ');
}

/** As JSON: the figures, and when each change came first, in minutes. */
export function verdictJson({ isGood, tally, minutes, findings }: Verdict): JsonObject {
  const { changes, dropped, answers, ...counts } = tally;
  const firsts = Object.entries(changes).map(([change, { firstAt, count }]) => [
    change,
    { minute: Math.floor(firstAt / MINUTE_MS), count },
  ]);
  return {
    good: isGood,
    minutes,
    ...counts,
    dropped: { ...dropped },
    answers: { ...answers },
    changes: Object.fromEntries(firsts) as JsonObject,
    findings: [...findings],
  };
}
