import { jsonLine, type JsonObject } from '../base/json.ts';
import { defineCommand, text } from './command.ts';
import { SELECTION_FLAGS } from './events-flags.ts';

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
    const write = (record: JsonObject & { type: string }): Promise<void> =>
      context.output.stream(record, context.output.json ? '' : jsonLine(record));
    let events = 0;
    const filter = { ...selection, order: 'oldest-first', ...(start !== undefined && { after: start }) } as const;
    for await (const { id } of inbox?.list(filter) ?? []) {
      context.signal.throwIfAborted();
      const event = await inbox?.get(id);
      if (!event) continue; // pruned since it was listed
      await write({ type: 'event', ...eventJson(event, instant) });
      events += 1;
    }
    await write({ type: 'summary', events });
    return 0;
  },
});
