import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { openEngine } from './sqlite-engine.ts';
import { type Asked, type Told, unpackRows } from './sqlite-rows.ts';

/** The thread that writes: while it waits for the disk, requests go on being read and verified. */
const { path, busyTimeoutMs } = workerData as { path: string; busyTimeoutMs: number };

const tell = (told: Told): void => parentPort?.postMessage(told, []);

function attempt(work: () => Told): void {
  try {
    tell(work());
  } catch (cause) {
    if (cause instanceof AppError) {
      const { code, what, why, hint } = cause;
      tell({ kind: 'error', code, what, why, hint });
    } else tell({ kind: 'bug', message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  }
}

attempt(() => {
  const engine = openEngine(path, 'write', busyTimeoutMs);
  parentPort?.on('message', (asked: Asked) => {
    attempt(() => {
      if (asked.kind === 'add') return { kind: 'added', sequences: engine.addAll(unpackRows(asked.rows)) };
      engine.close();
      return { kind: 'ready' };
    });
    if (asked.kind === 'close') parentPort?.close();
  });
  return { kind: 'ready' };
});
