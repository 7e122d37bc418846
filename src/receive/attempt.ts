import type { Clock } from '../base/ports.ts';
import { showDuration } from '../base/quantity.ts';
import type { StoredEvent } from './inbox.ts';

/** What went wrong with an attempt. */
export interface Failure {
  /** For logs: nothing of what the notification or a message holds. */
  readonly label: string;
  /** For the inbox; may hold what the notification holds. */
  readonly message: string;
}

/** What became of an attempt: nothing to add, or what the other side answered. */
export interface Attempt<Seen> {
  readonly seen?: Seen;
  readonly failure?: Failure;
  /** There was nothing to do. */
  readonly isIdle?: true;
}

/** One attempt at an event, `event.attempts` its number. A rejection counts as a failure. */
export type Handle<Seen> = (event: StoredEvent, signal: AbortSignal) => Promise<Attempt<Seen>>;

/**
 * An attempt that is over when its time is, or when `end` is aborted: what it runs is told by its signal and not waited
 * for. Undefined where it was ended so. Never rejects.
 */
export async function attemptWithin<Seen>(
  handle: Handle<Seen>,
  event: StoredEvent,
  timeoutMs: number,
  clock: Clock,
  end: AbortSignal,
): Promise<Attempt<Seen> | undefined> {
  const attempt = new AbortController();
  const done = new AbortController();
  const tooLong = `not done within ${showDuration(timeoutMs)}`;
  const timer = clock.sleep(timeoutMs, done.signal).then(
    () => {
      attempt.abort(new DOMException(tooLong, 'TimeoutError'));
      return { failure: { label: tooLong, message: '' } };
    },
    () => ({}),
  );
  let onEnd: () => void = () => undefined;
  const ended = new Promise<undefined>((resolve) => {
    onEnd = () => {
      attempt.abort(new DOMException('the receiver stops', 'AbortError'));
      resolve(undefined);
    };
  });
  if (end.aborted) onEnd();
  end.addEventListener('abort', onEnd);
  try {
    return await Promise.race([handle(event, attempt.signal).catch(unexpected), timer, ended]);
  } finally {
    done.abort();
    end.removeEventListener('abort', onEnd);
  }
}

/** A handler tells its failures; whatever rejects all the same is told like one. */
function unexpected(cause: unknown): { failure: Failure } {
  const { name, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
  return { failure: { label: name, message } };
}
