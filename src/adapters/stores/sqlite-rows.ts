import type { HeaderList } from '../../base/ports.ts';
import { eventId } from '../../base/event-id.ts';
import { decodeUtf8 } from '../../base/text.ts';
import type { EventState, EventSummary, Outcome, Pruned, StoredEvent } from '../../receive/inbox.ts';

/** One event as the engine takes it: flat, so that it crosses a thread cheaply. */
export interface Row {
  readonly notificationId: string | null;
  readonly topic: string;
  readonly receivedAt: number;
  /** The header list as JSON, in UTF-8. */
  readonly headers: Uint8Array;
  readonly body: Uint8Array;
}

/** The event's number; below zero where the event was there already: then it is minus the first one's. */
export type Sequence = number;

export interface Settlement {
  readonly id: string;
  readonly lease: string;
  readonly outcome: Outcome;
}

/** `next`: the place behind what was looked at, undefined where nothing is left. */
export interface Page {
  readonly events: readonly EventSummary[];
  readonly next: string | undefined;
}

/** `last`: where the next step starts; undefined where nothing is left. */
export interface Removed extends Pruned {
  readonly last: Sequence | undefined;
}

export const SUMMARY = 'sequence, notification_id, topic, received_at, state, attempts';
export const WHOLE = `${SUMMARY}, due_at, lease, last_error, headers, body`;

export function toSummary(row: readonly unknown[]): EventSummary {
  const [sequence, notificationId, topic, receivedAt, state, attempts] = row as readonly [
    number,
    string | null,
    string,
    number,
    EventState,
    number,
  ];
  return {
    id: eventId(sequence),
    notificationId: notificationId === null ? null : decodeText(notificationId),
    topic: decodeText(topic),
    receivedAt,
    state,
    attempts,
  };
}

export function toEvent(row: readonly unknown[]): StoredEvent {
  const summary = toSummary(row);
  const [dueAt, lease, lastError, headers, body] = row.slice(-5) as [
    number | null,
    string | null,
    string | null,
    Uint8Array,
    Uint8Array,
  ];
  return {
    ...summary,
    headers: JSON.parse(decodeUtf8(headers)) as HeaderList,
    body,
    lastError: lastError === null ? null : decodeText(lastError),
    retryAt: summary.state === 'failed' && lease === null ? dueAt : null,
  };
}

/**
 * SQLite texts end at a NUL in this driver, and lone surrogates become U+FFFD: two ids could become one. JSON's
 * escapes keep them apart and leave ordinary ids as they are.
 */
export function encodeText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function decodeText(text: string): string {
  return JSON.parse(`"${text}"`) as string;
}
