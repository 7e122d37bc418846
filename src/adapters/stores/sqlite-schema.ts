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
