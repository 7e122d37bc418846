import { eventId } from '../../base/event-id.ts';
import type { Added, EventFilter, EventSummary, IncomingEvent, InboxStore } from '../../receive/inbox.ts';
import { createGroupCommit } from './group-commit.ts';
import { type Engine, openEngine } from './sqlite-engine.ts';
import { readOnly } from './sqlite-errors.ts';
import { inspectFile, prepareFile } from './sqlite-file.ts';
import type { Task } from './sqlite-messages.ts';
import type { Removed, Row, Sequence, Settlement } from './sqlite-rows.ts';

/** Where commits are made, one at a time. What is done is durable when it resolves, and was not done when it rejects. */
export interface Writer {
  add(rows: readonly Row[]): Promise<readonly Sequence[]>;
  do<T extends Exclude<Task, 'addAll'>>(task: T, ...given: Parameters<Engine[T]>): Promise<ReturnType<Engine[T]>>;
  close(): Promise<void>;
}

const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Less than the 5 s after which Intercom gives up on an answer. */
const BUSY_TIMEOUT_MS = 2000;
/** Nobody waits for a command, and a busy `serve` lets others in only between its commits. */
const PATIENT_TIMEOUT_MS = 30_000;
/** A list goes through the events in steps, so that no long read holds the journal back. */
const PAGE_EVENTS = 500;

/**
 * The inbox in a SQLite file. `write` makes the file, for this user alone, where it is missing.
 * @throws AppError `inbox/*`
 */
export async function openSqlite(path: string, mode: 'write' | 'change' | 'read'): Promise<InboxStore> {
  if (mode === 'write') await prepareFile(path);
  else await inspectFile(path, 'read');
  if (mode === 'read') return createSqliteInbox(path);
  const { startWriter } = await import('./sqlite-thread.ts');
  if (mode === 'change') await inspectFile(path, 'write');
  const timeoutMs = mode === 'change' ? PATIENT_TIMEOUT_MS : BUSY_TIMEOUT_MS;
  return createSqliteInbox(path, await startWriter(path, timeoutMs));
}

/** The inbox over a writer; without one it can only be read. */
export function createSqliteInbox(path: string, given?: Writer): InboxStore {
  const writer = given ?? noWriter(path);
  let reader = given ? undefined : openEngine(path, 'read', BUSY_TIMEOUT_MS);
  const read = (): Engine => (reader ??= openEngine(path, 'read', BUSY_TIMEOUT_MS));
  const bounds = { maxWaiting: MAX_WAITING, maxWaitingBytes: MAX_WAITING_BYTES };
  const adding = createGroupCommit<Row, Sequence>({
    commit: (rows) => writer.add(rows),
    sizeOf: ({ body, headers }) => body.length + headers.length,
    ...bounds,
  });
  const settling = createGroupCommit<Settlement, boolean>({
    commit: (settlements) => writer.do('settleAll', settlements),
    sizeOf: () => 1,
    ...bounds,
  });
  return {
    add: async (event) => toAdded(await adding.add(toRow(event))),
    get: async (id) => read().get(id),
    getAll: async (ids) => read().getAll(ids),
    list: (filter) => steps(read(), filter),
    claim: (limit, leaseMs) => writer.do('claim', limit, leaseMs),
    settle: async ({ id, lease }, outcome) => ((await settling.add({ id, lease, outcome })) ? 'settled' : 'lost'),
    requeue: (ids) => writer.do('requeue', ids),
    async prune(request, signal) {
      const tooMuch = request.maxBytes === undefined ? 0 : read().tooMuch(request.maxBytes);
      const removed = { events: 0, bytes: 0 };
      let after: Sequence | undefined = 0;
      while (after !== undefined) {
        signal?.throwIfAborted();
        const step: Removed = await writer.do('removeSome', request, tooMuch, after);
        removed.events += step.events;
        removed.bytes += step.bytes;
        after = step.last;
      }
      return removed;
    },
    prunable: async (request) => read().measure(request),
    stats: async () => read().stats(),
    ping: () => writer.do('ping'),
    async close() {
      await Promise.all([adding.close(), settling.close()]);
      reader?.close();
      await writer.close();
    },
  };
}

function noWriter(path: string): Writer {
  const refuse = async (): Promise<never> => {
    throw readOnly(path);
  };
  return { add: refuse, do: refuse, close: async () => undefined };
}

function toRow({ notificationId, topic, receivedAt, headers, body }: IncomingEvent): Row {
  return { notificationId, topic, receivedAt, headers: Buffer.from(JSON.stringify(headers)), body };
}

function toAdded(sequence: Sequence): Added {
  return { outcome: sequence > 0 ? 'added' : 'duplicate', id: eventId(Math.abs(sequence)) };
}

async function* steps(engine: Engine, filter: EventFilter): AsyncGenerator<EventSummary> {
  let left = filter.limit ?? Infinity;
  let after = filter.after;
  while (left > 0) {
    const { events, next } = engine.page({
      ...filter,
      ...(after !== undefined && { after }),
      limit: Math.min(left, PAGE_EVENTS),
    });
    yield* events.slice(0, left);
    if (next === undefined) return;
    left -= events.length;
    after = next;
  }
}
