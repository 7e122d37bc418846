import { AppError } from '../../base/errors.ts';
import type { InboxMode } from './index.ts';
import type { Database } from './postgres-database.ts';

/** The oldest that PostgreSQL's own project still mends; nothing here needs a newer one. */
const OLDEST_MAJOR = 14;
/** "PIQI": whoever migrates holds this lock. */
const LOCK = 0x50495149;

/**
 * Adds events and gives the places (from 1 on) and sequences of those that are new. A function, because its plan is kept
 * by the connection of the server, whoever uses that: planning is a third of the work, and poolers lose prepared
 * statements. The keys go into their index in one order, whoever adds them, so that two processes with the same
 * notifications wait for one another and never crosswise; of two in one call the first stays. Payloads come as one value
 * and are cut here: an array of them would travel as text, twice as long.
 */
const ADD_EVENTS = `
create function propiq_intercom.add_events(
  keys text[], notification_ids text[], topics text[], received bigint[],
  starts integer[], headers_bytes integer[], body_bytes integer[], payloads bytea
) returns table (place bigint, sequence bigint) language plpgsql as $function$
#variable_conflict use_column
begin
  return query
  with given as materialized (
    select g.*, nextval('propiq_intercom.events_sequence') as sequence
    from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality
      as g(key, notification_id, topic, received_at, start, headers_bytes, body_bytes, place)
  ), fresh as (
    insert into propiq_intercom.ids (key, sequence)
    select key, sequence from given where key is not null order by key, place
    on conflict do nothing returning ids.sequence
  ), kept as materialized (
    select * from given where key is null or sequence in (select sequence from fresh)
  ), stored as (
    insert into propiq_intercom.events (sequence, notification_id, topic, received_at, size_bytes)
    select sequence, notification_id, topic, received_at, headers_bytes + body_bytes from kept
  ), paid as (
    insert into propiq_intercom.payloads (sequence, headers, body)
    select sequence, substring($8 from start for headers_bytes), substring($8 from start + headers_bytes for body_bytes)
    from kept
  )
  select kept.place, kept.sequence from kept;
end
$function$`;

/**
 * Steps forward, one for each version; never changed once released, never undone. All is in a schema of its own.
 * Ids stand apart from events, so that they stay when events are pruned, and payloads stand apart, so that a change of
 * state copies few bytes. `due_at` is null where nothing is left to do, 0 where it is due at once, else ms since 1970;
 * while `lease` is set it is the lease's end. Texts are JSON's escapes in ASCII: PostgreSQL holds no NUL, and not every
 * database is in UTF-8. Payloads are not compressed, and in the page while they fit into one.
 */
const MIGRATIONS: readonly string[] = [
  `create table propiq_intercom.ids (key text collate "C" primary key, sequence bigint not null);
   create sequence propiq_intercom.events_sequence;
   create table propiq_intercom.events (
     sequence bigint primary key,
     notification_id text,
     topic text not null,
     received_at bigint not null,
     state text not null default 'received',
     attempts integer not null default 0,
     due_at bigint default 0,
     lease text,
     last_error text,
     size_bytes integer not null
   ) with (autovacuum_vacuum_scale_factor = 0.05);
   create index events_due on propiq_intercom.events (due_at, sequence) where due_at is not null;
   create table propiq_intercom.payloads (
     sequence bigint primary key,
     headers bytea not null,
     body bytea not null
   ) with (toast_tuple_target = 8160);
   alter table propiq_intercom.payloads alter column headers set storage external, alter column body set storage external;`,
  ADD_EVENTS,
];

/**
 * Looks whether the database can be used, and makes or migrates the inbox in it where that is allowed.
 * @throws AppError `inbox/*`
 */
export async function prepareInbox(database: Database, mode: InboxMode): Promise<void> {
  await requireServer(database);
  const version = await versionOf(database);
  if (version === MIGRATIONS.length) return;
  requireKnown(version, database.shown);
  if (mode !== 'write' && version === 0) throw missing(database.shown);
  if (mode === 'read') throw older(version, database.shown);
  await migrate(database);
}

async function requireServer(database: Database): Promise<void> {
  const [row] = await database.run(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as name",
  );
  const major = Math.floor(Number(row?.['number']) / 10_000);
  if (major >= OLDEST_MAJOR) return;
  throw new AppError('inbox/too-old', {
    what: `The server of the inbox ${database.shown} is too old`,
    why: `It is PostgreSQL ${String(row?.['name'])}; ${OLDEST_MAJOR} is the oldest that is supported.`,
    hint: 'Update the server, or name another one with --store.',
  });
}

/** 0 where there is no inbox. */
async function versionOf({ run }: Pick<Database, 'run'>): Promise<number> {
  // Not to_regclass: that may answer from a cache of the connection, and another process has just made it.
  const [there] = await run(
    "select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'propiq_intercom' and c.relname = 'inbox'",
  );
  if (!there) return 0;
  const [row] = await run('select version from propiq_intercom.inbox');
  return Number(row?.['version'] ?? 0);
}

/** Several processes may start at once: one migrates, the others wait for it and find it done. */
async function migrate(database: Database): Promise<void> {
  await database.runLong(async (run) => {
    await run('select pg_advisory_xact_lock($1)', [LOCK]);
    const version = await versionOf({ run });
    requireKnown(version, database.shown);
    if (version === 0) {
      // "if not exists" would ask for the right to make it even where it is there.
      const [there] = await run("select 1 from pg_namespace where nspname = 'propiq_intercom'");
      if (!there) await run('create schema propiq_intercom');
      await run('create table propiq_intercom.inbox (version integer not null)');
      await run('insert into propiq_intercom.inbox values (0)');
    }
    for (const step of MIGRATIONS.slice(version)) await run(step);
    await run('update propiq_intercom.inbox set version = $1', [MIGRATIONS.length]);
  });
}

function requireKnown(version: number, shown: string): void {
  if (version <= MIGRATIONS.length) return;
  throw new AppError('inbox/newer', {
    what: `The inbox ${shown} was written by a newer propiq-intercom`,
    why: `It has version ${version}; this program knows versions up to ${MIGRATIONS.length}.`,
    hint: 'Update propiq-intercom, or name another database with --store; this one was left as it is.',
  });
}

function missing(shown: string): AppError {
  return new AppError('inbox/missing', {
    what: `There is no inbox in ${shown}`,
    why: 'The database has none; `serve` makes it when it starts.',
    hint: 'Check --store and PROPIQ_INTERCOM_STORE: `serve` and `events` need the same database.',
  });
}

function older(version: number, shown: string): AppError {
  return new AppError('inbox/older', {
    what: `The inbox ${shown} is of an older propiq-intercom`,
    why: `It has version ${version}; this program reads version ${MIGRATIONS.length}.`,
    hint: 'Start `propiq-intercom serve` once: it keeps all events.',
  });
}
