import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createSqliteInbox } from '../../src/adapters/stores/sqlite.ts';
import { type Engine, openEngine } from '../../src/adapters/stores/sqlite-engine.ts';
import { prepareFile } from '../../src/adapters/stores/sqlite-file.ts';
import type { EventFilter, EventSummary, IncomingEvent, InboxStore } from '../../src/receive/inbox.ts';
import { temporaryFolder } from './cli.ts';

const BUSY_TIMEOUT_MS = 50;

export function event(changed: Partial<IncomingEvent> = {}): IncomingEvent {
  return {
    notificationId: null,
    topic: 'ping',
    receivedAt: 1_768_015_702_123,
    headers: [['Content-Type', 'application/json']],
    body: new TextEncoder().encode('{}'),
    ...changed,
  };
}

/** A fresh file that nobody has opened yet. */
export function freshPath(): string {
  return join(temporaryFolder(), 'state', 'inbox.db');
}

/** An engine of this thread, closed with the test. */
export async function openFreshEngine(path = freshPath()): Promise<Engine> {
  await prepareFile(path);
  const engine = openEngine(path, 'write', BUSY_TIMEOUT_MS);
  onTestFinished(() => engine.close());
  return engine;
}

/** The inbox over an engine of this thread: the one of the program runs in a thread that only exists once it is built. */
export async function openSqliteHere(path = freshPath()): Promise<InboxStore> {
  const engine = await openFreshEngine(path);
  const inbox = createSqliteInbox(path, {
    add: async (rows) => engine.addAll(rows),
    do: async (task, ...given) => (engine[task] as (...given: readonly unknown[]) => never)(...given),
    close: async () => undefined,
  });
  onTestFinished(() => inbox.close());
  return inbox;
}

export async function listed(inbox: InboxStore, filter: EventFilter): Promise<readonly EventSummary[]> {
  const found: EventSummary[] = [];
  for await (const summary of inbox.list(filter)) found.push(summary);
  return found;
}
