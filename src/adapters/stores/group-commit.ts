import { busy } from './busy.ts';

export interface GroupCommit<T, R> {
  /** Settles after the commit that holds the item. @throws AppError `inbox/busy` when too much waits already */
  add(item: T): Promise<R>;
  /** Resolves when nothing waits and nothing runs; refuses what comes later. */
  close(): Promise<void>;
}

export interface GroupCommitOptions<T, R> {
  /**
   * Stores all or nothing and resolves, in order, when all is durable. May be called once more while it runs: commits
   * then follow one another in the order of the calls.
   */
  readonly commit: (items: readonly T[]) => Promise<readonly R[]>;
  readonly sizeOf: (item: T) => number;
  /** Bounds of what waits for the next commit. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (cause: unknown) => void;
}

/** So many are worth a commit of their own. */
const ENOUGH = 16;
/** With a second one handed over already, the disk does not stand still while this thread is busy with requests. */
const MOST_RUNNING = 2;

/**
 * Makes durability cheap: what arrives while a commit runs goes into the next one together. That one is handed over when
 * enough have gathered or when nothing runs any more; where nothing runs, the first waits until the end of the event
 * loop's turn, so that those that came with it go with it.
 */
export function createGroupCommit<T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  let waiting: Waiting<T, R>[] = [];
  let waitingBytes = 0;
  let running = 0;
  let isScheduled = false;
  let closed: (() => void) | undefined;

  function onAdded(): void {
    if (waiting.length >= ENOUGH) {
      if (running < MOST_RUNNING) void start();
    } else if (running === 0 && !isScheduled) {
      isScheduled = true;
      setImmediate(() => {
        isScheduled = false;
        if (running === 0) void start();
      });
    }
  }

  async function start(): Promise<void> {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    waitingBytes = 0;
    running += 1;
    await settle(batch);
    running -= 1;
    if (running === 0 || waiting.length >= ENOUGH) void start();
    if (running === 0) closed?.();
  }

  async function settle(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await options.commit(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, at) => resolve(results[at] as R));
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    }
  }

  return {
    add(item) {
      const sizeBytes = options.sizeOf(item);
      const isFull = waiting.length >= options.maxWaiting || waitingBytes + sizeBytes > options.maxWaitingBytes;
      if (closed || (isFull && waiting.length > 0)) return Promise.reject(busy(closed !== undefined));
      return new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        waitingBytes += sizeBytes;
        onAdded();
      });
    },
    close: () =>
      new Promise((resolve) => {
        closed = resolve;
        if (running === 0 && waiting.length === 0) resolve();
      }),
  };
}
