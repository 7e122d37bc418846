import { eventId } from '../../base/event-id.ts';
import type { Added, IncomingEvent } from '../../receive/inbox.ts';
import type { Database } from './postgres-database.ts';
import { encodeText, keyOf } from './postgres-rows.ts';

/** An event ready to be sent: its headers as JSON in UTF-8. */
export interface Packed {
  readonly event: IncomingEvent;
  readonly headers: Uint8Array;
}

/** One statement, one commit. */
const ADD = 'select place, sequence from propiq_intercom.add_events($1, $2, $3, $4, $5, $6, $7, $8)';

/** Resolves when all is durable. */
export async function addAll(database: Database, items: readonly Packed[]): Promise<readonly Added[]> {
  const keys = items.map(({ event: { notificationId } }) => (notificationId === null ? null : keyOf(notificationId)));
  const starts: number[] = [];
  let bytes = 0;
  for (const { event, headers } of items) {
    starts.push(bytes + 1);
    bytes += headers.length + event.body.length;
  }
  const kept = await database.run(ADD, [
    keys,
    items.map(({ event }) => encodeText(event.notificationId)),
    items.map(({ event }) => encodeText(event.topic)),
    items.map(({ event }) => event.receivedAt),
    starts,
    items.map(({ headers }) => headers.length),
    items.map(({ event }) => event.body.length),
    Buffer.concat(items.flatMap(({ headers, event }) => [headers, event.body])),
  ]);
  const added = new Map(kept.map(({ place, sequence }) => [Number(place) - 1, Number(sequence)]));
  const known = added.size === items.length ? new Map<string, number>() : await sequencesOf(database, keys);
  return keys.map((key, at) => {
    const sequence = added.get(at);
    if (sequence !== undefined) return { outcome: 'added', id: eventId(sequence) };
    return { outcome: 'duplicate', id: eventId(known.get(key ?? '') ?? 0) };
  });
}

/** Asked after the commit: the first of a duplicate may have come from another process meanwhile. */
async function sequencesOf(database: Database, keys: readonly (string | null)[]): Promise<Map<string, number>> {
  const rows = await database.run('select key, sequence from propiq_intercom.ids where key = any($1::text[])', [keys]);
  return new Map(rows.map(({ key, sequence }) => [String(key), Number(sequence)]));
}
