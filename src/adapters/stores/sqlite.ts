import { eventId } from '../../base/event-id.ts';
import type { Added, EventFilter, EventSummary, IncomingEvent, InboxStore } from '../../receive/inbox.ts';
import { createGroupCommit } from './group-commit.ts';
import { type Engine, openEngine, type Row, type Sequence } from './sqlite-engine.ts';
import { inspectFile, prepareFile } from './sqlite-file.ts';

/** Where commits are made, one at a time. */
export interface Writer {
  /** All of it is durable when this resolves, none of it is there when it rejects. */
  commit(rows: readonly Row[]): Promise<readonly Sequence[]>;
  close(): Promise<void>;
}

const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Less than the 5 s after which Intercom gives up on an answer. */
const BUSY_TIMEOUT_MS = 2000;
/** A list goes through the events in steps, so that no long read holds the journal back. */
const PAGE_EVENTS = 500;

/**
 * The inbox in a SQLite file. `write` makes the file, for this user alone, where it is missing.
 * @throws AppError `inbox/*`
 */
export async function openSqlite(path: string, mode: 'write' | 'read'): Promise<InboxStore> {
  if (mode === 'read') {
    await inspectFile(path, mode);
    return createSqliteInbox(path);
  }
  await prepareFile(path);
  const { startWriter } = await import('./sqlite-thread.ts');
  return createSqliteInbox(path, await startWriter(path, BUSY_TIMEOUT_MS));
}

/** The inbox over a writer; without one it can only be read. */
export function createSqliteInbox(path: string, writer?: Writer): InboxStore {
  let reader: Engine | undefined = writer ? undefined : openEngine(path, 'read', BUSY_TIMEOUT_MS);
  const read = (): Engine => (reader ??= openEngine(path, 'read', BUSY_TIMEOUT_MS));
  const queue = createGroupCommit<Row, Sequence>({
    commit: async (rows) => (await writer?.commit(rows)) ?? [],
    sizeOf: ({ body, headers }) => body.length + headers.length,
    maxWaiting: MAX_WAITING,
    maxWaitingBytes: MAX_WAITING_BYTES,
  });
  return {
    add: async (event) => toAdded(await queue.add(toRow(event))),
    get: async (id) => read().get(id),
    list: (filter) => pages(read(), filter),
    async close() {
      await queue.close();
      reader?.close();
      await writer?.close();
    },
  };
}

function toRow({ notificationId, topic, receivedAt, headers, body }: IncomingEvent): Row {
  return { notificationId, topic, receivedAt, headers: Buffer.from(JSON.stringify(headers)), body };
}

function toAdded(sequence: Sequence): Added {
  return { outcome: sequence > 0 ? 'added' : 'duplicate', id: eventId(Math.abs(sequence)) };
}

async function* pages(engine: Engine, filter: EventFilter): AsyncGenerator<EventSummary> {
  let left = filter.limit ?? Infinity;
  let after = filter.after;
  while (left > 0) {
    const limit = Math.min(left, PAGE_EVENTS);
    const page = engine.page({ ...filter, ...(after !== undefined && { after }), limit });
    yield* page;
    if (page.length < limit) return;
    left -= page.length;
    after = page.at(-1)?.id;
  }
}
