import type { JsonObject } from '../base/json.ts';
import type { Paint } from '../base/paint.ts';
import { showDuration } from '../base/quantity.ts';
import { plural } from '../base/text.ts';
import { remote } from './event-lines.ts';
import type { EventSummary } from './inbox.ts';

/** What came of one event that was handled or sent once more. */
export interface Replayed {
  readonly event: EventSummary;
  /** `unanswered`: nothing came back. `not-sent`: given up after several of those. */
  readonly outcome: 'ok' | 'failed' | 'unanswered' | 'not-sent';
  /** Of the answer; null where there was none, and for a handler. */
  readonly status: number | null;
  readonly durationMs: number | null;
  /** Why it failed, in words that hold nothing of the notification. */
  readonly error: string | null;
}

type ReplayCounts = Record<'ok' | 'failed' | 'unanswered' | 'notSent', number>;

export function replayedJson({ event, outcome, status, durationMs, error }: Replayed): JsonObject {
  return {
    id: event.id,
    notificationId: event.notificationId === null ? null : remote(event.notificationId),
    topic: remote(event.topic),
    outcome,
    status,
    durationMs: durationMs === null ? null : Math.round(durationMs),
    error,
  };
}

export function replaySummary(results: readonly Replayed[]): ReplayCounts {
  const count = (wanted: Replayed['outcome']): number => results.filter(({ outcome }) => outcome === wanted).length;
  return { ok: count('ok'), failed: count('failed'), unanswered: count('unanswered'), notSent: count('not-sent') };
}

export function replayText(results: readonly Replayed[], paint: Paint): string {
  const { pass, fail, error, skip } = paint.marks;
  const marks = {
    ok: paint.green(pass),
    failed: paint.red(fail),
    unanswered: paint.yellow(error),
    'not-sent': paint.dim(skip),
  };
  const lines = results.map(({ event, outcome, status, durationMs, error }) =>
    [
      `${marks[outcome]} ${event.id}`,
      remote(event.topic),
      ...(status === null ? [] : [String(status)]),
      ...(durationMs === null ? [] : [showDuration(durationMs)]),
      ...(error === null ? [] : [error]),
    ].join('  '),
  );
  const { ok, failed, unanswered, notSent } = replaySummary(results);
  const counts = [
    `${ok} of ${plural(results.length, 'event')} went through`,
    ...(failed ? [`${failed} failed`] : []),
    ...(unanswered ? [`${unanswered} without an answer`] : []),
    ...(notSent ? [`${notSent} not sent`] : []),
  ];
  return [...lines, '', `${counts.join(', ')}.`].join('\n');
}
