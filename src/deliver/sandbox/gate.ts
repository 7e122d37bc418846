import type { Lane } from '../policy.ts';

/** Lets so many through at once; who is in the fast lane does not wait for who is in the slow one. */
export interface Gate {
  enter(lane: Lane, signal: AbortSignal): Promise<void>;
  leave(): void;
}

export function createGate(most: number): Gate {
  const waiting: Record<Lane, Set<() => void>> = { fast: new Set(), slow: new Set() };
  let inside = 0;
  return {
    enter(lane, signal) {
      signal.throwIfAborted();
      if (inside < most) {
        inside += 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          waiting[lane].delete(pass);
          reject(signal.reason as Error);
        };
        const pass = (): void => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        signal.addEventListener('abort', stop, { once: true });
        waiting[lane].add(pass);
      });
    },
    leave() {
      const lane = waiting.fast.size > 0 ? waiting.fast : waiting.slow;
      const [next] = lane;
      if (next === undefined) {
        inside -= 1;
        return;
      }
      lane.delete(next);
      next();
    },
  };
}
