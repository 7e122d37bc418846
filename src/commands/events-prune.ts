import { AppError } from '../base/errors.ts';
import { parseSize, showSize } from '../base/quantity.ts';
import { plural } from '../base/text.ts';
import { defineCommand, list, text, toggle, value } from './command.ts';

export const eventsPrune = defineCommand({
  schema: 'events-prune',
  interrupted: 'Interrupted: what was removed by then is gone, the rest is there.',
  about:
    'Removes events for good, by age or by size, the oldest first; without --state only those that were handled. Their notification ids stay known, so that a late duplicate is still one. Where no handler is used, events stay `received`: --state received names them. Works beside a running `serve`.',
  flags: {
    before: text('--before <time>', 'received before: 30d ago, or a date (2026-01-31)'),
    maxSize: value('--max-size <size>', 'keep the newest up to this: 500mb', parseSize),
    state: list('--state <state>', 'these instead of handled; repeatable, or with commas'),
    store: text(
      '--store <place>',
      'the inbox: a SQLite file or postgres://… (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)',
    ),
    dryRun: toggle('-n, --dry-run', 'count, and remove nothing'),
    yes: toggle('-y, --yes', 'remove without asking'),
  },
  examples: ['events prune --before 30d --dry-run', 'events prune --max-size 500mb --state handled,dead --yes'],
  async run({ before, maxSize, state, store, dryRun, yes }, context) {
    const { inboxThere } = await import('./events-inbox.ts');
    const { parseMoment } = await import('./moment.ts');
    const { parseStates } = await import('./events-selection.ts');
    const { output, prompts, signal, clock } = context;
    if (before === undefined && maxSize === undefined) {
      throw new AppError('usage/missing-input', {
        what: 'Which events may go?',
        why: 'Neither an age nor a size is given.',
        hint: 'propiq-intercom events prune --before 30d --dry-run',
      });
    }
    const request = {
      states: state === undefined ? (['handled'] as const) : parseStates(state),
      ...(before !== undefined && { before: parseMoment(before, clock.now()) }),
      ...(maxSize !== undefined && { maxBytes: maxSize }),
    };
    const inbox = await inboxThere(store, context, dryRun ? 'read' : 'change');
    const found = (await inbox?.prunable(request)) ?? { events: 0, bytes: 0 };
    const amount = `${plural(found.events, 'event')} (${showSize(found.bytes)})`;
    const head = { dryRun: dryRun === true, states: [...request.states] };
    if (dryRun || found.events === 0 || !inbox) {
      const told = found.events === 0 ? 'Nothing to remove.' : `Would remove ${amount}.`;
      output.result('events-prune', true, { ...head, events: found.events, bytes: found.bytes }, told);
      return 0;
    }
    if (!yes && !(prompts.can && (await prompts.confirm(`Remove ${amount} for good?`)))) {
      throw new AppError('usage/needs-yes', {
        what: `To remove ${amount} needs your consent`,
        why: 'What is removed cannot be brought back or replayed.',
        hint: 'Look with --dry-run, and add --yes if it is meant.',
      });
    }
    const gone = await inbox.prune(request, signal);
    const told = `Removed ${plural(gone.events, 'event')} (${showSize(gone.bytes)}). Their ids stay known.`;
    output.result('events-prune', true, { ...head, events: gone.events, bytes: gone.bytes }, told);
    return 0;
  },
});
