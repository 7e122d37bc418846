import { jsonLine, type JsonObject } from '../base/json.ts';
import { orAborted } from '../base/or-aborted.ts';
import type { EventSummary } from '../receive/inbox.ts';
import { defineCommand, text } from './command.ts';
import { SELECTION_FLAGS } from './events-flags.ts';

/** So many bodies are held at a time: one by one would be a way to the server for each. */
const PORTION = 25;

export const eventsExport = defineCommand({
  schema: 'events-export',
  streams: true,
  about:
    'Writes the inbox to standard output, oldest first, one JSON record a line: an `event` each with headers and body, and a `summary` at the end. A body that is not UTF-8 is in base64. Works beside a running `serve`.',
  flags: {
    after: text('--after <id>', 'only what came after this event'),
    ...SELECTION_FLAGS,
    store: text(
      '--store <place>',
      'the inbox: a SQLite file or postgres://… (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)',
    ),
  },
  examples: ['events export', 'events export --topic user.created --after evt_000000000001'],
  async run({ after, store, ...narrowing }, context) {
    const { inboxThere, instant, requireCursor } = await import('./events-inbox.ts');
    const { selectionOf } = await import('./events-selection.ts');
    const { eventJson } = await import('../receive/event-view.ts');
    const start = requireCursor(after);
    const selection = selectionOf(narrowing, context.clock.now());
    const inbox = await inboxThere(store, context);
    const { output, signal } = context;
    // a pager that is not read any further would be waited for, whatever is asked meanwhile
    const write = (record: JsonObject & { type: string }): Promise<void> =>
      orAborted(() => output.stream(record, output.json ? '' : jsonLine(record)), signal);
    let events = 0;
    const filter = { ...selection, order: 'oldest-first', ...(start !== undefined && { after: start }) } as const;
    if (inbox) {
      for await (const ids of portions(inbox.list(filter))) {
        for (const event of await inbox.getAll(ids)) {
          await write({ type: 'event', ...eventJson(event, instant) });
          events += 1;
        }
      }
    }
    await write({ type: 'summary', events });
    return 0;
  },
});

async function* portions(events: AsyncIterable<EventSummary>): AsyncGenerator<readonly string[]> {
  let ids: string[] = [];
  for await (const { id } of events) {
    ids.push(id);
    if (ids.length < PORTION) continue;
    yield ids;
    ids = [];
  }
  if (ids.length > 0) yield ids;
}
