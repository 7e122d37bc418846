import { parseWhole } from '../base/quantity.ts';
import { shellWord } from '../base/text.ts';
import type { EventSummary } from '../receive/inbox.ts';
import { defineCommand, text, value } from './command.ts';
import { SELECTION_FLAGS } from './events-flags.ts';

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
    ...SELECTION_FLAGS,
    id: text('--id <id>', 'only this one: evt_… or notif_…'),
    store: text(
      '--store <place>',
      'the inbox: a SQLite file or postgres://… (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)',
    ),
  },
  examples: ['events list', 'events list --topic user.created --limit 5 --json', 'events list --state dead --since 7d'],
  async run({ limit = USUAL_LIMIT, after, store, id, ...narrowing }, context) {
    const { inboxThere, instant, requireCursor } = await import('./events-inbox.ts');
    const { selectionOf } = await import('./events-selection.ts');
    const { summaryJson } = await import('../receive/event-view.ts');
    const { eventTable } = await import('../receive/event-table.ts');
    const { output, clock } = context;
    const start = requireCursor(after);
    const filter = {
      ...selectionOf(narrowing, clock.now()),
      ...(id !== undefined && { id }),
      order: 'newest-first',
      limit: limit + 1, // one more tells whether there is a next page
      ...(start !== undefined && { after: start }),
    } as const;
    const inbox = await inboxThere(store, context);
    const found: EventSummary[] = [];
    for await (const event of inbox?.list(filter) ?? []) found.push(event);
    const events = found.slice(0, limit);
    const next = found.length > limit ? (events.at(-1)?.id ?? null) : null;
    const table = events.length === 0 ? '' : eventTable(events, output.columns, instant, output.paint.dim);
    output.result('events-list', true, { events: events.map((event) => summaryJson(event, instant)), next }, table);
    if (!output.json && inbox && events.length === 0) output.note('No events.');
    if (!output.json && next !== null) {
      const same = wordsOf({ limit: limit === USUAL_LIMIT ? undefined : String(limit), store, ...narrowing });
      output.note(`More: ${['propiq-intercom events list', ...same, `--after ${next}`].join(' ')}`);
    }
    return 0;
  },
});

/** The flags as they were given, for the line that asks for the next page. */
function wordsOf(flags: Readonly<Record<string, string | readonly string[] | undefined>>): readonly string[] {
  return Object.entries(flags).flatMap(([name, given]) =>
    (typeof given === 'string' ? [given] : (given ?? [])).flatMap((word) =>
      name === 'args' ? [] : [`--${name} ${shellWord(word)}`],
    ),
  );
}
