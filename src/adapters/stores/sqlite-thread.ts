import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../../base/errors.ts';
import type { Writer } from './sqlite.ts';
import { type Asked, packRows, type Told } from './sqlite-rows.ts';

/** The same extension as this file has: `.js` once it is built. */
const WORKER = new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * A writer in a thread of its own. Should the thread die, what it had in hand counts as not stored, and the next commit
 * starts another.
 * @throws AppError `inbox/*` when the file cannot be opened
 */
export async function startWriter(path: string, busyTimeoutMs: number): Promise<Writer> {
  let worker: Worker | undefined = await start();

  async function start(): Promise<Worker> {
    const started = new Worker(WORKER, { workerData: { path, busyTimeoutMs }, stdin: false });
    started.once('exit', () => (worker = undefined));
    started.on('error', () => undefined); // told to whoever waits, see answerOf; `exit` follows
    await answerOf(started, path);
    return started;
  }

  async function ask(asked: Asked, transfer: ArrayBuffer[] = []): Promise<Told> {
    worker ??= await start();
    const told = answerOf(worker, path);
    worker.postMessage(asked, transfer);
    return told;
  }

  return {
    async commit(rows) {
      const packed = packRows(rows);
      const told = await ask({ kind: 'add', rows: packed }, [packed.bytes.buffer]);
      return told.kind === 'added' ? told.sequences : [];
    },
    async close() {
      if (worker === undefined) return;
      const ended = once(worker, 'exit');
      await ask({ kind: 'close' });
      await ended;
    },
  };
}

/** The thread's next word. */
function answerOf(worker: Worker, path: string): Promise<Told> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void): void => {
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
      work();
    };
    const onMessage = (told: Told): void =>
      settle(() => {
        if (told.kind === 'error') reject(new AppError(told.code as ErrorCode, told));
        else if (told.kind === 'bug') reject(new Error(told.message));
        else resolve(told);
      });
    const onEnd = (reason: unknown): void => settle(() => reject(died(path, reason)));
    worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
  });
}

function died(path: string, reason: unknown): AppError {
  const why = reason instanceof Error ? reason.message : `exit code ${String(reason)}`;
  return new AppError('inbox/failed', {
    what: `The inbox ${path} could not be written`,
    why: `The thread that writes it ended (${why}).`,
    hint: 'It is started again for the next event. If it lasts, report it.',
  });
}
