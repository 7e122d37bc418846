import Database from 'libsql';
import { AppError } from '../../base/errors.ts';
import type { ClaimedEvent, EventFilter, InboxStats, PruneRequest, Pruned, StoredEvent } from '../../receive/inbox.ts';
import { inboxError } from './sqlite-errors.ts';
import { noInbox, placeOf } from './sqlite-file.ts';
import { createReads } from './sqlite-reads.ts';
import type { Page, Removed, Row, Sequence, Settlement } from './sqlite-rows.ts';
import { migrate, requireOwn, requirePresent } from './sqlite-schema.ts';
import { createWork } from './sqlite-work.ts';

export type Connection = InstanceType<typeof Database>;

/** SQLite, synchronous. Every method throws AppError `inbox/*`; when one throws, nothing was changed. */
export interface Engine {
  /** One transaction: when it returns all is on the disk, when it throws nothing of it is there. */
  addAll(rows: readonly Row[]): Sequence[];
  get(id: string): StoredEvent | undefined;
  getAll(ids: readonly string[]): StoredEvent[];
  /** A step of a list: what it found, and where the next step starts. Looks at no more than a bounded number of events. */
  page(filter: EventFilter & { limit: number }): Page;
  claim(limit: number, leaseMs: number): ClaimedEvent[];
  /** For each, whether it was settled. */
  settleAll(settlements: readonly Settlement[]): boolean[];
  requeue(ids: readonly string[]): number;
  /** The events that a request is about are among those up to `tooMuch`, or older than its `before`. */
  tooMuch(maxBytes: number): Sequence;
  measure(request: PruneRequest): Pruned;
  /** One step of pruning, of events behind a place. */
  removeSome(request: PruneRequest, tooMuch: Sequence, after: Sequence): Removed;
  stats(): InboxStats;
  /** Writes, so that a full disk shows. */
  ping(): void;
  close(): void;
}

/** Bigger than SQLite's own: bodies of some kB then stay in one page. */
const PAGE_BYTES = 8192;
/** The writer's. What is added goes to the end of its tables, so few pages are read again. */
const CACHE_KB = 2 * 1024;
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
      const work = createWork(database);
      const place = placeOf(path);
      return guardAll(path, {
        ...createReads(database),
        ...work,
        addAll(rows) {
          place.requireSame();
          return work.addAll(rows);
        },
        ping() {
          place.requireSame();
          work.ping();
        },
        close: () => close(database, mode),
      });
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
    requirePresent(version, path);
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

function close(database: Connection, mode: 'write' | 'read'): void {
  if (!database.open) return;
  // The driver keeps the file open until its statements are collected, so the journal is folded in by hand.
  // Where a reader holds it back, SQLite does it the next time the file is opened.
  if (mode === 'write') database.exec('pragma wal_checkpoint(truncate)');
  database.close();
}

function guardAll(path: string, engine: Engine): Engine {
  const guardedMethods = Object.entries(engine).map(([name, method]: [string, (...given: never[]) => unknown]) => [
    name,
    (...given: never[]) => guarded(path, () => method(...given)),
  ]);
  return Object.fromEntries(guardedMethods) as Engine;
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw inboxError(cause, path);
  }
}
