import { busy } from './busy.ts';

export interface GroupCommit<T, R> {
  /** Settles after the commit that holds the item. @throws AppError `inbox/busy` when too much waits already */
  add(item: T): Promise<R>;
  /** Resolves when nothing waits and nothing runs; refuses what comes later. */
  close(): Promise<void>;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly sizeBytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (cause: unknown) => void;
}

export interface GroupCommitOptions<T, R> {
  /** Stores all or nothing and resolves, in order, when all is durable. Never called while it runs. */
  readonly commit: (items: readonly T[]) => Promise<readonly R[]>;
  readonly sizeOf: (item: T) => number;
  /** Bounds of what waits for the next commit. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

/**
 * Makes durability cheap: whatever arrives while one commit runs goes into the next one together. The first item waits
 * for the end of the event loop's turn, so that requests which arrived together are committed together.
 */
export function createGroupCommit<T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  let waiting: Waiting<T, R>[] = [];
  let waitingBytes = 0;
  let running: Promise<void> | undefined;
  let isClosed = false;

  async function run(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      waitingBytes = 0;
      await settle(batch);
    }
    running = undefined;
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
      if (isClosed || (isFull && waiting.length > 0)) return Promise.reject(busy(isClosed));
      return new Promise<R>((resolve, reject) => {
        waiting.push({ item, sizeBytes, resolve, reject });
        waitingBytes += sizeBytes;
        running ??= run();
      });
    },
    async close() {
      isClosed = true;
      await running;
    },
  };
}
