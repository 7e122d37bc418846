import { isAnswer, type Outcome } from './outcome.ts';

/** Fewer than the ten of `delivery/concurrent`: no receiver meets more of them than that check asks of it. */
const MOST_AT_ONCE = 8;
/** While nothing is known. */
const FIRST_AT_ONCE = 3;
/** Of the wait for one answer; the rest is for whatever makes an answer later than the ones before it. */
const SHARE_OF_WAIT = 0.5;

/**
 * How many requests of a run are under way at once. Some receivers take one after the other (`php -S`, a single synchronous
 * worker): the last of a crowd waits for all before it, and when it has waited too long it looks as if it had not been
 * answered. So there are never more than a receiver of that kind would answer in time, as far as its answers have shown.
 */
export interface Crowd {
  /** Sends one, once there is room. */
  one(send: () => Promise<Outcome>): Promise<Outcome>;
  /** Lets several go together, without regard to others; to a slow receiver only when nothing else is under way. */
  burst<T>(task: () => Promise<T>): Promise<T>;
  /** What an answer shows. `company`: how many were under way, it included; the receiver may have been at all others first. */
  learn(outcome: Outcome, company: number): void;
}

interface Waiting {
  readonly size: number;
  readonly start: () => void;
}

/** @param timeoutMs how long one answer is waited for */
export function createCrowd(timeoutMs: number): Crowd {
  const queue: Waiting[] = [];
  let slowestMs = 0;
  let most = FIRST_AT_ONCE;
  let underWay = 0;

  function letIn(): void {
    for (let next = queue[0]; next && (underWay === 0 || underWay + next.size <= most); next = queue[0]) {
      queue.shift();
      underWay += next.size;
      next.start();
    }
  }

  async function withRoom<T>(size: number, task: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      queue.push({ size, start });
      letIn();
    });
    try {
      return await task();
    } finally {
      underWay -= size;
      letIn();
    }
  }

  function learn(outcome: Outcome, company: number): void {
    if (!isAnswer(outcome)) return;
    slowestMs = Math.max(slowestMs, (outcome.timings?.firstByte ?? outcome.durationMs) / company);
    most = Math.min(Math.max(1, Math.floor((timeoutMs * SHARE_OF_WAIT) / slowestMs)), MOST_AT_ONCE);
  }

  return {
    one: (send) =>
      withRoom(1, async () => {
        const company = underWay;
        const outcome = await send();
        learn(outcome, company);
        return outcome;
      }),
    burst: (task) => (most === MOST_AT_ONCE ? task() : withRoom(MOST_AT_ONCE, task)),
    learn,
  };
}
