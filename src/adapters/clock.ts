import type { Clock } from '../base/ports.ts';
import { onAbort } from './abort.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        forget();
        resolve();
      }, ms);
      const forget = signal
        ? onAbort(signal, () => {
            clearTimeout(timer);
            reject(signal.reason as Error);
          })
        : () => undefined;
    }),
};
