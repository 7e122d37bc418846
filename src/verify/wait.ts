import { AppError } from '../base/errors.ts';
import type { Clock, Http } from '../base/ports.ts';
import type { Target } from './check.ts';
import { hasNoPath } from './target.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
/** What a platform answers while nothing runs behind it yet. */
const NOT_YET: ReadonlySet<number> = new Set([502, 503, 504]);
const SMALL_ANSWER = 4096;

/**
 * Asks with HEAD until the deployment answers, or the time is over; then the checks tell what is wrong.
 * @returns whether it answered
 * @throws the signal's reason when it is aborted
 */
export async function waitForAnswer(
  { url, userAgent, timeoutMs }: Target,
  { http, clock, signal }: { readonly http: Http; readonly clock: Clock; readonly signal: AbortSignal },
  waitMs: number,
): Promise<boolean> {
  if (hasNoPath(url)) return false;
  const endsAt = clock.monotonic() + waitMs;
  const headers = [
    ['User-Agent', userAgent],
    ['X-Propiq-Probe', 'endpoint/head'],
  ] as const;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const leftMs = endsAt - clock.monotonic();
    if (leftMs <= 0) return false;
    const limits = { timeoutMs: Math.min(timeoutMs, leftMs), maxBytes: SMALL_ANSWER, signal };
    try {
      const { status } = await http.send({ method: 'HEAD', url, headers }, limits);
      if (!NOT_YET.has(status)) return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
    }
    await clock.sleep(Math.min(pauseMs, Math.max(endsAt - clock.monotonic(), 1)), signal);
  }
}
