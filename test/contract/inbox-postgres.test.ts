import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../src/adapters/stores/postgres.ts';
import type { InboxStore } from '../../src/receive/inbox.ts';
import { event, listed } from '../support/inbox.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { inboxHandlingContract } from './inbox-handling.ts';
import { inboxPruningContract } from './inbox-pruning.ts';
import { inboxStoreContract } from './inbox-store.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres(['-c', 'fsync=off']);
});
afterAll(() => server.end());

async function open(): Promise<InboxStore> {
  const inbox = await openPostgres(await server.database(), 'write', '/');
  onTestFinished(() => inbox.close());
  return inbox;
}

for (const contract of [inboxStoreContract, inboxHandlingContract, inboxPruningContract]) contract('PostgreSQL', open);

test('an inbox of an older version is only migrated by whoever may write, and keeps what is in it', async () => {
  const url = await server.database();
  const before = await openPostgres(url, 'write', '/');
  const { id } = await before.add(event({ notificationId: 'notif_1' }));
  await before.close();
  const name = new URL(url).pathname.slice(1);
  await server.run('drop function propiq_intercom.add_events; update propiq_intercom.inbox set version = 1', name);

  await expect(openPostgres(url, 'read', '/')).rejects.toMatchObject({ code: 'inbox/older' });
  // several at once: one of them migrates
  const opened = await Promise.all([1, 2, 3].map(() => openPostgres(url, 'write', '/')));
  for (const inbox of opened) onTestFinished(() => inbox.close());
  const added = await Promise.all(
    opened.flatMap((inbox, at) => [
      inbox.add(event({ notificationId: 'notif_1' })),
      inbox.add(event({ notificationId: `new_${at}` })),
    ]),
  );
  expect(added.filter(({ outcome }) => outcome === 'duplicate').map((one) => one.id)).toEqual([id, id, id]);
  expect(await listed(opened[0] as InboxStore, { order: 'oldest-first' })).toHaveLength(4);
});
