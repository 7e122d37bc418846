import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEngine, engineOver, type Engine } from '../../../../src/adapters/stores/sqlite-engine.ts';
import { inboxError } from '../../../../src/adapters/stores/sqlite-errors.ts';
import { prepareFile } from '../../../../src/adapters/stores/sqlite-file.ts';
import type { Row } from '../../../../src/adapters/stores/sqlite-rows.ts';
import { temporaryFolder } from '../../../support/cli.ts';
import { failureOf } from '../../../support/http.ts';
import { event, freshPath, listed, openSqliteHere } from '../../../support/inbox.ts';

const row = (changed: Partial<Row> = {}): Row => ({ ...event(), headers: Buffer.from('[]'), ...changed });
const large = (notificationId: string): Row => row({ notificationId, body: new Uint8Array(50_000) });

function open(path: string): Database.Database {
  const database = new Database(path, { timeout: 50 });
  onTestFinished(() => void database.close());
  return database;
}

/** An engine whose file may grow by so many pages. */
async function openLimited(path: string, morePages: number): Promise<{ engine: Engine; lift(): void }> {
  await prepareFile(path);
  const database = open(path);
  const engine = engineOver(database, path, 'write');
  const [used] = database.prepare('pragma page_count').raw().all() as number[][];
  database.exec(`pragma max_page_count = ${(used?.[0] ?? 0) + morePages}`);
  return { engine, lift: () => database.exec('pragma max_page_count = 1000000') };
}

describe('another process holds the file', () => {
  test('nothing is stored, it says so within the bound, and goes on afterwards', async () => {
    const path = freshPath();
    const inbox = await openSqliteHere(path);
    const other = open(path);
    other.exec('begin immediate');
    const refused = await Promise.all([failureOf(inbox.add(event())), failureOf(inbox.add(event()))]);
    expect(refused).toMatchObject([{ code: 'inbox/locked' }, { code: 'inbox/locked' }]);
    other.exec('rollback');
    expect((await inbox.add(event())).outcome).toBe('added');
    expect(await listed(inbox, { order: 'newest-first' })).toHaveLength(1);
  });

  test('it cannot be opened', async () => {
    const path = join(temporaryFolder(), 'inbox.db');
    await prepareFile(path);
    const other = open(path);
    other.exec('pragma locking_mode = exclusive; create table t (x); drop table t; begin exclusive');
    expect(await failureOf(openSqliteHere(path))).toMatchObject({ code: 'inbox/locked', exitCode: 5 });
    other.exec('rollback');
  });
});

describe('the disk is full', () => {
  test('nothing of the commit is there, what was stored stays, and it goes on once there is room', async () => {
    const { engine, lift } = await openLimited(freshPath(), 10);
    const [first = 0] = engine.addAll([row({ notificationId: 'before' })]);
    const batch = ['a', 'b', 'c'].map(large);
    expect(() => engine.addAll(batch)).toThrow(expect.objectContaining({ code: 'inbox/full', exitCode: 5 }) as Error);
    expect(engine.page({ order: 'oldest-first', limit: 10 }).events).toMatchObject([{ notificationId: 'before' }]);
    expect(engine.addAll([row({ notificationId: 'before' })])).toEqual([-first]);
    lift();
    expect(engine.addAll(batch)).toEqual([2, 3, 4]);
    expect(engine.get('b')?.body).toHaveLength(50_000);
  });

  test.each(['ENOSPC', 'EDQUOT'])('%s of the file system says the same', (code) => {
    const cause = Object.assign(new Error('no space'), { code });
    expect(inboxError(cause, 'x')).toMatchObject({ code: 'inbox/full' });
  });
});

describe('the file is damaged', () => {
  test('it says so, and leaves it', async () => {
    const path = freshPath();
    const inbox = await openSqliteHere(path);
    await Promise.all(Array.from({ length: 300 }, () => inbox.add(event({ body: new Uint8Array(500) }))));
    await inbox.close();
    open(path).exec('pragma wal_checkpoint(truncate)');
    const copy = join(temporaryFolder(), 'damaged.db');
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 8192);
    writeFileSync(copy, bytes);
    expect(() => openEngine(copy, 'read', 50).page({ order: 'oldest-first', limit: 10 })).toThrow(
      expect.objectContaining({ code: 'inbox/corrupt', exitCode: 5 }) as Error,
    );
    expect(readFileSync(copy).equals(bytes)).toBe(true);
  });
});

test('a commit that fails half-way leaves nothing behind, and the next one is whole', async () => {
  const path = freshPath();
  await prepareFile(path);
  const database = open(path);
  const engine = engineOver(database, path, 'write');
  database.exec(
    "create trigger no before insert on payloads when new.sequence = 2 begin select raise(abort, 'no'); end",
  );
  const batch = ['a', 'b'].map((notificationId) => row({ notificationId }));
  expect(() => engine.addAll(batch)).toThrow(expect.objectContaining({ code: 'inbox/failed' }) as Error);
  expect(engine.page({ order: 'oldest-first', limit: 10 }).events).toEqual([]);
  database.exec('drop trigger no');
  expect(engine.addAll(batch)).toEqual([1, 2]);
});

test('every commit is synced to the disk before it counts', async () => {
  const path = freshPath();
  await prepareFile(path);
  const database = open(path);
  engineOver(database, path, 'write');
  expect(database.prepare('pragma synchronous').raw().all()).toEqual([[2]]); // FULL
});

describe('an error of the driver or the system', () => {
  test.each([
    ['SQLITE_BUSY', 'inbox/locked'],
    ['SQLITE_BUSY_SNAPSHOT', 'inbox/locked'],
    ['SQLITE_LOCKED_SHAREDCACHE', 'inbox/locked'],
    ['SQLITE_FULL', 'inbox/full'],
    ['SQLITE_CORRUPT_INDEX', 'inbox/corrupt'],
    ['SQLITE_NOTADB', 'inbox/not-a-database'],
    ['SQLITE_READONLY_DIRECTORY', 'inbox/not-writable'],
    ['UNKNOWN_SQLITE_ERROR_1544', 'inbox/not-writable'], // the same, which the driver has no name for
    ['UNKNOWN_SQLITE_ERROR_999', 'inbox/failed'],
    ['SQLITE_CANTOPEN_ISDIR', 'inbox/not-writable'],
    ['EROFS', 'inbox/not-writable'],
    ['SQLITE_IOERR_WRITE', 'inbox/failed'],
    ['EIO', 'inbox/failed'],
  ])('%s is %s', (code, expected) => {
    const error = inboxError(Object.assign(new Error('told\u001b[31m by\nthe system'), { code }), '/x/inbox.db');
    expect(error).toMatchObject({ code: expected, why: `told by the system (${code}).` });
  });

  test('that is none stays what it is', () => {
    const bug = new TypeError('a bug');
    expect(inboxError(bug, 'x')).toBe(bug);
    expect(inboxError('text', 'x')).toBe('text');
  });
});
