import type { Clock } from '../../src/base/ports.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass until nobody sleeps any more, or so many ms are over. */
  run(maxMs?: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock whose time passes only while nothing else happens. */
export function virtualClock(): VirtualClock {
  const sleepers = new Set<Sleeper>();
  let now = 0;
  return {
    now: () => 1_768_015_702_000 + now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((done, failed) => {
        const stop = (): void => {
          sleepers.delete(sleeper);
          failed(signal?.reason as Error);
        };
        const wake = (): void => {
          signal?.removeEventListener('abort', stop);
          done();
        };
        const sleeper: Sleeper = { at: now + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', stop);
      }),
    async run(maxMs = Infinity) {
      const end = now + maxMs;
      for (;;) {
        await new Promise((turn) => setImmediate(turn)); // whatever can happen without time happens first
        const [next] = [...sleepers].sort((one, other) => one.at - other.at);
        if (next === undefined || next.at > end) return;
        sleepers.delete(next);
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}
