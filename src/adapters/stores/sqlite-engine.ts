import Database from 'libsql';
import { AppError } from '../../base/errors.ts';
import type { HeaderList } from '../../base/ports.ts';
import { decodeUtf8 } from '../../base/text.ts';
import { eventId, parseEventId } from '../../base/event-id.ts';
import type { EventFilter, EventSummary, StoredEvent } from '../../receive/inbox.ts';
import { inboxError } from './sqlite-errors.ts';
import { noInbox } from './sqlite-file.ts';
import { migrate, requireOwn } from './sqlite-schema.ts';

type Connection = InstanceType<typeof Database>;

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

/** SQLite, synchronous. Every method throws AppError `inbox/*`. */
export interface Engine {
  /** One transaction: when it returns all is on the disk, when it throws nothing of it is there. */
  addAll(rows: readonly Row[]): Sequence[];
  get(id: string): StoredEvent | undefined;
  /** At most `filter.limit` events. */
  page(filter: EventFilter & { limit: number }): EventSummary[];
  close(): void;
}

/** Bigger than SQLite's own: bodies of some kB then stay in one page. */
const PAGE_BYTES = 8192;
/** Keeps the index of notification ids in memory. */
const CACHE_KB = 16 * 1024;
/** What a long burst leaves behind is given back to the disk. */
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Opens a file that is there already.
 * @param busyTimeoutMs how long a lock of another process is waited for
 * @throws AppError `inbox/*`
 */
export function openEngine(path: string, mode: 'write' | 'read', busyTimeoutMs: number): Engine {
  return guarded(path, () => engineOver(new Database(path, { timeout: busyTimeoutMs }), path, mode));
}

/** The engine over an open connection, which it closes. */
export function engineOver(database: Connection, path: string, mode: 'write' | 'read'): Engine {
  return guarded(path, () => {
    try {
      configure(database, path, mode);
      return createEngine(database, path, mode);
    } catch (cause) {
      database.close();
      throw cause;
    }
  });
}

function configure(database: Connection, path: string, mode: 'write' | 'read'): void {
  const version = requireOwn(database, path);
  if (mode === 'read') {
    if (version === 0) throw noInbox(path, 'The file holds no tables yet');
    database.exec('pragma query_only = on');
    return;
  }
  database.exec(`pragma page_size = ${PAGE_BYTES}`);
  const [journal] = database.prepare('pragma journal_mode = wal').raw().all() as string[][];
  if (journal?.[0] !== 'wal') {
    throw new AppError('inbox/failed', {
      what: `The inbox ${path} cannot be used`,
      why: 'Its file system does not support the write-ahead log that SQLite needs.',
      hint: 'Choose a file on a local disk with --store.',
    });
  }
  database.exec(
    `pragma synchronous = full; pragma cache_size = -${CACHE_KB}; pragma journal_size_limit = ${JOURNAL_LIMIT_BYTES}`,
  );
  migrate(database, path);
}

function createEngine(database: Connection, path: string, mode: 'write' | 'read'): Engine {
  const insertEvent = database.prepare(
    `insert into events (notification_id, topic, received_at) values (?, ?, ?)
     on conflict (notification_id) where notification_id is not null do nothing`,
  );
  const insertPayload = database.prepare('insert into payloads (sequence, headers, body) values (?, ?, ?)');
  const findNotification = database.prepare('select sequence from events where notification_id = ?').raw();
  const findEvent = database
    .prepare(`select ${SUMMARY}, headers, body from events join payloads using (sequence) where sequence = ?`)
    .raw();

  const sequenceOf = (notificationId: string): number | undefined =>
    (findNotification.all([encodeText(notificationId)]) as number[][])[0]?.[0];

  function add({ notificationId, topic, receivedAt, headers, body }: Row): Sequence {
    const key = notificationId === null ? null : encodeText(notificationId);
    const { changes, lastInsertRowid } = insertEvent.run([key, encodeText(topic), receivedAt]);
    if (changes === 0) return -(sequenceOf(notificationId ?? '') ?? 0);
    const sequence = Number(lastInsertRowid);
    insertPayload.run([sequence, headers, body]);
    return sequence;
  }

  return {
    addAll: (rows) =>
      guarded(path, () => {
        database.exec('begin immediate');
        try {
          const added = rows.map(add);
          database.exec('commit');
          return added;
        } catch (cause) {
          if (database.inTransaction) database.exec('rollback');
          throw cause;
        }
      }),
    get: (id) =>
      guarded(path, () => {
        for (const sequence of [parseEventId(id), sequenceOf(id)]) {
          const [row] = sequence === undefined ? [] : (findEvent.all([sequence]) as unknown[][]);
          if (row) return toEvent(row);
        }
        return undefined;
      }),
    page: ({ topic, order, after, limit }) =>
      guarded(path, () => {
        const isNewestFirst = order === 'newest-first';
        const wanted = [
          ...(topic === undefined ? [] : ['topic = ?']),
          ...(after === undefined ? [] : [`sequence ${isNewestFirst ? '<' : '>'} ?`]),
        ];
        const values = [
          ...(topic === undefined ? [] : [encodeText(topic)]),
          ...(after === undefined ? [] : [parseEventId(after) ?? 0]),
        ];
        const rows = database
          .prepare(
            `select ${SUMMARY} from events ${wanted.length === 0 ? '' : `where ${wanted.join(' and ')}`}
             order by sequence ${isNewestFirst ? 'desc' : 'asc'} limit ?`,
          )
          .raw()
          .all([...values, limit]) as unknown[][];
        return rows.map(toSummary);
      }),
    close() {
      if (!database.open) return;
      // The driver keeps the file open until its statements are collected, so the journal is folded in by hand.
      // Where a reader holds it back, SQLite does it the next time the file is opened.
      if (mode === 'write') database.exec('pragma wal_checkpoint(truncate)');
      database.close();
    },
  };
}

const SUMMARY = 'sequence, notification_id, topic, received_at, state, attempts';

function toSummary(row: readonly unknown[]): EventSummary {
  const [sequence, notificationId, topic, receivedAt, state, attempts] = row as readonly [
    number,
    string | null,
    string,
    number,
    string,
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

function toEvent(row: readonly unknown[]): StoredEvent {
  const [headers, body] = row.slice(-2) as [Uint8Array, Uint8Array];
  return { ...toSummary(row), headers: JSON.parse(decodeUtf8(headers)) as HeaderList, body };
}

/**
 * SQLite texts end at a NUL in this driver, and lone surrogates become U+FFFD: two ids could become one. JSON's
 * escapes keep them apart and leave ordinary ids as they are.
 */
function encodeText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function decodeText(text: string): string {
  return JSON.parse(`"${text}"`) as string;
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw inboxError(cause, path);
  }
}
