import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../../base/errors.ts';
import type { Writer } from './sqlite.ts';
import { type Asked, packRows, type Told } from './sqlite-messages.ts';
import type { Sequence } from './sqlite-rows.ts';

/** The same extension as this file has: `.js` once it is built. */
const WORKER = new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url);

/** What a commit leaves behind is collected soon, and does not add up to more memory than the events need. */
const YOUNG_MB = 8;

/** A thread that answers in the order in which it was asked. */
interface Thread {
  ask(asked: Asked, transfer?: ArrayBuffer[]): Promise<unknown>;
  /** The first word, which comes unasked: whether the file could be opened. */
  readonly opened: Promise<unknown>;
  readonly ended: Promise<unknown>;
  readonly isAlive: boolean;
}

/**
 * A writer in a thread of its own. Should the thread die, what it had in hand counts as not done, and the next task
 * starts another.
 * @throws AppError `inbox/*` when the file cannot be opened
 */
export async function startWriter(path: string, busyTimeoutMs: number): Promise<Writer> {
  let thread = startThread(path, busyTimeoutMs);
  await thread.opened;

  async function alive(): Promise<Thread> {
    if (!thread.isAlive) {
      thread = startThread(path, busyTimeoutMs);
      await thread.opened;
    }
    return thread;
  }

  return {
    async add(rows) {
      const packed = packRows(rows);
      const added = await (await alive()).ask({ kind: 'add', rows: packed }, [packed.bytes.buffer]);
      return added as Sequence[];
    },
    async do(task, ...given) {
      return (await (await alive()).ask({ kind: 'do', task, given })) as never;
    },
    async close() {
      if (!thread.isAlive) return;
      await thread.ask({ kind: 'close' });
      await thread.ended;
    },
  };
}

function startThread(path: string, busyTimeoutMs: number): Thread {
  const worker = new Worker(WORKER, {
    workerData: { path, busyTimeoutMs },
    stdin: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const waiting: { resolve: (result: unknown) => void; reject: (cause: unknown) => void }[] = [];
  let isAlive = true;
  const next = (): Promise<unknown> => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  const onEnd = (reason: unknown): void => {
    isAlive = false;
    for (const { reject } of waiting.splice(0)) reject(died(path, reason));
  };
  worker.on('error', onEnd).on('exit', onEnd);
  worker.on('message', (told: Told) => {
    const asker = waiting.shift();
    if (told.kind === 'error') asker?.reject(new AppError(told.code as ErrorCode, told));
    else if (told.kind === 'bug') asker?.reject(new Error(told.message));
    else asker?.resolve(told.result);
  });
  return {
    ask(asked, transfer = []) {
      const told = next();
      worker.postMessage(asked, transfer);
      return told;
    },
    opened: next(),
    ended: once(worker, 'exit'),
    get isAlive() {
      return isAlive;
    },
  };
}

function died(path: string, reason: unknown): AppError {
  const why = reason instanceof Error ? reason.message : `exit code ${String(reason)}`;
  return new AppError('inbox/failed', {
    what: `The inbox ${path} could not be written`,
    why: `The thread that writes it ended (${why}).`,
    hint: 'It is started again for the next event. If it lasts, report it.',
  });
}
