import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openInbox } from '../../../../src/adapters/stores/index.ts';
import { openEngine } from '../../../../src/adapters/stores/sqlite-engine.ts';
import { inspectFile, prepareFile } from '../../../../src/adapters/stores/sqlite-file.ts';
import { temporaryFolder } from '../../../support/cli.ts';
import { failureOf } from '../../../support/http.ts';
import { event, freshPath, listed, openFreshEngine, openSqliteHere } from '../../../support/inbox.ts';
import { asOrdinaryUser } from '../../../support/other-user.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const surroundings = (home: string, stateHome?: string) => ({ cwd: home, home, stateHome });

function otherDatabase(path: string, sql: string): Database.Database {
  const database = new Database(path, { timeout: 50 });
  database.exec(sql);
  onTestFinished(() => void database.close());
  return database;
}

describe('a new inbox', () => {
  test('belongs to its user alone: folders 0700, all files 0600, whatever the umask', async () => {
    const umask = process.umask(0);
    onTestFinished(() => void process.umask(umask));
    const path = join(temporaryFolder(), 'a', 'b', 'inbox.db');
    const inbox = await openSqliteHere(path);
    await inbox.add(event());
    expect([modeOf(dirname(path)), modeOf(dirname(dirname(path)))]).toEqual(['700', '700']);
    expect(readdirSync(dirname(path)).map((name) => [name, modeOf(join(dirname(path), name))])).toEqual([
      ['inbox.db', '600'],
      ['inbox.db-shm', '600'],
      ['inbox.db-wal', '600'],
    ]);
  });

  test('syncs every commit and keeps a write-ahead log', async () => {
    const path = freshPath();
    await openFreshEngine(path);
    const database = otherDatabase(path, 'select 1');
    expect(database.pragma('journal_mode', { simple: false })).toEqual([{ journal_mode: 'wal' }]);
    expect(database.pragma('page_size', { simple: false })).toEqual([{ page_size: 8192 }]);
  });
});

describe('an inbox that is there', () => {
  test.each([0o644, 0o400 | 0o200])('keeps its mode %o, and its folder keeps its own', async (mode) => {
    const path = join(temporaryFolder(), 'inbox.db');
    await chmod(dirname(path), 0o755);
    writeFileSync(path, '');
    await chmod(path, mode);
    const inbox = await openSqliteHere(path);
    await inbox.add(event());
    expect([modeOf(path), modeOf(dirname(path))]).toEqual([mode.toString(8), '755']);
  });

  test('may be behind a link', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'real.db'), '');
    symlinkSync(join(folder, 'real.db'), join(folder, 'link.db'));
    await (await openSqliteHere(join(folder, 'link.db'))).add(event());
    expect(statSync(join(folder, 'real.db')).size).toBeGreaterThan(0);
  });

  test('is opened again with everything in it', async () => {
    const path = freshPath();
    const first = await openSqliteHere(path);
    const { id } = await first.add(event({ notificationId: 'notif_1' }));
    const second = await openSqliteHere(path);
    expect(await second.add(event({ notificationId: 'notif_1' }))).toEqual({ outcome: 'duplicate', id });
  });

  test('takes events from two writers and keeps ids unique between them', async () => {
    const path = freshPath();
    const [one, other] = [await openSqliteHere(path), await openSqliteHere(path)];
    const added = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        [one, other].map((inbox) => inbox.add(event({ notificationId: `n${at}` }))),
      ).flat(),
    );
    expect(added.filter(({ outcome }) => outcome === 'added')).toHaveLength(60);
    expect(await listed(one, { order: 'oldest-first' })).toHaveLength(60);
  });

  test('can be read while it is written', async () => {
    const path = freshPath();
    const writer = await openSqliteHere(path);
    const { id } = await writer.add(event({ topic: 'first' }));
    const reader = await openInbox(path, 'read', surroundings('/'));
    const list = reader.list({ order: 'oldest-first' })[Symbol.asyncIterator]();
    expect((await list.next()).value).toMatchObject({ id });
    expect((await writer.add(event({ topic: 'second' }))).outcome).toBe('added');
    expect(await listed(reader, { order: 'oldest-first' })).toHaveLength(2);
    await reader.close();
  });
});

describe('reading', () => {
  test('makes nothing', async () => {
    const home = temporaryFolder();
    const failure = await failureOf(openInbox(undefined, 'read', surroundings(home)));
    expect(failure).toMatchObject({ code: 'inbox/missing', exitCode: 5 });
    expect(readdirSync(home)).toEqual([]);
  });

  test.each([
    ['is still empty', ''],
    ['holds no tables yet', 'pragma journal_mode = wal'],
  ])('a file that %s is no inbox', async (_, sql) => {
    const path = join(temporaryFolder(), 'inbox.db');
    writeFileSync(path, '');
    if (sql !== '') otherDatabase(path, sql);
    const before = readFileSync(path);
    expect(await failureOf(openInbox(path, 'read', surroundings('/')))).toMatchObject({ code: 'inbox/missing' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('never writes', async () => {
    const path = freshPath();
    await (await openSqliteHere(path)).add(event());
    const engine = openEngine(path, 'read', 50);
    expect(() => engine.addAll([{ ...event(), headers: new Uint8Array() }])).toThrow(/cannot be written/);
    engine.close();
  });
});

describe('what is no inbox is named, and left as it is', () => {
  const text = 'notes that somebody keeps\n'.repeat(500);

  test.each([
    ['a text', Buffer.from(text)],
    ['one byte', Buffer.from('x')],
    ['bytes that only start like a database', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4000, 7)])],
  ])('%s', async (_, content) => {
    const path = join(temporaryFolder(), 'notes.txt');
    writeFileSync(path, content);
    expect(await failureOf(openSqliteHere(path))).toMatchObject({ code: 'inbox/not-a-database', exitCode: 5 });
    expect(await failureOf(openInbox(path, 'read', surroundings('/')))).toMatchObject({ code: 'inbox/not-a-database' });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test.each([
    ['of another program', 'create table notes (text); insert into notes values (1)'],
    ['marked by another program', 'pragma application_id = 252006673; create table x (y); drop table x'],
    ['with another program\u2019s version', 'pragma user_version = 1'],
  ])('a SQLite database %s', async (_, sql) => {
    const path = join(temporaryFolder(), 'other.db');
    otherDatabase(path, sql).close();
    const before = readFileSync(path);
    expect(await failureOf(openSqliteHere(path))).toMatchObject({ code: 'inbox/not-a-database', exitCode: 5 });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('an inbox of a newer version', async () => {
    const path = freshPath();
    await (await openSqliteHere(path)).add(event());
    otherDatabase(path, 'pragma user_version = 99');
    expect(await failureOf(openSqliteHere(path))).toMatchObject({ code: 'inbox/newer', exitCode: 5 });
    const failure = await failureOf(openInbox(path, 'read', surroundings('/')));
    expect(failure).toMatchObject({ code: 'inbox/newer', why: expect.stringContaining('version 99') as string });
  });

  test('a folder', async () => {
    const folder = temporaryFolder();
    for (const mode of ['write', 'read'] as const) {
      expect(await failureOf(openInbox(folder, mode, surroundings('/')))).toMatchObject({
        code: 'inbox/is-a-directory',
        hint: `Name a file: --store ${folder}/inbox.db`,
      });
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a device', async () => {
    expect(await failureOf(prepareFile('/dev/null'))).toMatchObject({ code: 'inbox/not-a-database' });
  });
});

describe('what may not be used', () => {
  test('a folder that is not writable', async () => {
    const folder = temporaryFolder();
    await chmod(folder, 0o555);
    const failure = await asOrdinaryUser(() => failureOf(prepareFile(join(folder, 'inbox.db'))));
    expect(failure).toMatchObject({ code: 'inbox/not-writable', exitCode: 5 });
  });

  test.each(['/dev/null/inbox.db', '/proc/nowhere/inbox.db', `/tmp/${'x'.repeat(300)}/inbox.db`])(
    'the path %s',
    async (path) => {
      expect(await failureOf(prepareFile(path))).toMatchObject({ code: 'inbox/not-writable', exitCode: 5 });
    },
  );

  test('a file that is not writable, or not readable', async () => {
    const path = freshPath();
    await openSqliteHere(path);
    await chmod(dirname(path), 0o755);
    await chmod(dirname(dirname(path)), 0o755);
    await chmod(path, 0o444);
    expect(await asOrdinaryUser(() => failureOf(prepareFile(path)))).toMatchObject({ code: 'inbox/not-writable' });
    const changing = await asOrdinaryUser(() => failureOf(openInbox(path, 'change', surroundings('/'))));
    expect(changing).toMatchObject({ code: 'inbox/not-writable' });
    await chmod(path, 0o000);
    expect(await asOrdinaryUser(() => failureOf(inspectFile(path, 'read')))).toMatchObject({
      code: 'inbox/not-readable',
    });
  });
});

describe('where the inbox is', () => {
  test('by default in the state folder of the user', async () => {
    const home = temporaryFolder();
    const failure = await failureOf(openInbox(undefined, 'read', surroundings(home)));
    expect(failure.what).toContain(join(home, '.local/state/propiq-intercom/inbox.db'));
    const named = await failureOf(openInbox(undefined, 'read', surroundings(home, join(home, 'elsewhere'))));
    expect(named.what).toContain(join(home, 'elsewhere/propiq-intercom/inbox.db'));
    const relative = await failureOf(openInbox(undefined, 'read', surroundings(home, 'relative')));
    expect(relative.what).toContain(join(home, '.local/state/propiq-intercom/inbox.db'));
  });

  test('relative to where the command runs', async () => {
    const cwd = temporaryFolder();
    await mkdir(join(cwd, 'data'));
    const failure = await failureOf(openInbox('data/inbox.db', 'read', surroundings(cwd)));
    expect(failure.what).toContain(join(cwd, 'data/inbox.db'));
  });

  test.each([
    ['postgres://user:not-a-real-key@db.example/inbox?x=y', /parameter x is not known/],
    ['POSTGRESQL://db.example/inbox?sslmode=no', /sslmode is none of/],
    ['postgres://user:not-a-real-key@:x/y', /not a full URL/],
    ['postgres://user:not-a-real-key@/y?host=/run/postgresql', /names no host/],
    ['postgres://user:1@2/not-a-real-key@db.example/inbox', /parts do not fit.* %40, \/ %2F/],
    ['postgres://user:1?not-a-real-key@db.example/inbox', /parts do not fit/],
    ['postgres://user:1#not-a-real-key@db.example/inbox', /parts do not fit/],
    ['jdbc:postgresql://db.example/inbox?password=not-a-real-key', /begins with postgres:/],
    ['postgres:user:not-a-real-key@db.example/inbox', /begins with postgres:/],
    ['postgresql:/user:not-a-real-key@db.example/inbox', /begins with postgres:/],
    [':memory:', /begins with postgres:/],
    ['mysql://user:not-a-real-key@db.example/inbox', /is a SQLite file, or in PostgreSQL/],
    ['https://db.example/inbox', /is a SQLite file, or in PostgreSQL/],
    ['a\0b', /It holds a NUL character/],
  ])('not at %s', async (location, why) => {
    const failure = await failureOf(openInbox(location, 'write', surroundings(temporaryFolder())));
    expect(failure).toMatchObject({ code: 'usage/invalid-value', exitCode: 2 });
    expect(failure.why).toMatch(why);
    expect(failure.message + failure.hint).not.toContain('not-a-real-key');
  });

  test('or nowhere, in memory', async () => {
    const inbox = await openInbox('memory:', 'write', surroundings('/'));
    expect((await inbox.add(event())).outcome).toBe('added');
  });

  test('a name with a colon, or one that SQLite would read as a URI, is a file', async () => {
    const cwd = temporaryFolder();
    for (const name of ['10:30.db', 'file:x.db?mode=memory', 'a?b#c%41.db']) {
      const path = join(cwd, name);
      mkdirSync(dirname(path), { recursive: true });
      await (await openSqliteHere(path)).add(event());
      expect(existsSync(path)).toBe(true);
    }
  });
});
