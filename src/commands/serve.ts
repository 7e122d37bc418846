import { AppError } from '../base/errors.ts';
import { parseDuration, parseSize, parseWhole, showSize } from '../base/quantity.ts';
import { parsePath } from '../base/setting-values.ts';
import { USUAL_HANDLING } from '../receive/handling-limits.ts';
import { choice, defineCommand, list, text, toggle, value } from './command.ts';

/** SQLite takes more, but every body is held in memory while it is verified. */
const LARGEST_BODY = 100 * 1024 * 1024;
const USUAL_PATH = '/intercom/webhook';
const USUAL_BODY = '1mb';
/** Intercom waits so long for an answer. */
const USUAL_DRAIN = '5s';
/** Behind a proxy, where a sender's own address is known. */
const USUAL_PER_ADDRESS = 100;
const parseConcurrency = (given: string): number => parseWhole(given, 1, 1000);
const parseAttempts = (given: string): number => parseWhole(given, 1, 100);
const parseMost = (given: string): number => parseWhole(given, 1, 10_000);
const parsePort = (given: string): number => parseWhole(given, 0, 65_535);

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
    store: text(
      '--store <place>',
      'the inbox: a SQLite file or postgres://… (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)',
    ),
    handler: text('--handler <file>', 'ES module whose functions handle the events'),
    forwardTo: text('--forward-to <url>', 'send every event on: same bytes, same headers'),
    concurrency: value(
      '--concurrency <n>',
      `how many are handled at once (default: ${USUAL_HANDLING.concurrency})`,
      parseConcurrency,
    ),
    handlerTimeout: value('--handler-timeout <time>', `longest attempt (default: 30s)`, parseDuration),
    maxAttempts: value(
      '--max-attempts <n>',
      `attempts before an event is given up (default: ${USUAL_HANDLING.maxAttempts})`,
      parseAttempts,
    ),
    retryDelay: value('--retry-delay <time>', `first wait between attempts, then tripled (default: 5s)`, parseDuration),
    maxBody: value('--max-body <size>', `largest body that is read (default: ${USUAL_BODY})`, parseBodyLimit),
    maxPerAddress: value(
      '--max-per-address <n>',
      'most connections, and requests, of one address at a time',
      parseMost,
    ),
    trustProxy: list(
      '--trust-proxy <address>',
      'a proxy (address, network, loopback) whose X-Forwarded-For is believed',
    ),
    drainTimeout: value(
      '--drain-timeout <time>',
      `longest wait for what runs at the end (default: ${USUAL_DRAIN})`,
      parseDuration,
    ),
    metricsPort: value(
      '--metrics-port <n>',
      'Prometheus metrics, /live and /ready on that port of 127.0.0.1',
      parsePort,
    ),
    logFormat: choice('--log-format <format>', ['text', 'json'], 'json: standard error is one object a line, ids only'),
    secretStdin: toggle('--secret-stdin', 'read the secret from standard input'),
  },
  examples: [
    'serve',
    'serve --path /webhooks/intercom --store ./inbox.db --json',
    'serve --trust-proxy loopback --metrics-port 0 --log-format json',
  ],
  async run(input, context) {
    const { runReceiver } = await import('./serve-run.ts');
    const { parseTrusted } = await import('./serve-addresses.ts');
    const trusted = parseTrusted(input.trustProxy ?? []);
    const most = input.maxPerAddress ?? (trusted.length > 0 ? USUAL_PER_ADDRESS : undefined);
    await runReceiver(
      {
        ...input,
        path: input.path ?? USUAL_PATH,
        maxBodyBytes: input.maxBody ?? parseBodyLimit(USUAL_BODY),
        drainTimeoutMs: input.drainTimeout ?? parseDuration(USUAL_DRAIN),
        logFormat: input.logFormat ?? 'text',
        concurrency: input.concurrency ?? USUAL_HANDLING.concurrency,
        handlerTimeoutMs: input.handlerTimeout ?? USUAL_HANDLING.timeoutMs,
        maxAttempts: input.maxAttempts ?? USUAL_HANDLING.maxAttempts,
        retryDelayMs: input.retryDelay ?? USUAL_HANDLING.retryDelayMs,
        ...(most !== undefined && { perAddress: { most, trusted } }),
      },
      context,
    );
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
