import { AppError } from '../base/errors.ts';
import { headerValue } from '../base/ports.ts';
import { cleanLine, shorten } from '../base/text.ts';
import type { InboxStore } from '../receive/inbox.ts';
import type { Context } from './context.ts';

const PATIENCE_MS = 3000;
const POLL_MS = 200;
const NEWEST = 20;

/** The topic of what came into this user's inbox since then, our own probes excepted; undefined where nothing did. */
export async function arrivalAt(
  store: string | undefined,
  sinceMs: number,
  { openInbox, clock, signal }: Context,
): Promise<string | undefined> {
  let inbox: InboxStore;
  try {
    inbox = await openInbox(store, 'read');
  } catch (cause) {
    if (cause instanceof AppError && cause.code.startsWith('inbox/')) return undefined;
    throw cause;
  }
  const endsAt = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const topic = await newest(inbox, sinceMs);
    if (topic !== undefined || clock.monotonic() >= endsAt) return topic;
    await clock.sleep(POLL_MS, signal);
  }
}

async function newest(inbox: InboxStore, sinceMs: number): Promise<string | undefined> {
  for await (const { id, topic, receivedAt } of inbox.list({ order: 'newest-first', limit: NEWEST })) {
    if (receivedAt < sinceMs) return undefined;
    const event = await inbox.get(id);
    if (event && headerValue(event.headers, 'X-Propiq-Probe') === undefined) return shorten(cleanLine(topic), 60);
  }
  return undefined;
}
