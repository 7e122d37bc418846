import { createHash } from 'node:crypto';
import { eventId } from '../../base/event-id.ts';
import type { HeaderList } from '../../base/ports.ts';
import { decodeUtf8 } from '../../base/text.ts';
import type { EventState, EventSummary, StoredEvent } from '../../receive/inbox.ts';
import type { Rows } from './postgres-database.ts';

type Row = Rows[number];

export const SUMMARY = 'e.sequence, e.notification_id, e.topic, e.received_at, e.state, e.attempts';
export const WHOLE = `${SUMMARY}, e.due_at, e.lease, e.last_error, p.headers, p.body`;
/** The server's clock, ms since 1970: the one that all processes share. Stable within a statement, or no index could be asked for it. */
export const NOW = '(extract(epoch from statement_timestamp()) * 1000)::bigint';

const LONGEST_KEY = 512;

export function toSummary(row: Row): EventSummary {
  return {
    id: eventId(row['sequence'] as number),
    notificationId: decodeText(row['notification_id'] as string | null),
    topic: decodeText(row['topic'] as string),
    receivedAt: row['received_at'] as number,
    state: row['state'] as EventState,
    attempts: row['attempts'] as number,
  };
}

export function toEvent(row: Row): StoredEvent {
  const summary = toSummary(row);
  return {
    ...summary,
    headers: JSON.parse(decodeUtf8(row['headers'] as Uint8Array)) as HeaderList,
    body: row['body'] as Uint8Array,
    lastError: decodeText(row['last_error'] as string | null),
    retryAt: summary.state === 'failed' && row['lease'] === null ? (row['due_at'] as number) : null,
  };
}

/** Any text in ASCII, by JSON's escapes; ordinary ids and topics stay as they are. */
export function encodeText(text: string): string;
export function encodeText(text: string | null): string | null;
export function encodeText(text: string | null): string | null {
  if (text === null) return null;
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^ -~]/g, escaped);
}

function decodeText(text: string): string;
function decodeText(text: string | null): string | null;
function decodeText(text: string | null): string | null {
  return text === null ? null : (JSON.parse(`"${text}"`) as string);
}

/** What a notification id is looked up by: itself, or its digest where an index could not hold it. Neither looks like the other. */
export function keyOf(notificationId: string): string {
  const text = encodeText(notificationId);
  return text.length <= LONGEST_KEY ? text : `"sha256 ${createHash('sha256').update(text).digest('hex')}`;
}
