import { parseHttpDate } from '../base/http-date.ts';
import { type Clock, type Exchange, headerValue } from '../base/ports.ts';
import { isAnswer, type Outcome } from './outcome.ts';
import { wallOf } from './walls.ts';

/** A limit that asks for more patience than this is not waited for; nor is one that has cost so much already. */
const LONGEST_WAIT_MS = 15_000;
const MOST_WAITED_MS = 45_000;
const USUAL_WAIT_MS = 1000;
const FIRST_GAP_MS = 150;
const LONGEST_GAP_MS = 600;
/** How often what was refused is sent again: a 429 is clear enough, a 503 may be of the moment. */
const REPEATS = { 429: 1, 503: 2 } as const;

/** Keeps a run below the rate limit of a receiver, once it has shown that it has one. */
export interface Pace {
  /**
   * Sends when it is time to. What a rate limit refuses is sent again after the wait that it asks for, and from then on
   * everything goes slower. `isBurst`: together with others, so without a distance to them, and not repeated alone.
   * @throws whatever `send` throws; the signal's reason when it is aborted
   */
  send(send: () => Promise<Outcome>, signal: AbortSignal, isBurst: boolean): Promise<Outcome>;
  /** Whether a limit was met and waited for. */
  wasSlowed(): boolean;
  /** Whether a limit was met that is to be waited for now. */
  isPaused(): boolean;
}

export function createPace(clock: Clock): Pace {
  /** Methods and addresses that were answered, so that a 503 there is one of the moment: what nginx says for 429. */
  const working = new Set<string>();
  let pausedUntil = 0;
  let nextAt = 0;
  let gapMs = 0;
  let waitedMs = 0;
  let slowed = false;

  /** @returns false where waiting is no use */
  function slowDown(waitMs: number): boolean {
    const now = clock.monotonic();
    if (waitMs > LONGEST_WAIT_MS || waitedMs > MOST_WAITED_MS) return false;
    if (now >= pausedUntil) {
      waitedMs += waitMs;
      gapMs = gapMs === 0 ? FIRST_GAP_MS : Math.min(gapMs * 2, LONGEST_GAP_MS);
    }
    pausedUntil = Math.max(pausedUntil, now + waitMs);
    slowed = true;
    return true;
  }

  /** Undefined where the answer is one, and not a limit's. */
  function limitOf(outcome: Outcome): { readonly waitMs: number; readonly repeats: number } | undefined {
    if (!isAnswer(outcome)) return undefined;
    const { status, request } = outcome;
    const key = `${request.method} ${request.url.href}`;
    if (status < 500 && status !== 429) working.add(key);
    // a challenge is not over after a while
    if ((status !== 429 && (status !== 503 || !working.has(key))) || wallOf(outcome)) return undefined;
    return { waitMs: waitOf(outcome, clock.now()), repeats: REPEATS[status] };
  }

  async function turn(signal: AbortSignal, isBurst: boolean): Promise<void> {
    const now = clock.monotonic();
    const at = Math.max(now, pausedUntil, isBurst ? 0 : nextAt);
    if (!isBurst) nextAt = at + gapMs;
    if (at > now) await clock.sleep(at - now, signal);
  }

  return {
    async send(send, signal, isBurst) {
      for (let time = 0; ; time += 1) {
        await turn(signal, isBurst);
        const outcome = await send();
        const limit = limitOf(outcome);
        if (limit === undefined || !slowDown(limit.waitMs) || isBurst || time >= limit.repeats) return outcome;
      }
    },
    wasSlowed: () => slowed,
    isPaused: () => pausedUntil > clock.monotonic(),
  };
}

/**
 * What the answer asks for, in seconds or as a date. A date is measured by the clock of whoever wrote it, where the answer
 * tells that.
 */
function waitOf({ headers }: Exchange, now: number): number {
  const text = headerValue(headers, 'retry-after') ?? headerValue(headers, 'ratelimit-reset') ?? '';
  const seconds = /^\s*(\d{1,9})\s*$/.exec(text)?.[1];
  if (seconds !== undefined) return Math.max(Number(seconds) * 1000, FIRST_GAP_MS);
  const until = parseHttpDate(text);
  if (until === undefined) return USUAL_WAIT_MS;
  return Math.max(until - (parseHttpDate(headerValue(headers, 'date') ?? '') ?? now), FIRST_GAP_MS);
}
