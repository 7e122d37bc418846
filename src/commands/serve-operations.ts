import type { Listener } from '../base/application.ts';
import { AppError } from '../base/errors.ts';
import type { InboxStore } from '../receive/inbox.ts';
import type { Keyring } from '../receive/keyring.ts';
import { createMetrics, type Gauges, type Metrics } from '../receive/metrics.ts';
import { createOperations } from '../receive/operations.ts';
import { metricsText } from '../receive/prometheus.ts';
import type { Context } from './context.ts';

export interface Operations {
  readonly metrics: Metrics;
  /** Of the metrics. */
  readonly url: string;
  /** The receiver listens. */
  opened(listener: Listener): void;
  /** It stops: no longer ready. */
  draining(): void;
  close(): Promise<void>;
}

interface Watched {
  readonly inbox: Pick<InboxStore, 'stats' | 'ping'>;
  readonly keyring: Keyring;
}

/** Always this computer: whoever wants the figures elsewhere has a scraper here. */
const HOST = '127.0.0.1';
/** A page must not hang on an inbox that does not answer: a scraper gives up after ten seconds. */
const PATIENCE_MS = 2000;
const LIMITS = { maxBodyBytes: 1024, maxConnections: 50 };

/**
 * Metrics and readiness on a port of their own; undefined where none was asked for.
 * @throws AppError `serve/*`
 */
export async function startOperations(
  port: number | undefined,
  { inbox, keyring }: Watched,
  { listen, clock, usage, version }: Context,
): Promise<Operations | undefined> {
  if (port === undefined) return undefined;
  const metrics = createMetrics();
  let opened: Listener | undefined;
  let isDraining = false;

  /** What the inbox says, or undefined where it fails or takes too long. */
  async function asked<T>(question: Promise<T>): Promise<T | undefined> {
    const done = new AbortController();
    const tooLong = clock.sleep(PATIENCE_MS, done.signal).catch(() => undefined);
    const answer = await Promise.race([question.catch(() => undefined), tooLong.then(() => undefined)]);
    done.abort();
    return answer;
  }

  async function obstacle(): Promise<string | undefined> {
    if (isDraining) return 'It is stopping';
    if (opened === undefined) return 'It is starting';
    if (!keyring.isConfigured) return 'No webhook secret is set';
    const isWritable = await asked(inbox.ping().then(() => true));
    return isWritable === true ? undefined : 'The inbox cannot be written';
  }

  async function gauges(): Promise<Gauges> {
    const { open = 0, turnedAway = 0 } = opened?.connections() ?? {};
    const [problem, stats] = await Promise.all([obstacle(), asked(inbox.stats())]);
    return {
      isReady: problem === undefined,
      openConnections: open,
      turnedAway,
      inbox: stats,
      ...usage(),
      version,
    };
  }

  const application = createOperations({
    obstacle,
    metrics: async () => metricsText(metrics.families(await gauges(), clock.now())),
  });
  const listener = await listen({ host: HOST, port }, LIMITS, application).catch((cause: unknown) => {
    if (!(cause instanceof AppError)) throw cause;
    const hint = 'Give the metrics another port (--metrics-port 9465), or any free one (--metrics-port 0).';
    throw new AppError(cause.code, { what: `${cause.what}, for the metrics`, why: cause.why, hint }, { cause });
  });
  return {
    metrics,
    url: `${listener.origin}/metrics`,
    opened: (receiving) => void (opened = receiving),
    draining: () => void (isDraining = true),
    close: () => listener.drain(0),
  };
}
