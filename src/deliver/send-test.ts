import { AppError, type ErrorParts } from '../base/errors.ts';
import { type Exchange, headerValue, type Http } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import { ANSWER_TIMEOUT_MS } from '../intercom/limits.ts';
import type { SignatureAlgorithm } from '../intercom/signature.ts';
import type { Delivery } from './compose.ts';
import type { Expectation } from './expectation.ts';
import { explainStatus } from './explain-status.ts';
import { buildDelivery, type Variant } from './request.ts';

export interface SendOptions {
  readonly url: URL;
  readonly variant: Variant;
  /** What is signed with; undefined for `unsigned` only. */
  readonly key: Secret | undefined;
  /** `auto`: as Intercom does, and where that is refused with 401 once more with sha256. */
  readonly algorithm: SignatureAlgorithm | 'auto';
  readonly expect: Expectation;
  readonly timeoutMs: number;
  readonly isGuideSecret: boolean;
}

/** One request for a delivery, and what was answered. */
export interface Attempt {
  readonly algorithm: SignatureAlgorithm | null;
  readonly exchange: Exchange;
}

export type Verdict = 'as-expected' | 'unexpected' | 'unanswered' | 'not-sent';

export interface DeliveryResult {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
  /** In order; the last one is what the verdict is about. */
  readonly attempts: readonly Attempt[];
  /** What an answer that was not expected means, and what to do. */
  readonly meaning?: ErrorParts;
  /** Why there was no answer. */
  readonly error?: AppError;
}

export interface SendPorts {
  readonly http: Http;
  readonly signal: AbortSignal;
}

/** Of an answer; what an answer says beyond that is of no use to anybody. */
const LONGEST_ANSWER = 64 * 1024;
/** After so many deliveries in a row without an answer the rest is not tried: all would wait in vain. */
const PATIENCE = 3;

/**
 * Sends each delivery in turn and compares the answers with what is expected.
 * @param told called with each result as it comes
 * @throws whatever the signal was aborted with
 */
export async function sendTest(
  deliveries: readonly Delivery[],
  options: SendOptions,
  ports: SendPorts,
  told: (result: DeliveryResult) => void = () => undefined,
): Promise<readonly DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  let inVain = 0;
  for (const delivery of deliveries) {
    ports.signal.throwIfAborted();
    const result: DeliveryResult =
      inVain >= PATIENCE ? { delivery, verdict: 'not-sent', attempts: [] } : await deliver(delivery, options, ports);
    inVain = result.verdict === 'unanswered' || result.verdict === 'not-sent' ? inVain + 1 : 0;
    results.push(result);
    told(result);
  }
  return results;
}

/** One delivery, and once more with sha256 where that is worth it. @throws whatever the signal was aborted with */
export async function deliver(delivery: Delivery, options: SendOptions, ports: SendPorts): Promise<DeliveryResult> {
  const first = await attempt(delivery, options.algorithm === 'auto' ? 'sha1' : options.algorithm, options, ports);
  if (first instanceof AppError) return { delivery, verdict: 'unanswered', attempts: [], error: first };
  const second = isWorthSha256(first, options) ? await attempt(delivery, 'sha256', options, ports) : undefined;
  const isAnswered = second !== undefined && !(second instanceof AppError);
  return judge(delivery, isAnswered ? [first, second] : [first], isAnswered ? second : first, options);
}

/** The guide's receivers take sha256 only; whoever forges on purpose wants to see the refusal. */
function isWorthSha256(first: Attempt, { algorithm, variant, expect }: SendOptions): boolean {
  return algorithm === 'auto' && variant === 'signed' && first.exchange.status === 401 && !expect.matches(401);
}

/** An AppError where no answer came. */
async function attempt(
  { body }: Delivery,
  algorithm: SignatureAlgorithm,
  { url, variant, key, timeoutMs }: SendOptions,
  { http, signal }: SendPorts,
): Promise<Attempt | AppError> {
  const isSigned = variant !== 'unsigned' && key !== undefined;
  const request = buildDelivery(url, body, isSigned ? { variant, key, algorithm } : { variant: 'unsigned' });
  try {
    const exchange = await http.send(request, { timeoutMs, maxBytes: LONGEST_ANSWER, signal });
    return { algorithm: isSigned ? algorithm : null, exchange };
  } catch (cause) {
    if (signal.aborted || !(cause instanceof AppError)) throw cause;
    return cause;
  }
}

function judge(
  delivery: Delivery,
  attempts: readonly Attempt[],
  { exchange }: Attempt,
  options: SendOptions,
): DeliveryResult {
  const { expect, url, variant, isGuideSecret } = options;
  if (!expect.matches(exchange.status)) {
    const meaning = explainStatus({
      url,
      status: exchange.status,
      variant,
      expected: expect.text,
      bodyBytes: delivery.body.length,
      location: headerValue(exchange.headers, 'location'),
      isGuideSecret,
    });
    return { delivery, verdict: 'unexpected', attempts, meaning };
  }
  const meaning = explainEnd(exchange, options.timeoutMs);
  return meaning
    ? { delivery, verdict: 'unexpected', attempts, meaning }
    : { delivery, verdict: 'as-expected', attempts };
}

/** A status is not an answer yet: whoever waits for its end, as HTTP clients do, waits in vain. */
function explainEnd({ status, bodyEnd }: Exchange, timeoutMs: number): ErrorParts | undefined {
  if (bodyEnd === 'timed-out') {
    return {
      what: `The answer ${status} began, but did not end within ${timeoutMs / 1000} s`,
      why: `Intercom waits ${ANSWER_TIMEOUT_MS / 1000} s for an answer; one that does not end is not one.`,
      hint: 'End the answer at once, and do the work afterwards.',
    };
  }
  if (bodyEnd === 'cut-off') {
    return {
      what: `The answer ${status} was cut off`,
      why: 'The connection closed before the body was as long as it was announced to be. What Intercom makes of that is not documented.',
      hint: "Look at the receiver's log, and at the proxies before it: something ended in the middle of the answer.",
    };
  }
  return undefined;
}

/** Which algorithm was accepted in the end, where the one that Intercom uses was not. */
export function acceptedSha256(result: DeliveryResult): boolean {
  return result.verdict === 'as-expected' && result.attempts.length === 2;
}
