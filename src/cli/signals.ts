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
 * A reader that goes away (EPIPE) aborts it too, in silence.
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
    if (error.code !== 'EPIPE') throw error;
    controller.abort(error);
  };
  stdout.on('error', onPipe);
  stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return controller;
}

/** Real signal death: a shell and a supervisor see that the process was stopped, not that it chose an exit code. */
export function dieOf(signal: StopSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
