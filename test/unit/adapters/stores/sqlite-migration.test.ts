import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openInbox } from '../../../../src/adapters/stores/index.ts';
import { temporaryFolder } from '../../../support/cli.ts';
import { failureOf } from '../../../support/http.ts';
import { event, listed, openSqliteHere } from '../../../support/inbox.ts';

/** The tables as the first version made them. */
const FIRST = `
  pragma journal_mode = wal;
  create table events (
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
  ) strict;
  insert into events (sequence, notification_id, topic, received_at) values
    (1, 'notif_1', 'user.created', 1000), (2, null, 'ping', 2000), (7, 'notif_7', 'a\\u0000b', 3000);
  insert into payloads values (1, '[["A","b"]]', x'00ff'), (2, '[]', x'7b7d'), (7, '[]', x'7b7d');
  pragma application_id = 0x50495149;
  pragma user_version = 1`;

function firstVersion(): string {
  const path = join(temporaryFolder(), 'inbox.db');
  const database = new Database(path, { timeout: 50 });
  database.exec(
    FIRST.replace('\'[["A","b"]]\'', 'cast(\'[["A","b"]]\' as blob)').replaceAll("'[]'", "cast('[]' as blob)"),
  );
  onTestFinished(() => void database.close());
  return path;
}

describe('an inbox of the first version', () => {
  test('keeps everything, and everything in it waits to be handled', async () => {
    const inbox = await openSqliteHere(firstVersion());
    expect(await listed(inbox, { order: 'oldest-first' })).toEqual([
      {
        id: 'evt_000000000001',
        notificationId: 'notif_1',
        topic: 'user.created',
        receivedAt: 1000,
        state: 'received',
        attempts: 0,
      },
      { id: 'evt_000000000002', notificationId: null, topic: 'ping', receivedAt: 2000, state: 'received', attempts: 0 },
      {
        id: 'evt_000000000007',
        notificationId: 'notif_7',
        topic: 'a\0b',
        receivedAt: 3000,
        state: 'received',
        attempts: 0,
      },
    ]);
    const first = await inbox.get('notif_1');
    expect([first?.headers, [...(first?.body ?? [])]]).toEqual([[['A', 'b']], [0, 255]]);
    expect(await inbox.add(event({ notificationId: 'notif_7' }))).toEqual({
      outcome: 'duplicate',
      id: 'evt_000000000007',
    });
    expect(await inbox.add(event({ notificationId: 'notif_8' }))).toEqual({ outcome: 'added', id: 'evt_000000000008' });
    expect((await inbox.stats()).events).toEqual({ received: 4, failed: 0, handled: 0, dead: 0 });
    expect(await inbox.prunable({ states: ['received'], before: 1001 })).toEqual({ events: 1, bytes: 13 });
    expect(await inbox.claim(10, 1000)).toHaveLength(4);
  });

  test('is migrated once by those who open it at the same time', async () => {
    const path = firstVersion();
    const inboxes = await Promise.all([openSqliteHere(path), openSqliteHere(path), openSqliteHere(path)]);
    await Promise.all(inboxes.map((inbox, at) => inbox.add(event({ notificationId: `new_${at}` }))));
    expect(await listed(inboxes[0], { order: 'oldest-first' })).toHaveLength(6);
  });

  test('is not changed by whoever only reads it', async () => {
    const path = firstVersion();
    const surroundings = { cwd: '/', home: '/', stateHome: undefined };
    expect(await failureOf(openInbox(path, 'read', surroundings))).toMatchObject({ code: 'inbox/older', exitCode: 5 });
    const database = new Database(path);
    onTestFinished(() => void database.close());
    expect(database.prepare('pragma user_version').raw().all()).toEqual([[1]]);
  });
});

test('an event that is changed by hand to be due in a far future is due: the clock was set back', async () => {
  const path = join(temporaryFolder(), 'inbox.db');
  const inbox = await openSqliteHere(path);
  await inbox.add(event());
  const [claimed] = await inbox.claim(1, 1000);
  const database = new Database(path, { timeout: 50 });
  onTestFinished(() => void database.close());
  database.exec(`update events set due_at = due_at + ${20 * 3_600_000}`);
  expect(await inbox.claim(1, 1000)).toEqual([]);
  database.exec(`update events set due_at = due_at + ${20 * 3_600_000}`);
  expect(await inbox.claim(1, 1000)).toMatchObject([{ id: claimed?.id, attempts: 2 }]);
});
