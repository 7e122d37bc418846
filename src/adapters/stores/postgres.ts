import { AppError } from '../../base/errors.ts';
import type { Added, InboxStore } from '../../receive/inbox.ts';
import { createGroupCommit } from './group-commit.ts';
import type { InboxMode } from './index.ts';
import { addAll, type Packed } from './postgres-add.ts';
import { openDatabase } from './postgres-database.ts';
import { createReads } from './postgres-reads.ts';
import { prepareInbox } from './postgres-schema.ts';
import { readPostgresUrl } from './postgres-url.ts';
import { createWork, settleAll, type Settlement } from './postgres-work.ts';

const BOUNDS = { maxWaiting: 10_000, maxWaitingBytes: 64 * 1024 * 1024 };

/**
 * The inbox in a PostgreSQL database, in a schema of its own. Time is the server's, so that all processes mean the same
 * by the end of a lease.
 * @throws AppError `inbox/*`, `usage/invalid-value`
 */
export async function openPostgres(location: string, mode: InboxMode, cwd: string): Promise<InboxStore> {
  const database = openDatabase(await readPostgresUrl(location, cwd));
  try {
    await prepareInbox(database, mode);
    if (mode === 'write') await requireRights(createWork(database));
  } catch (cause) {
    await database.close();
    throw cause;
  }
  const adding = createGroupCommit<Packed, Added>({
    commit: (items) => addAll(database, items),
    sizeOf: ({ headers, event }) => headers.length + event.body.length,
    ...BOUNDS,
  });
  const settling = createGroupCommit<Settlement, boolean>({
    commit: (settlements) => settleAll(database, settlements),
    sizeOf: () => 1,
    ...BOUNDS,
  });
  let closing: Promise<void> | undefined;
  return {
    ...createReads(database),
    ...createWork(database),
    add: (event) => adding.add({ event, headers: Buffer.from(JSON.stringify(event.headers)) }),
    settle: async ({ id, lease }, outcome) => ((await settling.add({ id, lease, outcome })) ? 'settled' : 'lost'),
    async close() {
      await Promise.all([adding.close(), settling.close()]);
      await (closing ??= database.close());
    },
  };
}

/** What only the owner of the database can mend shows at the start; what passes by itself, as a full disk does, may. */
async function requireRights({ ping }: Pick<InboxStore, 'ping'>): Promise<void> {
  try {
    await ping();
  } catch (cause) {
    if (cause instanceof AppError && ['inbox/forbidden', 'inbox/not-writable'].includes(cause.code)) throw cause;
  }
}
