import type { Clock } from '../../base/ports.ts';

/** Intercom's time: ms since the start, running `scale` times as fast as ours. */
export interface Pace {
  now(): number;
  /** Some real ms from now: for whoever must not keep the event loop busy. */
  turn(): number;
  /** @throws the signal's reason when it is aborted first */
  sleepUntil(at: number, signal: AbortSignal): Promise<void>;
}

const TURN_MS = 5;
/** Timers take no more than this. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

export function createPace(clock: Clock, scale: number): Pace {
  const startedAt = clock.monotonic();
  const now = (): number => (clock.monotonic() - startedAt) * scale;
  return {
    now,
    turn: () => now() + TURN_MS * scale,
    async sleepUntil(at, signal) {
      for (let left = at - now(); left > 0; left = at - now())
        await clock.sleep(Math.min(left / scale, LONGEST_SLEEP_MS), signal);
    },
  };
}
