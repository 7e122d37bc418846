import type { AddressLimit } from '../base/application.ts';
import { AppError } from '../base/errors.ts';
import type { Settings } from '../base/settings.ts';
import { API_BASES } from '../intercom/regions.ts';
import { isLoopbackHost } from '../intercom/webhook-url.ts';
import { createReceiver } from '../receive/receive.ts';
import { observed } from '../receive/observer.ts';
import { createKeyring } from '../receive/keyring.ts';
import { isHealthPath } from '../receive/routes.ts';
import type { Context } from './context.ts';
import { storePlace } from './store-place.ts';
import { createServeLog, type LogFormat } from './serve-log.ts';
import { type HandlingInput, prepareHandling } from './serve-handling.ts';
import { startOperations } from './serve-operations.ts';
import { findSecrets, followSecrets } from './serve-secrets.ts';

export interface ServeInput extends HandlingInput {
  readonly host?: string;
  readonly port?: string;
  readonly path: string;
  readonly store?: string;
  readonly maxBodyBytes: number;
  readonly secretStdin?: boolean;
  readonly perAddress?: AddressLimit;
  readonly drainTimeoutMs: number;
  readonly metricsPort?: number;
  readonly logFormat: LogFormat;
}

/** Opens the inbox, listens, says so, and receives until the run is interrupted. */
export async function runReceiver(input: ServeInput, context: Context): Promise<void> {
  const { output, clock, signal } = context;
  if (input.logFormat === 'json') output.logAsJson();
  const settings = await context.settings();
  const host = requireHost(settings.get('host', input.host)?.value ?? '');
  const port = settings.get('port', input.port)?.value ?? 0;
  requireFreePath(input.path);
  const isPiped = input.secretStdin === true;
  const secrets = await findSecrets(isPiped, settings, context);
  const keyring = createKeyring(secrets);
  const handling = await prepareHandling(input, context);
  const store = storePlace(settings, input.store, output);
  const inbox = await context.openInbox(store, 'write');
  const receiver = createReceiver({
    inbox,
    keyring,
    webhookPath: input.path,
    apiBase: apiBaseOf(settings),
    clock,
    ...(handling && { isComingBack: handling.isComingBack }),
  });
  const log = createServeLog(context, input.logFormat);
  const operations = await startOperations(input.metricsPort, { inbox, keyring }, context);
  const observers = [log, ...(operations ? [operations.metrics] : []), ...(handling ? [handling] : [])];
  const limits = { maxBodyBytes: input.maxBodyBytes, ...(input.perAddress && { perAddress: input.perAddress }) };
  try {
    const listener = await context.listen({ host, port }, limits, observed(receiver, observers, clock));
    try {
      warnAbout({ host, store, isConfigured: keyring.isConfigured }, context);
      const url = `${listener.origin}${input.path}`;
      await followSecrets(keyring, secrets, isPiped, context);
      handling?.requireElsewhere(listener.origin);
      operations?.opened(listener);
      await output.stream(
        { type: 'ready', url, ...(operations && { metricsUrl: operations.url }) },
        [`Listening on ${url}`, ...(operations ? [`Metrics at ${operations.url}`] : [])].join('\n'),
      );
      await handling?.start(inbox, log, operations?.metrics);
      await aborted(signal);
    } finally {
      operations?.draining();
      await Promise.all([listener.drain(input.drainTimeoutMs), handling?.drain(input.drainTimeoutMs)]);
      await log.end();
    }
  } finally {
    await operations?.close();
  }
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
