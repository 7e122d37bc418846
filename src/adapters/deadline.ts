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

/**
 * A thinner AbortController, as there is one for each exchange and `send-test --count` makes many. A class, because an
 * object with getters costs more to make than all the rest of it.
 */
class RunningDeadline implements Deadline {
  isOver = false;
  reason: unknown;
  #waiting: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #forget: () => void;

  constructor(timeoutMs: number, signal: AbortSignal) {
    this.#timer = setTimeout(() => this.#end(new TimedOut()), timeoutMs);
    this.#forget = onAbort(signal, () => this.#end(signal.reason));
  }

  onEnd(act: () => void): void {
    this.#waiting = act;
    if (this.isOver) act();
  }

  rest(): void {
    this.#waiting = undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#forget();
  }

  #end(why: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.reason = why;
    this.#waiting?.();
  }
}

export function startDeadline(timeoutMs: number, signal: AbortSignal): Deadline {
  return new RunningDeadline(timeoutMs, signal);
}
