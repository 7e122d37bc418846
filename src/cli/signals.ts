import { constants } from 'node:os';
import { closeSync, openSync } from 'node:fs';
import { AppError } from '../base/errors.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Why a run ended early. Not a failure: the process dies of the same signal once it has cleaned up. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

/**
 * The first SIGINT or SIGTERM aborts the run, so that it can drain and say what it did; a second one ends it at once.
 * A reader that goes away (EPIPE) aborts it too, in silence. A result that cannot be written (a full disk) is an error;
 * where what is said about the run cannot be, nothing is left to say it with.
 */
export function watchSignals(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) dieOf(signal);
      controller.abort(new Interrupted(signal));
    });
  }
  const onPipe = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw unwritable(error);
    controller.abort(error);
  };
  stdout.on('error', onPipe);
  stderr.on('error', () => undefined);
  return controller;
}

/**
 * SIGHUP asks a receiver to read its settings again. It is also what the system sends when the terminal goes away: then
 * the process dies of it, as any other. Returns how to stop listening.
 */
export function onHangup(asked: () => void): () => void {
  if (process.platform === 'win32') return () => undefined; // there it only means that the window is closed
  const listener = (): void => {
    if (process.stderr.isTTY && !hasTerminal()) dieOf('SIGHUP');
    else asked();
  };
  process.on('SIGHUP', listener);
  return () => void process.off('SIGHUP', listener);
}

/** Whether the terminal that this process was started from is still there. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Real signal death: a shell and a supervisor see that the process was stopped, not that it chose an exit code. The first
 * process of a container cannot die so (pid_namespaces(7): the kernel drops signals that it has no handler for); it ends
 * with the exit code that a shell gives for the signal.
 */
export function dieOf(signal: StopSignal | 'SIGHUP'): void {
  process.removeAllListeners(signal);
  // oxlint-disable-next-line no-restricted-properties -- the one place where there is nothing left to wait for
  if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}

function unwritable(cause: NodeJS.ErrnoException): AppError {
  return new AppError(
    'io/write',
    {
      what: 'Standard output cannot be written',
      why: `The system says: ${cause.message}.`,
      hint: 'Free some space on its disk, or send it elsewhere. What was written is not complete.',
    },
    { cause },
  );
}
