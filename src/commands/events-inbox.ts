import { AppError } from '../base/errors.ts';
import { parseEventId } from '../base/event-id.ts';
import type { InboxStore } from '../receive/inbox.ts';
import type { Context } from './context.ts';
import { storePlace } from './store-place.ts';

/**
 * The inbox that is to be read, or changed; undefined where this user has none yet. One that was named must be there.
 * @throws AppError `inbox/*`
 */
export async function inboxThere(
  store: string | undefined,
  context: Context,
  mode: 'read' | 'change' = 'read',
): Promise<InboxStore | undefined> {
  const named = storePlace(await context.settings(), store, context.output);
  try {
    return await context.openInbox(named, mode);
  } catch (cause) {
    if (named !== undefined || !(cause instanceof AppError) || cause.code !== 'inbox/missing') throw cause;
    context.output.note('There is no inbox yet: `propiq-intercom serve` makes it when it starts.');
    return undefined;
  }
}

/** @throws AppError `usage/invalid-value` when a cursor is no inbox id */
export function requireCursor(after: string | undefined): string | undefined {
  if (after === undefined || parseEventId(after) !== undefined) return after;
  throw new AppError('usage/invalid-value', {
    what: `"${after.slice(0, 40)}" is not a place in the inbox`,
    why: '--after takes the id of an event (evt_…), as `next` of the page before has it.',
    hint: 'propiq-intercom events list',
  });
}

/** ISO 8601, UTC. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
