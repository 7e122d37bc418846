import { AppError } from '../base/errors.ts';
import type { Clock, Http } from '../base/ports.ts';

const PAUSE_MS = 100;
const SMALL_ANSWER = 4096;
const ONE_ANSWER_MS = 2000;
/** What a development server answers while the application behind it is being built. */
const NOT_YET: ReadonlySet<number> = new Set([502, 503, 504]);

export interface SpawnedWait {
  readonly http: Http;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly userAgent: string;
  /** Whether the application has ended: then nothing is going to answer. */
  hasEnded(): boolean;
}

/**
 * Asks in turn, until one of the addresses answers: whether an application listens on IPv4 or IPv6 is up to it.
 * @returns the address that answered; after `waitMs` one that only ever said "not yet", if there is one; else undefined
 * @throws the signal's reason when it is aborted
 */
export async function waitForSpawned(
  urls: readonly URL[],
  { http, clock, signal, userAgent, hasEnded }: SpawnedWait,
  waitMs: number,
): Promise<URL | undefined> {
  const headers = [
    ['User-Agent', userAgent],
    ['X-Propiq-Probe', 'endpoint/head'],
  ] as const;
  const limits = { timeoutMs: ONE_ANSWER_MS, maxBytes: SMALL_ANSWER, signal };
  const endsAt = clock.monotonic() + waitMs;
  let starting: URL | undefined;
  while (!hasEnded() && clock.monotonic() < endsAt) {
    for (const url of urls) {
      try {
        const { status } = await http.send({ method: 'HEAD', url, headers }, limits);
        if (!NOT_YET.has(status)) return url;
        starting = url;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof AppError)) throw error;
      }
    }
    await clock.sleep(PAUSE_MS, signal);
  }
  return hasEnded() ? undefined : starting;
}
