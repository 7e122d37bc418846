import { openMemory } from '../../src/adapters/stores/memory.ts';
import { openSqliteHere } from '../support/inbox.ts';
import { inboxHandlingContract } from './inbox-handling.ts';
import { inboxPruningContract } from './inbox-pruning.ts';
import { inboxStoreContract } from './inbox-store.ts';

for (const contract of [inboxStoreContract, inboxHandlingContract, inboxPruningContract]) {
  contract('memory', async () => openMemory());
  contract('SQLite', () => openSqliteHere());
}
