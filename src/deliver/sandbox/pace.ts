import type { Clock } from '../../base/ports.ts';

/** Intercom's time: ms since the start, running `scale` times as fast as ours. */
export interface Pace {
  now(): number;
  /** Some real ms from now: for whoever must not keep the event loop busy. */
  turn(): number;
  /** Time begins now: what had to be prepared took none. */
  restart(): void;
  /** Time stands still from now on: what is still to come belongs to no minute after the end. */
  freeze(): void;
  /** @throws the signal's reason when it is aborted first */
  sleepUntil(at: number, signal: AbortSignal): Promise<void>;
}

const TURN_MS = 5;
/** Timers take no more than this. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

export function createPace(clock: Clock, scale: number): Pace {
  let startedAt = clock.monotonic();
  let frozenAt: number | undefined;
  const now = (): number => frozenAt ?? (clock.monotonic() - startedAt) * scale;
  return {
    now,
    turn: () => now() + TURN_MS * scale,
    restart: () => void (startedAt = clock.monotonic()),
    freeze: () => void (frozenAt = now()),
    async sleepUntil(at, signal) {
      for (let left = at - now(); left > 0; left = at - now())
        await clock.sleep(frozenAt === undefined ? Math.min(left / scale, LONGEST_SLEEP_MS) : LONGEST_SLEEP_MS, signal);
    },
  };
}
