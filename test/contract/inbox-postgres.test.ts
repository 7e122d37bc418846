import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openPostgres } from '../../src/adapters/stores/postgres.ts';
import type { InboxStore } from '../../src/receive/inbox.ts';
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
