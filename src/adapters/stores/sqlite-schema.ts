import type Database from 'libsql';
import { AppError } from '../../base/errors.ts';

type Connection = InstanceType<typeof Database>;

/** "PIQI": tells an inbox from any other SQLite file. */
const APPLICATION_ID = 0x50495149;

/**
 * Steps forward, one for each version; never changed once released, never undone.
 * Payloads stand apart, so that lists and changes of state touch few pages. A null notification id is no key.
 */
const MIGRATIONS: readonly string[] = [
  `create table events (
     sequence integer primary key,
     notification_id text,
     topic text not null,
     received_at integer not null,
     state text not null default 'received',
     attempts integer not null default 0
   ) strict;
   create unique index events_notification_id on events (notification_id) where notification_id is not null;
   create table payloads (
     sequence integer primary key references events (sequence),
     headers blob not null,
     body blob not null
   ) strict;`,

  // Handling, and pruning that forgets no notification id: the ids move to a table of their own. `due_at` is null where
  // nothing is left to do, 0 where it is due at once, else ms since 1970; while `lease` is set it is the lease's end.
  // `totals` is kept by triggers, so that counting does not mean reading.
  `create table ids (notification_id text primary key, sequence integer not null) strict, without rowid;
   insert into ids select notification_id, sequence from events
     where notification_id is not null order by notification_id;
   drop index events_notification_id;
   alter table events add column due_at integer;
   alter table events add column lease text;
   alter table events add column last_error text;
   alter table events add column size_bytes integer not null default 0;
   update events set due_at = 0,
     size_bytes = coalesce((select length(headers) + length(body) from payloads p where p.sequence = events.sequence), 0);
   create index events_due on events (due_at, sequence) where due_at is not null;
   create table totals (name text primary key, value integer not null) strict, without rowid;
   insert into totals values ('received', 0), ('failed', 0), ('handled', 0), ('dead', 0);
   insert or replace into totals select state, count(*) from events group by state;
   insert into totals select 'sequence', coalesce(max(sequence), 0) from events;
   create trigger events_added after insert on events begin
     update totals set value = value + 1 where name = new.state;
   end;
   create trigger events_moved after update of state on events when new.state <> old.state begin
     update totals set value = value - 1 where name = old.state;
     update totals set value = value + 1 where name = new.state;
   end;
   create trigger events_removed after delete on events begin
     update totals set value = value - 1 where name = old.state;
   end;`,

  // What is added counts itself, once for a whole commit. Ids up to the event `indexed` are in their table, the newer ones
  // still in their events only (sqlite-ids.ts).
  `drop trigger events_added;
   insert into totals select 'indexed', value from totals where name = 'sequence';`,
];

/**
 * Brings a file to the present version.
 * @throws AppError `inbox/newer`, `inbox/not-a-database` before anything is written
 */
export function migrate(database: Connection, path: string): void {
  if (requireOwn(database, path) === MIGRATIONS.length) return;
  database.exec('begin immediate');
  try {
    for (let version = versionOf(database); version < MIGRATIONS.length; version += 1) {
      database.exec(MIGRATIONS[version] ?? '');
    }
    database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${MIGRATIONS.length}`);
    database.exec('commit');
  } catch (cause) {
    if (database.inTransaction) database.exec('rollback');
    throw cause;
  }
}

/**
 * The file's version, 0 where it holds nothing yet.
 * @throws AppError when it belongs to another program or to a later version of this one
 */
export function requireOwn(database: Connection, path: string): number {
  // In this order: should another process make the inbox meanwhile, its mark is there before its tables are seen.
  const isUsed = hasTables(database);
  const applicationId = readPragma(database, 'application_id');
  const version = versionOf(database);
  if (applicationId !== APPLICATION_ID && (isUsed || applicationId !== 0 || version !== 0)) {
    throw new AppError('inbox/not-a-database', {
      what: `The file ${path} is not an inbox`,
      why: 'It is a SQLite database of another program.',
      hint: 'Choose another file with --store; this one was left as it is.',
    });
  }
  if (version > MIGRATIONS.length) {
    throw new AppError('inbox/newer', {
      what: `The inbox ${path} was written by a newer propiq-intercom`,
      why: `It has version ${version}; this program knows versions up to ${MIGRATIONS.length}.`,
      hint: 'Update propiq-intercom, or choose another file with --store; this one was left as it is.',
    });
  }
  return version;
}

/** A file that is only read must be of the present version: nothing is migrated then. @throws AppError */
export function requirePresent(version: number, path: string): void {
  if (version === MIGRATIONS.length) return;
  throw new AppError('inbox/older', {
    what: `The inbox ${path} is of an older propiq-intercom`,
    why: `It has version ${version}; this program reads version ${MIGRATIONS.length}, and brings older ones up to that only when it may write.`,
    hint: 'Start `propiq-intercom serve` once: it keeps all events.',
  });
}

function hasTables(database: Connection): boolean {
  return database.prepare('select 1 from sqlite_schema limit 1').raw().all().length > 0;
}

function versionOf(database: Connection): number {
  return readPragma(database, 'user_version');
}

function readPragma(database: Connection, name: string): number {
  const [row] = database.prepare(`pragma ${name}`).raw().all() as number[][];
  return row?.[0] ?? 0;
}
