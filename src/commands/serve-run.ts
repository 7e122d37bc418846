import { AppError } from '../base/errors.ts';
import type { Settings } from '../base/settings.ts';
import { API_BASES } from '../intercom/regions.ts';
import { isLoopbackHost } from '../intercom/webhook-url.ts';
import type { Application } from '../base/application.ts';
import { type Answer, createReceiver, type Receiver } from '../receive/receive.ts';
import { createKeyring } from '../receive/keyring.ts';
import { isHealthPath } from '../receive/routes.ts';
import type { Context } from './context.ts';
import { createServeLog, type ServeLog } from './serve-log.ts';
import { findSecrets, followSecrets } from './serve-secrets.ts';

export interface ServeInput {
  readonly host?: string;
  readonly port?: string;
  readonly path: string;
  readonly store?: string;
  readonly maxBodyBytes: number;
  readonly secretStdin?: boolean;
}

/** What runs when a stop is asked for may take this long; Intercom waits 5 s for an answer. */
const DRAIN_MS = 5000;

/** Opens the inbox, listens, says so, and receives until the run is interrupted. */
export async function runReceiver(input: ServeInput, context: Context): Promise<void> {
  const { output, clock, signal } = context;
  const settings = await context.settings();
  const host = requireHost(settings.get('host', input.host)?.value ?? '');
  const port = settings.get('port', input.port)?.value ?? 0;
  requireFreePath(input.path);
  const isPiped = input.secretStdin === true;
  const secrets = await findSecrets(isPiped, settings, context);
  const keyring = createKeyring(secrets);
  const store = settings.get('store', input.store)?.value;
  const inbox = await context.openInbox(store, 'write');
  const receiver = createReceiver({ inbox, keyring, webhookPath: input.path, apiBase: apiBaseOf(settings), clock });
  const log = createServeLog(context);
  const application = applicationOf(receiver, log);
  const listener = await context.listen({ host, port }, { maxBodyBytes: input.maxBodyBytes }, application);
  try {
    warnAbout({ host, store, isConfigured: keyring.isConfigured }, context);
    const url = `${listener.origin}${input.path}`;
    await followSecrets(keyring, secrets, isPiped, context);
    await output.stream({ type: 'ready', url }, `Listening on ${url}`);
    await aborted(signal);
  } finally {
    await listener.drain(DRAIN_MS);
    await log.end();
  }
}

/** Every answer is logged, and the log is never waited for. */
function applicationOf(receiver: Receiver, log: ServeLog): Application {
  const told = (answer: Answer): Answer => {
    log.happened(answer.happening);
    return answer;
  };
  return {
    early(head) {
      const answer = receiver.early(head);
      return answer && told(answer);
    },
    answer: async (request) => told(await receiver.take(request)),
    tooLarge: (head) => told(receiver.tooLarge(head)),
    overloaded: (head) => told(receiver.overloaded(head)),
    unreadable: (status, problem) => told(receiver.unreadable(status, problem)),
    failed(cause) {
      log.failed(cause);
      return { status: 500, headers: [['Content-Type', 'application/json']], body: '{"detail":"Internal error"}' };
    },
  };
}

interface Circumstances {
  readonly host: string;
  readonly store: string | undefined;
  readonly isConfigured: boolean;
}

function warnAbout({ host, store, isConfigured }: Circumstances, { output }: Context): void {
  if (!isConfigured) {
    output.warn(
      'No webhook secret is set: every notification is answered with 503 until there is one. Put INTERCOM_WEBHOOK_SECRET=… into .env.',
    );
  }
  if (store === 'memory:') output.warn('The inbox is in memory only: its events are gone when this process ends.');
  if (!isLoopbackHost(host)) {
    output.warn(
      `Other computers can reach ${host}, and this is plain http. Intercom asks for https: put a TLS proxy or a tunnel in front.`,
    );
  }
}

function apiBaseOf(settings: Settings): string {
  const override = settings.get('apiBase')?.value;
  return override ? override.href.replace(/\/$/, '') : API_BASES[settings.get('region')?.value ?? 'us'];
}

/** An empty host would mean every address of this computer. */
function requireHost(host: string): string {
  if (/^[^\s/]+$/.test(host)) return host.replace(/^\[(.*)\]$/, '$1');
  throw new AppError('usage/invalid-value', {
    what: '--host is not an address',
    why: host === '' ? 'It is empty.' : 'It has a space or a slash in it.',
    hint: 'Use --host 127.0.0.1, or an address of this computer.',
  });
}

function requireFreePath(path: string): void {
  if (!isHealthPath(path)) return;
  throw new AppError('usage/conflict', {
    what: `The webhook cannot be at ${path}`,
    why: 'That is where the health routes are.',
    hint: 'Use --path /intercom/webhook',
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
