import { parseEventId } from '../../base/event-id.ts';
import type { EventSelection, PruneRequest, StoredEvent } from '../../receive/inbox.ts';
import type { Connection, Engine } from './sqlite-engine.ts';
import { encodeText, type Sequence, SUMMARY, toEvent, toSummary, WHOLE } from './sqlite-rows.ts';
import { steadyNow } from './terms.ts';

type Reads = Pick<Engine, 'get' | 'getAll' | 'page' | 'tooMuch' | 'measure' | 'stats'>;
type Value = string | number | Uint8Array;
interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** What a step of a search reads, at most: bodies may be large. */
const SEARCHED_EVENTS = 200;

export function createReads(database: Connection): Reads {
  const findNotification = database
    .prepare(
      `select sequence from ids where notification_id = :key union all select sequence from events
       where sequence > (select value from totals where name = 'indexed') and notification_id = :key limit 1`,
    )
    .raw();
  const findEvent = database
    .prepare(`select ${WHOLE} from events join payloads using (sequence) where sequence = ?`)
    .raw();
  const findEvents = database
    .prepare(
      `select ${WHOLE} from events join payloads using (sequence)
       where sequence in (select value from json_each(?)) order by sequence`,
    )
    .raw();
  const rows = (sql: string, values: readonly Value[] = []): unknown[][] =>
    database
      .prepare(sql)
      .raw()
      .all([...values]) as unknown[][];

  const sequenceOf = (notificationId: string): Sequence | undefined =>
    (findNotification.all({ key: encodeText(notificationId) }) as number[][])[0]?.[0];
  const sequencesOf = (id: string): Sequence[] =>
    [parseEventId(id), sequenceOf(id)].filter((sequence) => sequence !== undefined);
  const read = (sequence: Sequence | undefined): StoredEvent | undefined => {
    const [row] = sequence === undefined ? [] : (findEvent.all([sequence]) as unknown[][]);
    return row && toEvent(row);
  };

  function conditionsOf({ topic, states, since, until, id }: EventSelection): Condition[] {
    return [
      ...(topic === undefined ? [] : [{ sql: 'topic = ?', values: [encodeText(topic)] }]),
      ...(states === undefined ? [] : [isOneOf('state', states)]),
      ...(since === undefined ? [] : [{ sql: 'received_at >= ?', values: [since] }]),
      ...(until === undefined ? [] : [{ sql: 'received_at < ?', values: [until] }]),
      ...(id === undefined ? [] : [isOneOf('sequence', sequencesOf(id))]),
    ];
  }

  function tooMuch(maxBytes: number): Sequence {
    const [row] = rows(
      `select sequence from (select sequence, sum(size_bytes) over (order by sequence desc) as total from events)
         where total > ? order by sequence desc limit 1`,
      [maxBytes],
    );
    return (row?.[0] as Sequence | undefined) ?? 0;
  }

  return {
    get: (id) => read(parseEventId(id)) ?? read(sequenceOf(id)),
    getAll: (ids) => (findEvents.all([JSON.stringify(ids.map(parseEventId))]) as unknown[][]).map(toEvent),
    page({ order, after, limit, text, ...selection }) {
      const isNewestFirst = order === 'newest-first';
      const { sql, values } = allOf([
        ...conditionsOf(selection),
        ...(after === undefined
          ? []
          : [{ sql: `sequence ${isNewestFirst ? '<' : '>'} ?`, values: [parseEventId(after) ?? 0] }]),
      ]);
      const direction = isNewestFirst ? 'desc' : 'asc';
      const most = text === undefined ? limit : SEARCHED_EVENTS;
      const candidates = `select ${SUMMARY} from events where ${sql} order by sequence ${direction} limit ${most}`;
      const found =
        text === undefined
          ? rows(candidates, values)
          : rows(
              `select c.*, instr(p.body, ?) > 0 or instr(c.topic, ?) > 0 from (${candidates}) c join payloads p using (sequence)
               order by sequence ${direction}`,
              [Buffer.from(text), encodeText(text), ...values],
            );
      const events = found.filter((row) => text === undefined || row.at(-1) === 1).map(toSummary);
      const last = found.at(-1);
      return { events, next: last && found.length === most ? toSummary(last).id : undefined };
    },
    tooMuch,
    measure(request) {
      const upTo = request.maxBytes === undefined ? 0 : tooMuch(request.maxBytes);
      const { sql, values } = prunable(request, upTo);
      const [row] = rows(`select count(*), coalesce(sum(size_bytes), 0) from events where ${sql}`, values);
      const [events, bytes] = row as [number, number];
      return { events, bytes };
    },
    stats() {
      const totals = Object.fromEntries(rows('select name, value from totals') as [string, number][]);
      const { received = 0, failed = 0, handled = 0, dead = 0 } = totals;
      // Two questions, so that each is answered by the start of the index.
      const [oldest] = rows(
        `select received_at from events where sequence = (select min(sequence) from (
           select min(sequence) as sequence from events where due_at = 0
           union all select min(sequence) from events where due_at > 0))`,
      );
      const [pages] = rows(
        'select (page_count - freelist_count) * page_size from pragma_page_count, pragma_freelist_count, pragma_page_size',
      );
      return {
        events: { received, failed, handled, dead },
        oldestOpenAt: (oldest?.[0] as number | undefined) ?? null,
        sizeBytes: (pages?.[0] as number | undefined) ?? null,
      };
    },
  };
}

/** The events that may go: never one in somebody's hands. */
export function prunable({ states, before }: PruneRequest, tooMuch: Sequence): Condition {
  return allOf([
    isOneOf('state', states),
    { sql: '(received_at < ? or sequence <= ?)', values: [before ?? -1, tooMuch] },
    { sql: '(lease is null or due_at <= ?)', values: [steadyNow()] },
  ]);
}

function isOneOf(column: string, values: readonly Value[]): Condition {
  return { sql: `${column} in (${values.map(() => '?').join(', ')})`, values };
}

function allOf(conditions: readonly Condition[]): Condition {
  return {
    sql: ['true', ...conditions.map(({ sql }) => sql)].join(' and '),
    values: conditions.flatMap(({ values }) => values),
  };
}
