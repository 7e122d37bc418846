import { randomUUID } from 'node:crypto';
import { parseEventId } from '../../base/event-id.ts';
import type { Connection, Engine } from './sqlite-engine.ts';
import { createKnownIds } from './sqlite-ids.ts';
import { prunable } from './sqlite-reads.ts';
import { encodeText, type Row, type Sequence, type Settlement, toEvent, WHOLE } from './sqlite-rows.ts';
import { errorLine, LONGEST_WAIT_MS, steadyNow, waitUntil } from './terms.ts';

type Work = Pick<Engine, 'addAll' | 'claim' | 'settleAll' | 'requeue' | 'removeSome' | 'ping'>;

/** What a step of pruning takes: `serve` waits for it. */
const REMOVED_AT_ONCE = 500;

/** The payload of no event, as large as one: on a full disk it finds no room either. */
const PING = 0;
const PING_BYTES = 8000;

/** Everything that writes. Each call is one transaction, on the disk when it returns. */
export function createWork(database: Connection): Work {
  const once = <T>(make: () => T): (() => T) => {
    let made: T | undefined;
    return () => (made ??= make());
  };
  const prepared = (sql: string) => once(() => database.prepare(sql));
  const ids = once(() => createKnownIds(database));
  const insertEvents = prepared(
    `insert into events (sequence, notification_id, topic, received_at, due_at, size_bytes)
     select value ->> 0, value ->> 1, value ->> 2, value ->> 3, 0, value ->> 4 from json_each(?)`,
  );
  const insertPayload = prepared('insert into payloads (sequence, headers, body) values (?, ?, ?)');
  const lastSequence = once(() => database.prepare("select value from totals where name = 'sequence'").raw());
  const countAdded = prepared("update totals set value = value + ? where name in ('sequence', 'received')");

  function transaction<T>(work: () => T): T {
    database.exec('begin immediate');
    try {
      const result = work();
      database.exec('commit');
      return result;
    } catch (cause) {
      if (database.inTransaction) database.exec('rollback');
      throw cause;
    }
  }

  /** Keys and numbers first, then all events at once: each statement costs more to start than to carry out. */
  function addAll(rows: readonly Row[]): Sequence[] {
    const [last] = lastSequence().all() as number[][];
    const before = last?.[0] ?? 0;
    const keys = rows.map(({ notificationId }) => (notificationId === null ? null : encodeText(notificationId)));
    ids().begin(
      before,
      keys.filter((key) => key !== null),
    );
    const events: unknown[] = [];
    const payloads: [Sequence, Uint8Array, Uint8Array][] = [];
    const stored = rows.map(({ topic, receivedAt, headers, body }, at) => {
      const key = keys[at] ?? null;
      const next = before + payloads.length + 1;
      const sequence = key === null ? next : ids().claim(key, next);
      if (sequence !== next) return -sequence;
      events.push([next, key, encodeText(topic), receivedAt, headers.length + body.length]);
      payloads.push([next, headers, body]);
      return next;
    });
    if (payloads.length === 0) return stored;
    insertEvents().run([JSON.stringify(events)]);
    for (const payload of payloads) insertPayload().run(payload);
    countAdded().run([payloads.length]);
    ids().end(before + payloads.length, payloads.length);
    return stored;
  }

  const due = once(() =>
    database
      .prepare(
        // Two ranges of one index. What is due later than anything may be was written under a clock set back since.
        `select sequence from (
           select * from (select sequence from events where due_at = 0 order by sequence limit :limit)
           union all
           select * from (select sequence from events where due_at between 1 and :now order by due_at limit :limit)
           union all
           select * from (select sequence from events where due_at > :never order by due_at limit :limit))
         order by sequence limit :limit`,
      )
      .raw(),
  );
  const lend = prepared('update events set attempts = attempts + 1, due_at = ?, lease = ? where sequence = ?');
  const findWhole = once(() =>
    database.prepare(`select ${WHOLE} from events join payloads using (sequence) where sequence = ?`).raw(),
  );
  const finish = prepared(
    `update events set state = ?, due_at = ?, last_error = ?, lease = null where sequence = ? and lease = ?`,
  );
  const release = prepared(
    'update events set attempts = attempts - 1, due_at = 0, lease = null where sequence = ? and lease = ?',
  );
  const again = prepared(
    `update events set state = 'received', attempts = 0, due_at = 0, lease = null, last_error = null
     where sequence = ? and state <> 'received' and (lease is null or due_at <= ?)`,
  );
  const keepId = prepared(
    `insert into ids (notification_id, sequence) select notification_id, sequence from events
     where sequence = ? and notification_id is not null and sequence > (select value from totals where name = 'indexed')
     on conflict do nothing`,
  );
  const removePayload = prepared('delete from payloads where sequence = ?');
  const removeEvent = prepared('delete from events where sequence = ?');

  function settle({ id, lease, outcome }: Settlement): boolean {
    const sequence = parseEventId(id) ?? 0;
    if (outcome.kind === 'released') return release().run([sequence, lease]).changes > 0;
    const error = errorLine(outcome);
    const [state, dueAt] =
      outcome.kind === 'retry' ? ['failed', waitUntil(steadyNow(), outcome.inMs)] : [outcome.kind, null];
    return finish().run([state, dueAt, error === null ? null : encodeText(error), sequence, lease]).changes > 0;
  }

  return {
    addAll(rows) {
      try {
        return transaction(() => addAll(rows));
      } catch (cause) {
        ids().forget();
        throw cause;
      }
    },
    claim(limit, leaseMs) {
      const now = steadyNow();
      const wanted = { limit, now, never: now + LONGEST_WAIT_MS };
      // Looked at before, so that waiting for work takes no lock and writes nothing.
      if (due().all(wanted).length === 0) return [];
      return transaction(() => {
        const lease = randomUUID();
        const dueAt = waitUntil(now, leaseMs);
        return (due().all(wanted) as number[][]).map(([sequence = 0]) => {
          lend().run([dueAt, lease, sequence]);
          const [row = []] = findWhole().all([sequence]) as unknown[][];
          return Object.assign(toEvent(row), { lease });
        });
      });
    },
    settleAll: (settlements) => transaction(() => settlements.map(settle)),
    requeue: (ids) =>
      transaction(() => {
        const now = steadyNow();
        return ids.reduce((queued, id) => queued + again().run([parseEventId(id) ?? 0, now]).changes, 0);
      }),
    removeSome: (request, tooMuch, after) =>
      transaction(() => {
        const { sql, values } = prunable(request, tooMuch);
        const chosen = database
          .prepare(`select sequence, size_bytes from events where sequence > ? and ${sql} order by sequence limit ?`)
          .raw()
          .all([after, ...values, REMOVED_AT_ONCE]) as [number, number][];
        for (const [sequence] of chosen) {
          keepId().run([sequence]);
          removePayload().run([sequence]);
          removeEvent().run([sequence]);
        }
        return {
          events: chosen.length,
          bytes: chosen.reduce((total, [, bytes]) => total + bytes, 0),
          last: chosen.at(-1)?.[0],
        };
      }),
    ping: () =>
      transaction(() => {
        database.exec('pragma defer_foreign_keys = on'); // until the commit it may belong to no event
        insertPayload().run([PING, new Uint8Array(), new Uint8Array(PING_BYTES)]);
        removePayload().run([PING]);
      }),
  };
}
