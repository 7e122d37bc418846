import { onAbort } from './abort.ts';

export interface Turnstile {
  /** Resolves when there is room. @throws the signal's reason when it is aborted first */
  enter(signal: AbortSignal): Promise<void>;
  /** Makes room; once for each `enter` that resolved. */
  leave(): void;
}

/** Lets a number through at once; the others wait in the order in which they came. */
export function createTurnstile(places: number): Turnstile {
  let free = places;
  const waiting = new Set<() => void>();
  return {
    enter(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const pass = (): void => {
          forget();
          resolve();
        };
        const forget = onAbort(signal, () => {
          waiting.delete(pass);
          reject(signal.reason as Error);
        });
        waiting.add(pass);
      });
    },
    leave() {
      const [next] = waiting;
      if (next === undefined) {
        free += 1;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
