import { AppError } from '../base/errors.ts';
import { headerValues, type HeaderList, type Http, type HttpRequest } from '../base/ports.ts';
import { showDuration } from '../base/quantity.ts';
import { ANSWER_TIMEOUT_MS, FAST_LANE_MS } from '../intercom/limits.ts';
import { SIGNATURE_HEADER } from '../intercom/signature.ts';
import type { Attempt, Handle } from './attempt.ts';
import type { StoredEvent } from './inbox.ts';

/** What the other side answered, as Intercom would see it. */
export interface Forwarded {
  /** Null where no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
  /** Answered, but not within the 500 ms that keep the fast lane. */
  readonly isSlow: boolean;
  /** What Intercom would make of it, where that is more than a repetition. */
  readonly verdict: string;
}

/** Of an answer's body: nothing in it is looked at. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Headers that belong to one connection (RFC 9110, 7.6.1), and those that the sender sets itself: Host for the target, the
 * length of the body, and no expectation, which whoever received the body has met.
 */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'expect',
]);

/** The event as it came: the same bytes, and the header lines with their order and repeats, the signature among them. */
export function forwardRequest({ headers, body }: Pick<StoredEvent, 'headers' | 'body'>, url: URL): HttpRequest {
  const named = headerValues(headers, 'connection').flatMap((value) => value.split(','));
  const dropped = new Set(named.map((name) => name.trim().toLowerCase()));
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !OF_THE_CONNECTION.has(lower) && (!dropped.has(lower) || lower === SIGNATURE_HEADER.toLowerCase());
  });
  return { method: 'POST', url, headers: kept, body };
}

/** Sends one event, and judges the answer by Intercom's rules: 2xx within 5 s, redirects not followed. */
export async function forwardOnce(
  request: HttpRequest,
  http: Http,
  signal: AbortSignal,
): Promise<Attempt<Forwarded> & { readonly seen: Forwarded }> {
  try {
    const { status, durationMs } = await http.send(request, {
      timeoutMs: ANSWER_TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    const isDelivered = status >= 200 && status <= 299;
    const seen = { status, durationMs, isSlow: durationMs > FAST_LANE_MS, verdict: verdictOn(status, durationMs) };
    return isDelivered ? { seen } : { seen, failure: { label: `answered with ${status}`, message: '' } };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const isTimeout = cause.code === 'net/timeout' || cause.code === 'net/no-answer';
    const verdict = isTimeout ? `no answer within ${showDuration(ANSWER_TIMEOUT_MS)}: Intercom gives up then` : '';
    const seen = { status: null, durationMs: isTimeout ? ANSWER_TIMEOUT_MS : 0, isSlow: false, verdict };
    return { seen, failure: { label: `${cause.what} (${cause.code})`, message: '' } };
  }
}

/** The statuses that Intercom takes for more than a failure. Source: developers.intercom.com, webhook-models. */
function verdictOn(status: number, durationMs: number): string {
  if (status >= 300 && status <= 399)
    return 'a redirect: only 2xx counts as delivered, and whether Intercom follows one is not documented';
  if (status === 410) return 'to Intercom 410 says that the subscription is to be disabled';
  if (status === 429) return 'to Intercom 429 says that all notifications are to be slowed down';
  if (status < 300 && durationMs > FAST_LANE_MS)
    return `over ${showDuration(FAST_LANE_MS)}: Intercom gives slow answers a lower priority`;
  return '';
}

/** Forwards whatever is handled. What is under way can be recognised when it comes back. */
export function createForward(
  url: URL,
  http: Http,
): { handle: Handle<Forwarded>; isUnderWay(headers: HeaderList): boolean } {
  const underWay = new Set<string>();
  const keyOf = (headers: HeaderList): string => headerValues(headers, SIGNATURE_HEADER).join();
  return {
    async handle(event, signal) {
      const key = keyOf(event.headers);
      underWay.add(key);
      try {
        return await forwardOnce(forwardRequest(event, url), http, signal);
      } finally {
        underWay.delete(key);
      }
    },
    isUnderWay: (headers) => underWay.has(keyOf(headers)),
  };
}
