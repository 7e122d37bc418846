import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { type Engine, openEngine } from './sqlite-engine.ts';
import { type Asked, type Told, unpackRows } from './sqlite-messages.ts';

/** The thread that writes: while it waits for the disk, requests go on being read and verified. */
const { path, busyTimeoutMs } = workerData as { path: string; busyTimeoutMs: number };

const tell = (told: Told): void => parentPort?.postMessage(told, []);

function attempt(work: () => unknown): void {
  try {
    tell({ kind: 'done', result: work() });
  } catch (cause) {
    if (cause instanceof AppError) {
      const { code, what, why, hint } = cause;
      tell({ kind: 'error', code, what, why, hint });
    } else tell({ kind: 'bug', message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  }
}

function carryOut(engine: Engine, asked: Asked): unknown {
  if (asked.kind === 'add') return engine.addAll(unpackRows(asked.rows));
  if (asked.kind === 'do') return (engine[asked.task] as (...given: readonly unknown[]) => unknown)(...asked.given);
  return engine.close();
}

attempt(() => {
  const engine = openEngine(path, 'write', busyTimeoutMs);
  parentPort?.on('message', (asked: Asked) => {
    attempt(() => carryOut(engine, asked));
    if (asked.kind === 'close') parentPort?.close();
  });
});
