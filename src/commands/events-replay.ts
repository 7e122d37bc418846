import { parseDuration, parseWhole } from '../base/quantity.ts';
import { choice, defineCommand, text, toggle, value } from './command.ts';
import { SELECTION_FLAGS } from './events-flags.ts';

export const eventsReplay = defineCommand({
  schema: 'events-replay',
  interrupted: 'Interrupted: what had been replayed by then has been.',
  about:
    'Handles events once more, oldest first: those named, or those that the filters choose. Without a target they are queued, and a `serve` with --handler or --forward-to takes them, dead letters too. --handler runs them here, --to sends them to an address, `original` (bytes and headers as they came) or `re-signed` with the present secret; neither changes the inbox.',
  args: [{ spec: '[id...]', about: 'evt_… or notif_…' }],
  flags: {
    ...SELECTION_FLAGS,
    limit: value('--limit <n>', 'at most so many', (given) => parseWhole(given, 1, 1_000_000)),
    to: text('--to <url>', 'send them to this address'),
    mode: choice('--mode <mode>', ['original', 're-signed'], 'with --to: which signature; default original'),
    handler: text('--handler <file>', 'run the functions of this module'),
    handlerTimeout: value('--handler-timeout <time>', 'longest run of a handler (default: 30s)', parseDuration),
    store: text(
      '--store <place>',
      'the inbox: a SQLite file or postgres://… (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)',
    ),
    secretStdin: toggle('--secret-stdin', 'read the secret for re-signed from standard input'),
    dryRun: toggle('-n, --dry-run', 'say which events, and do nothing'),
    yes: toggle('-y, --yes', 'more than 100 events, or a host that is not this computer'),
  },
  examples: [
    'events replay notif_example',
    'events replay --state dead --since 7d --dry-run',
    'events replay evt_000000000001 --to https://propiq.example/intercom/webhook --mode re-signed',
  ],
  async run(input, context) {
    const { runReplay } = await import('./events-replay-run.ts');
    return runReplay(input, context);
  },
});
