import type { Clock } from './ports.ts';

/**
 * Waits for a task, but no longer than this; no timer is left behind.
 * @throws what the task rejects with; the signal's reason when it is aborted first
 */
export async function atMost(
  ms: number,
  task: Promise<unknown>,
  clock: Pick<Clock, 'sleep'>,
  signal?: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  try {
    await Promise.race([task, clock.sleep(ms, either)]);
  } finally {
    over.abort();
  }
}
