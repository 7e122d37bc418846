import { eventId } from '../../base/event-id.ts';
import type { Added, IncomingEvent } from '../../receive/inbox.ts';
import type { Database } from './postgres-database.ts';
import { encodeText, keyOf } from './postgres-rows.ts';

/** An event ready to be sent: its headers as JSON in UTF-8. */
export interface Packed {
  readonly event: IncomingEvent;
  readonly headers: Uint8Array;
}

/**
 * One statement, one commit. The keys go into their index in one order, whoever adds them, so that two processes with
 * the same notifications wait for one another and never crosswise; of two in one commit the first stays. Payloads come
 * as one value and are cut there: an array of them would travel as text, twice as long.
 */
const ADD = `
with given as materialized (
  select g.*, nextval('propiq_intercom.events_sequence') as sequence
  from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::int[], $7::int[]) with ordinality
    as g(key, notification_id, topic, received_at, start, headers_bytes, body_bytes, position)
), fresh as (
  insert into propiq_intercom.ids (key, sequence)
  select key, sequence from given where key is not null order by key, position
  on conflict do nothing returning sequence
), kept as materialized (
  select * from given where key is null or sequence in (select sequence from fresh)
), stored as (
  insert into propiq_intercom.events (sequence, notification_id, topic, received_at, size_bytes)
  select sequence, notification_id, topic, received_at, headers_bytes + body_bytes from kept
), paid as (
  insert into propiq_intercom.payloads (sequence, headers, body)
  select sequence, substring($8::bytea from start for headers_bytes), substring($8::bytea from start + headers_bytes for body_bytes)
  from kept
)
select position, sequence from kept`;

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
  const added = new Map(kept.map(({ position, sequence }) => [Number(position) - 1, Number(sequence)]));
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
