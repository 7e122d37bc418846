import { parseWhole } from '../base/quantity.ts';
import type { EventSummary } from '../receive/inbox.ts';
import { defineCommand, text, value } from './command.ts';

const USUAL_LIMIT = 20;
const MOST = 1000;

export const eventsList = defineCommand({
  schema: 'events-list',
  about:
    'Lists what the receiver stored, newest first. Works beside a running `serve`; nothing is changed. `next` under --json is what --after of the next page takes.',
  flags: {
    limit: value('--limit <n>', `how many, up to ${MOST} (default: ${USUAL_LIMIT})`, (given) =>
      parseWhole(given, 1, MOST),
    ),
    after: text('--after <id>', 'start behind this event: the next page'),
    topic: text('--topic <name>', 'only this topic'),
    store: text(
      '--store <place>',
      'the inbox: a SQLite file or postgres://… (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)',
    ),
  },
  examples: ['events list', 'events list --topic user.created --limit 5 --json'],
  async run({ limit = USUAL_LIMIT, after, topic, store }, context) {
    const { inboxToRead, instant, requireCursor } = await import('./events-inbox.ts');
    const { summaryJson } = await import('../receive/event-view.ts');
    const { eventTable } = await import('../receive/event-table.ts');
    const { output } = context;
    const start = requireCursor(after);
    const inbox = await inboxToRead(store, context);
    const filter = {
      order: 'newest-first',
      limit: limit + 1, // one more tells whether there is a next page
      ...(topic !== undefined && { topic }),
      ...(start !== undefined && { after: start }),
    } as const;
    const found: EventSummary[] = [];
    for await (const event of inbox?.list(filter) ?? []) found.push(event);
    const events = found.slice(0, limit);
    const next = found.length > limit ? (events.at(-1)?.id ?? null) : null;
    const table = events.length === 0 ? '' : eventTable(events, output.columns, instant, output.paint.dim);
    output.result('events-list', true, { events: events.map((event) => summaryJson(event, instant)), next }, table);
    if (!output.json && inbox && events.length === 0) output.note('No events.');
    if (!output.json && next !== null) output.note(`More: propiq-intercom events list --after ${next}`);
    return 0;
  },
});
