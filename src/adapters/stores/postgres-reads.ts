import { eventId, parseEventId } from '../../base/event-id.ts';
import type {
  EventFilter,
  EventSummary,
  InboxStats,
  InboxStore,
  PruneRequest,
  Pruned,
  StoredEvent,
} from '../../receive/inbox.ts';
import type { Database, Rows } from './postgres-database.ts';
import { encodeText, keyOf, NOW, SUMMARY, toEvent, toSummary, WHOLE } from './postgres-rows.ts';

type Reads = Pick<InboxStore, 'get' | 'getAll' | 'list' | 'prunable' | 'stats'>;

const PAGE_EVENTS = 500;
/** What a step of a search reads, at most: bodies may be large. */
const SEARCHED_EVENTS = 200;

export function createReads(database: Database): Reads {
  const long = (sql: string, values: readonly unknown[] = []): Promise<Rows> =>
    database.runLong((run) => run(sql, values));

  async function page(filter: EventFilter, limit: number): Promise<Rows> {
    const { topic, states, since, until, id, text, order, after } = filter;
    const direction = order === 'newest-first' ? 'desc' : 'asc';
    const start = after === undefined ? null : (parseEventId(after) ?? 0);
    // A null narrows nothing, and the planner drops its condition.
    return long(
      `select ${SUMMARY}, ${text === undefined ? 'true' : 'position($9::bytea in p.body) > 0 or position($10 in e.topic) > 0'} as found
       from (
         select * from propiq_intercom.events e
         where ($1::text is null or e.topic = $1)
           and ($2::text[] is null or e.state = any($2))
           and ($3::bigint is null or e.received_at >= $3)
           and ($4::bigint is null or e.received_at < $4)
           and ($5::text is null or e.sequence = $6::bigint or e.sequence = (select i.sequence from propiq_intercom.ids i where i.key = $5))
           and ($7::bigint is null or e.sequence ${direction === 'desc' ? '<' : '>'} $7)
         order by e.sequence ${direction} limit $8
       ) e ${text === undefined ? '' : 'join propiq_intercom.payloads p using (sequence)'}
       order by e.sequence ${direction}`,
      [
        topic === undefined ? null : encodeText(topic),
        states ?? null,
        since ?? null,
        until ?? null,
        id === undefined ? null : keyOf(id),
        id === undefined ? null : (parseEventId(id) ?? null),
        start,
        limit,
        ...(text === undefined ? [] : [Buffer.from(text), encodeText(text)]),
      ],
    );
  }

  return {
    async get(id): Promise<StoredEvent | undefined> {
      const [row] = await database.run(
        `select ${WHOLE} from propiq_intercom.events e join propiq_intercom.payloads p using (sequence)
         where e.sequence = $1::bigint or e.sequence = (select i.sequence from propiq_intercom.ids i where i.key = $2)
         order by e.sequence = $1 desc nulls last limit 1`,
        [parseEventId(id) ?? null, keyOf(id)],
      );
      return row && toEvent(row);
    },
    async getAll(ids): Promise<readonly StoredEvent[]> {
      const rows = await database.run(
        `select ${WHOLE} from propiq_intercom.events e join propiq_intercom.payloads p using (sequence)
         where e.sequence = any($1::bigint[]) order by e.sequence`,
        [ids.map((id) => parseEventId(id) ?? null)],
      );
      return rows.map(toEvent);
    },
    async *list(filter): AsyncGenerator<EventSummary> {
      let left = filter.limit ?? Infinity;
      let after = filter.after;
      while (left > 0) {
        const limit = filter.text === undefined ? Math.min(left, PAGE_EVENTS) : SEARCHED_EVENTS;
        const rows = await page({ ...filter, ...(after !== undefined && { after }) }, limit);
        const found = rows.filter((row) => row['found'] === true).slice(0, left);
        yield* found.map(toSummary);
        if (rows.length < limit) return;
        left -= found.length;
        after = eventId(rows.at(-1)?.['sequence'] as number);
      }
    },
    async prunable(request): Promise<Pruned> {
      const upTo = request.maxBytes === undefined ? 0 : await tooMuch(database, request.maxBytes);
      const [row] = await long(
        `select count(*) as events, coalesce(sum(size_bytes), 0)::bigint as bytes from propiq_intercom.events where ${PRUNABLE}`,
        prunableValues(request, upTo),
      );
      return { events: row?.['events'] as number, bytes: row?.['bytes'] as number };
    },
    async stats(): Promise<InboxStats> {
      const events = { received: 0, failed: 0, handled: 0, dead: 0 };
      const counts = await long('select state, count(*) as events from propiq_intercom.events group by state');
      for (const row of counts) events[row['state'] as keyof typeof events] = row['events'] as number;
      // Two questions, so that each is answered by the start of the index.
      const [more] = await database.run(
        `select (select received_at from propiq_intercom.events where sequence = least(
             (select min(sequence) from propiq_intercom.events where due_at = 0),
             (select min(sequence) from propiq_intercom.events where due_at > 0))) as oldest,
           (select sum(pg_total_relation_size(c.oid))::bigint from pg_class c
             where c.relnamespace = 'propiq_intercom'::regnamespace and c.relkind = 'r') as size`,
      );
      return { events, oldestOpenAt: more?.['oldest'] as number | null, sizeBytes: more?.['size'] as number | null };
    },
  };
}

/** The events that may go ($1 to $3): never one in somebody's hands. */
export const PRUNABLE = `state = any($1::text[]) and (received_at < $2::bigint or sequence <= $3::bigint)
  and (lease is null or due_at <= ${NOW})`;

export function prunableValues({ states, before }: PruneRequest, upTo: number): readonly unknown[] {
  return [states, before ?? -1, upTo];
}

/** The newest event that is too much, with all that are older; 0 where none is. */
export async function tooMuch(database: Database, maxBytes: number): Promise<number> {
  const [row] = await database.runLong((run) =>
    run(
      `select max(sequence) as sequence from (
         select sequence, sum(size_bytes) over (order by sequence desc) as total from propiq_intercom.events) e
       where total > $1::bigint`,
      [maxBytes],
    ),
  );
  return (row?.['sequence'] as number | null) ?? 0;
}
