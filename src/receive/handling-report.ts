import type { JsonObject } from '../base/json.ts';
import { showDuration } from '../base/quantity.ts';
import { plural } from '../base/text.ts';
import type { Dispatched } from './dispatch.ts';
import { remote } from './event-lines.ts';
import type { Forwarded } from './forward.ts';

/** What became of an event that was handled; where it was forwarded, with the answer. */
export type Handled = Dispatched<Forwarded>;

/** The line of an attempt that succeeded: it belongs to the result. Empty where there was nothing to do. */
export function successLine({ event, durationMs, seen, isIdle }: Handled): string {
  if (isIdle) return '';
  const what = remote(event.topic);
  if (!seen) return `Handled ${what} in ${showDuration(durationMs)} (${event.id})`;
  const verdict = seen.verdict === '' ? '' : `; ${seen.verdict}`;
  return `Forwarded ${what}: ${seen.status} in ${showDuration(seen.durationMs)} (${event.id})${verdict}`;
}

/** The line of any other: what failed and what becomes of it, nothing of what the notification holds. */
export function failureLine({ event, outcome, failure, seen, retryInMs = 0 }: Handled): string {
  const what = `${remote(event.topic)} (${event.id})`;
  if (outcome === 'released') return `${what}: not done before the end, returned to the inbox`;
  if (outcome === 'lost') return `${what}: took longer than its lease, and somebody else has it now`;
  const why = [remote(failure?.label ?? ''), seen?.verdict ?? ''].filter(Boolean).join('; ');
  const next =
    outcome === 'retry'
      ? `attempt ${event.attempts} failed: ${why}. Again in ${showDuration(retryInMs)}.`
      : `given up after ${plural(event.attempts, 'attempt')}: ${why}. It is kept.`;
  return `${what}: ${next} More: propiq-intercom events show ${event.id}`;
}

/** A record of `serve --json`. */
export function handledRecord({
  event,
  outcome,
  durationMs,
  failure,
  seen,
  retryInMs,
}: Handled): JsonObject & { type: string } {
  const attempt = {
    id: event.id,
    notificationId: event.notificationId === null ? null : remote(event.notificationId),
    topic: remote(event.topic),
    attempt: event.attempts,
    outcome,
    durationMs: Math.round(durationMs),
    retryInMs: retryInMs ?? null,
    error: failure === undefined ? null : remote(failure.label),
  };
  if (!seen) return { type: 'handled', ...attempt };
  const { status, isSlow, verdict } = seen;
  return { type: 'forward', ...attempt, status, slow: isSlow, verdict: verdict === '' ? null : verdict };
}
