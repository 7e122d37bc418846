import { openMemory } from '../../src/adapters/stores/memory.ts';
import { openSqliteHere } from '../support/inbox.ts';
import { inboxStoreContract } from './inbox-store.ts';

inboxStoreContract('memory', async () => openMemory());
inboxStoreContract('SQLite', () => openSqliteHere());
