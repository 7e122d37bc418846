import { type Clock, type Exchange, headerValue } from '../base/ports.ts';
import { isAnswer, type Outcome } from './outcome.ts';
import { wallOf } from './walls.ts';

/** A limit that asks for more patience than this is not waited for; nor is one that has cost so much already. */
const LONGEST_WAIT_MS = 15_000;
const MOST_WAITED_MS = 45_000;
const USUAL_WAIT_MS = 1000;
const FIRST_GAP_MS = 50;
const LONGEST_GAP_MS = 500;

const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

/** Keeps a run below the rate limit of a receiver, once it has shown that it has one. */
export interface Pace {
  /**
   * Sends when it is time to. What a rate limit refuses is sent once more after the wait that it asks for, and from then on
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

  async function turn(signal: AbortSignal, isBurst: boolean): Promise<void> {
    const now = clock.monotonic();
    const at = Math.max(now, pausedUntil, isBurst ? 0 : nextAt);
    if (!isBurst) nextAt = at + gapMs;
    if (at > now) await clock.sleep(at - now, signal);
  }

  return {
    async send(send, signal, isBurst) {
      await turn(signal, isBurst);
      const outcome = await send();
      if (!isAnswer(outcome)) return outcome;
      const key = `${outcome.request.method} ${outcome.request.url.href}`;
      const isPassing = outcome.status === UNAVAILABLE && working.has(key);
      if (outcome.status < 500 && outcome.status !== TOO_MANY_REQUESTS) working.add(key);
      if (outcome.status !== TOO_MANY_REQUESTS && !isPassing) return outcome;
      if (wallOf(outcome)) return outcome; // a challenge is not over after a while
      if (!slowDown(waitOf(outcome)) || isBurst) return outcome;
      await turn(signal, isBurst);
      return send();
    },
    wasSlowed: () => slowed,
    isPaused: () => pausedUntil > clock.monotonic(),
  };
}

/** What the answer asks for; a date in place of seconds is rare, and taken for the usual wait. */
function waitOf({ headers }: Exchange): number {
  const text = headerValue(headers, 'retry-after') ?? headerValue(headers, 'ratelimit-reset') ?? '';
  const seconds = /^\s*(\d{1,9})\s*$/.exec(text)?.[1];
  return seconds === undefined ? USUAL_WAIT_MS : Math.max(Number(seconds) * 1000, FIRST_GAP_MS);
}
