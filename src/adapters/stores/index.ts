import { join, resolve } from 'node:path';
import { AppError } from '../../base/errors.ts';
import type { InboxStore } from '../../receive/inbox.ts';
import { decodePart } from './url-part.ts';

/** `read` never writes and never makes anything; `change` writes, and needs an inbox that is there; `write` makes what is missing. */
export type InboxMode = 'write' | 'change' | 'read';

type Open = (location: string, mode: InboxMode, cwd: string) => Promise<InboxStore>;

async function openPostgres(location: string, mode: InboxMode, cwd: string): Promise<InboxStore> {
  return (await import('./postgres.ts')).openPostgres(location, mode, cwd);
}

const SHORTEST_SECRET = 8;

/** Scheme of a location → how to open it; a location without a scheme is a SQLite file. */
const STORES: ReadonlyMap<string | undefined, Open> = new Map<string | undefined, Open>([
  [undefined, async (path, mode, cwd) => (await import('./sqlite.ts')).openSqlite(resolve(cwd, path), mode)],
  ['postgres', openPostgres],
  ['postgresql', openPostgres],
  ['memory', async () => (await import('./memory.ts')).openMemory()],
]);

/** Meant for a database, and no file of that name: events would go where nobody looks for them. */
const MISSPELT = /^(?:jdbc:|postgres(?:ql)?:(?!\/\/)|:memory:$)/i;

/** What the place of an inbox depends on. */
export interface Surroundings {
  readonly cwd: string;
  readonly home: string;
  /** `XDG_STATE_HOME`; a relative one counts as not set (XDG Base Directory Specification). */
  readonly stateHome: string | undefined;
}

/**
 * Opens the inbox at a location: a SQLite file, `postgres://…`, or `memory:`, which is gone with the process; without a location the
 * file of this user.
 * @throws AppError `inbox/*`, `usage/invalid-value`
 */
export async function openInbox(
  location: string | undefined,
  mode: InboxMode,
  { cwd, home, stateHome }: Surroundings,
): Promise<InboxStore> {
  const state = stateHome?.startsWith('/') ? stateHome : join(home, '.local/state');
  const wanted = location ?? join(state, 'propiq-intercom/inbox.db');
  if (MISSPELT.test(wanted)) throw misspelt();
  if (wanted.includes('\0')) throw unusable('That is not the name of a file', 'It holds a NUL character.');
  const scheme = /^([a-z][a-z0-9+.-]*):(?:\/\/|$)/i.exec(wanted)?.[1]?.toLowerCase();
  const open = STORES.get(scheme);
  if (open) return open(wanted, mode, cwd);
  throw unusable(`An inbox cannot be at ${scheme}:`, 'The inbox is a SQLite file, or in PostgreSQL (postgres://…).');
}

/**
 * The password in the URL of a database, for the redactor. None where it is short or stands in the rest of the URL too:
 * then it is a word (`postgres`), and to blank it out would make other texts wrong.
 */
export function passwordIn(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined;
  const url = new URL(location);
  const { password } = url;
  url.password = '';
  const isSecret = password.length >= SHORTEST_SECRET && !url.href.includes(password);
  return isSecret ? decodePart(password) : undefined;
}

function misspelt(): AppError {
  return new AppError('usage/invalid-value', {
    what: 'That is not the place of an inbox',
    why: 'The URL of a PostgreSQL database begins with postgres://, and a file of this name is hardly meant.',
    hint: 'Write it like postgres://USER@HOST:5432/DATABASE, ./inbox.db or memory: (gone with the process).',
  });
}

function unusable(what: string, why: string): AppError {
  return new AppError('usage/invalid-value', { what, why, hint: 'Name a file: --store ./inbox.db' });
}
