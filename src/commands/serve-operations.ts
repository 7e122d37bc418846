import type { Listener } from '../base/application.ts';
import { AppError } from '../base/errors.ts';
import type { Keyring } from '../receive/keyring.ts';
import { createMetrics, type Gauges, type Metrics } from '../receive/metrics.ts';
import { createOperations } from '../receive/operations.ts';
import { metricsText } from '../receive/prometheus.ts';
import type { Receiver } from '../receive/receive.ts';
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
  readonly receiver: Receiver;
  readonly keyring: Keyring;
}

/** Always this computer: whoever wants the figures elsewhere has a scraper here. */
const HOST = '127.0.0.1';
const LIMITS = { maxBodyBytes: 1024, maxConnections: 50 };

/**
 * Metrics and readiness on a port of their own; undefined where none was asked for.
 * @throws AppError `serve/*`
 */
export async function startOperations(
  port: number | undefined,
  { receiver, keyring }: Watched,
  { listen, clock, usage, version }: Context,
): Promise<Operations | undefined> {
  if (port === undefined) return undefined;
  const metrics = createMetrics();
  let opened: Listener | undefined;
  let isDraining = false;

  function obstacle(): string | undefined {
    if (isDraining) return 'It is stopping';
    if (opened === undefined) return 'It is starting';
    if (!keyring.isConfigured) return 'No webhook secret is set';
    const health = receiver.early({ method: 'GET', target: '/health', headers: [] });
    return health?.status === 200 ? undefined : 'The inbox cannot be written';
  }

  async function gauges(): Promise<Gauges> {
    const { open = 0, turnedAway = 0 } = opened?.connections() ?? {};
    return {
      isReady: obstacle() === undefined,
      openConnections: open,
      turnedAway,
      unhandled: undefined,
      oldestUnhandledAt: undefined,
      deadLetters: undefined,
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
