import { AppError } from '../base/errors.ts';
import { parseSize, showSize } from '../base/quantity.ts';
import { parsePath } from '../base/setting-values.ts';
import { defineCommand, text, toggle, value } from './command.ts';

/** SQLite takes more, but every body is held in memory while it is verified. */
const LARGEST_BODY = 100 * 1024 * 1024;
const USUAL_PATH = '/intercom/webhook';
const USUAL_BODY = '1mb';

export const serve = defineCommand({
  schema: 'serve',
  streams: true,
  interrupted: 'Stopped. What was acknowledged is in the inbox.',
  about:
    'Receives notifications: verifies the signature (sha1= and sha256=, the current and the previous secret), stores the event durably, and only then answers 200. A notification id that is in the inbox already is answered as a duplicate. HEAD, GET /health and GET /intercom/health are answered too; a query and a slash at the end of the path are ignored. Ctrl-C or SIGTERM lets what runs finish; a second one ends it at once.',
  flags: {
    host: text('--host <address>', 'address to listen on (default: 127.0.0.1)'),
    port: text('--port <n>', 'port to listen on; 0 takes any free one (default: 8000)'),
    path: value('--path <path>', `path of the webhook (default: ${USUAL_PATH})`, parsePath),
    store: text('--store <file>', 'the inbox (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)'),
    maxBody: value('--max-body <size>', `largest body that is read (default: ${USUAL_BODY})`, parseBodyLimit),
    secretStdin: toggle('--secret-stdin', 'read the secret from standard input'),
  },
  examples: ['serve', 'serve --path /webhooks/intercom --store ./inbox.db --json'],
  async run(input, context) {
    const { runReceiver } = await import('./serve-run.ts');
    const maxBodyBytes = input.maxBody ?? parseBodyLimit(USUAL_BODY);
    await runReceiver({ ...input, path: input.path ?? USUAL_PATH, maxBodyBytes }, context);
    return 0;
  },
});

function parseBodyLimit(given: string): number {
  const bytes = parseSize(given);
  if (bytes <= LARGEST_BODY) return bytes;
  throw new AppError('usage/invalid-value', {
    what: `--max-body ${given.slice(0, 40)} is too much`,
    why: `Bodies are held in memory while they are verified; the most is ${showSize(LARGEST_BODY)}.`,
    hint: 'Intercom documents no limit; 1mb is plenty by what is known.',
  });
}
