import {
  FAST_LANE_MS,
  PAUSE_ERRORS,
  PAUSE_MS,
  PAUSE_WINDOW_MS,
  RETRY_AFTER_MS,
  SUSPEND_AFTER_MS,
  THROTTLE_LEAST_MS,
  THROTTLE_MOST_MS,
} from '../intercom/limits.ts';

/**
 * How Intercom treats a subscription after what its receiver answered: pure, so that each rule is a row of a table.
 * The sources stand with the figures in intercom/limits.ts. Where they leave something open, the stricter reading is taken:
 * - 3xx counts as an error (only 2xx is named as delivered), and so does an answer that breaks off, or none at all;
 * - a 429 counts among the consecutive errors, and throttling doubles with each further one (only its bounds are named);
 * - what falls due during a pause is dropped (webhook-models says so, webhook-notifications is silent), retries too;
 * - errors for seven days means: no 2xx in between.
 * Instants and durations are in ms of Intercom's time; only how long an answer took is real.
 */
export interface Standing {
  readonly state: 'live' | 'disabled' | 'suspended';
  /** Paused before this instant. */
  readonly pausedUntil: number;
  readonly throttle: { readonly until: number; readonly delayMs: number } | undefined;
  readonly lane: Lane;
  /** When the errors since the last success came, as many as the rule on pauses asks for. */
  readonly errorTimes: readonly number[];
  /** The first error since the last success. */
  readonly failingSince: number | undefined;
}

export type Lane = 'fast' | 'slow';

export const NEW_STANDING: Standing = {
  state: 'live',
  pausedUntil: 0,
  throttle: undefined,
  lane: 'fast',
  errorTimes: [],
  failingSince: undefined,
};

/** A notification on its way, as far as the policy asks. */
export interface Due {
  readonly createdAt: number;
  /** Whether it had its one retry. */
  readonly isRetried: boolean;
}

export type DropReason = 'paused' | 'disabled' | 'suspended' | 'throttled';

export type Admission =
  | { readonly kind: 'send' }
  | { readonly kind: 'hold'; readonly until: number }
  | { readonly kind: 'drop'; readonly reason: DropReason };

/** What becomes of a notification that falls due. */
export function admit({ state, pausedUntil, throttle }: Standing, due: Due, now: number): Admission {
  if (state !== 'live') return { kind: 'drop', reason: state };
  if (now < pausedUntil) return { kind: 'drop', reason: 'paused' };
  if (throttle === undefined || now >= throttle.until) return { kind: 'send' };
  return isTooLate(due, throttle.until)
    ? { kind: 'drop', reason: 'throttled' }
    : { kind: 'hold', until: throttle.until };
}

export interface ReceiverAnswer {
  /** Null: none within the time, or none that came to its end. */
  readonly status: number | null;
  readonly durationMs: number;
}

export type Fate =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly at: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'throttled'; readonly at: number }
  | { readonly kind: 'dropped'; readonly reason: DropReason };

/** What changed for the whole subscription. */
export type Change = 'disabled' | 'paused' | 'suspended' | 'throttled' | 'slow-lane' | 'fast-lane';

export interface Judged {
  readonly standing: Standing;
  readonly fate: Fate;
  readonly changes: readonly Change[];
}

/** What an answer means, for the notification and for all that follow. */
export function judge(before: Standing, due: Due, answer: ReceiverAnswer, now: number): Judged {
  const lane: Lane = answer.status !== null && answer.durationMs <= FAST_LANE_MS ? 'fast' : 'slow';
  const laneChange: readonly Change[] = lane === before.lane ? [] : [`${lane}-lane`];
  const { status } = answer;
  if (status !== null && status >= 200 && status < 300) {
    const isHeld = before.throttle !== undefined && now < before.throttle.until; // it was under way before the 429
    const throttle = isHeld ? before.throttle : undefined;
    const standing = { ...before, lane, throttle, errorTimes: [], failingSince: undefined };
    return { standing, fate: { kind: 'delivered' }, changes: laneChange };
  }
  const failing = afterError({ ...before, lane }, now);
  if (status === 410) {
    const changes: readonly Change[] = before.state === 'live' ? ['disabled', ...laneChange] : laneChange;
    const standing: Standing = { ...failing.standing, state: before.state === 'live' ? 'disabled' : before.state };
    return { standing, fate: { kind: 'dropped', reason: 'disabled' }, changes };
  }
  const changes = [...failing.changes, ...laneChange];
  if (status === 429) {
    const { standing, change } = throttled(failing.standing, now);
    const at = standing.throttle?.until ?? now;
    const fate: Fate = isTooLate(due, at) ? { kind: 'dropped', reason: 'throttled' } : { kind: 'throttled', at };
    return { standing, fate, changes: [...change, ...changes] };
  }
  const fate: Fate = due.isRetried ? { kind: 'lost' } : { kind: 'retry', at: now + RETRY_AFTER_MS };
  return { standing: failing.standing, fate, changes };
}

/** "Set live" in the Developer Hub. What has to be done after a 410 is not documented; here the same helps. */
export function setLive({ lane }: Standing): Standing {
  return { ...NEW_STANDING, lane };
}

function afterError(before: Standing, now: number): { standing: Standing; changes: readonly Change[] } {
  const failingSince = before.failingSince ?? now;
  const errorTimes = [...before.errorTimes.slice(-PAUSE_ERRORS), now];
  const standing = { ...before, failingSince, errorTimes };
  if (before.state !== 'live') return { standing, changes: [] };
  if (now - failingSince > SUSPEND_AFTER_MS)
    return { standing: { ...standing, state: 'suspended' }, changes: ['suspended'] };
  const [first = now] = errorTimes;
  if (errorTimes.length <= PAUSE_ERRORS || now - first > PAUSE_WINDOW_MS || now < before.pausedUntil)
    return { standing, changes: [] };
  return { standing: { ...standing, errorTimes: [], pausedUntil: now + PAUSE_MS }, changes: ['paused'] };
}

/** Of several 429 at once the first one counts: the others were under way before it was answered. */
function throttled(before: Standing, now: number): { standing: Standing; change: readonly Change[] } {
  const { throttle } = before;
  if (throttle !== undefined && now < throttle.until) return { standing: before, change: [] };
  const delayMs = throttle === undefined ? THROTTLE_LEAST_MS : Math.min(throttle.delayMs * 2, THROTTLE_MOST_MS);
  return { standing: { ...before, throttle: { until: now + delayMs, delayMs } }, change: ['throttled'] };
}

function isTooLate({ createdAt }: Due, at: number): boolean {
  return at - createdAt > THROTTLE_MOST_MS;
}
