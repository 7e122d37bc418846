import { onAbort } from './abort.ts';
import { TimedOut } from './net-failure.ts';

/** The end of all waiting of one exchange: the time that is allowed, or the caller's own signal, whichever comes first. */
export interface Deadline {
  readonly isOver: boolean;
  /** `TimedOut`, or the reason of the caller's signal. */
  readonly reason: unknown;
  /** What is to be done when it is over, at once where it already is. One thing at a time: the next call replaces it. */
  onEnd(act: () => void): void;
  /** Nothing is waited for at the moment. */
  rest(): void;
  /** Must be called in the end: there is a timer behind it. */
  stop(): void;
}

/** A thinner AbortController, as there is one for each exchange and `send-test --count` makes many. */
export function startDeadline(timeoutMs: number, signal: AbortSignal): Deadline {
  let isOver = false;
  let reason: unknown;
  let waiting: (() => void) | undefined;
  const end = (why: unknown): void => {
    if (isOver) return;
    isOver = true;
    reason = why;
    waiting?.();
  };
  const timer = setTimeout(() => end(new TimedOut()), timeoutMs);
  const forget = onAbort(signal, () => end(signal.reason));
  return {
    get isOver() {
      return isOver;
    },
    get reason() {
      return reason;
    },
    onEnd(act) {
      waiting = act;
      if (isOver) act();
    },
    rest() {
      waiting = undefined;
    },
    stop() {
      clearTimeout(timer);
      forget();
    },
  };
}
