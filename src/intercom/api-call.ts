import { AppError } from '../base/errors.ts';
import { type Exchange, headerValue, type HttpRequest } from '../base/ports.ts';
import { createRedactor } from '../base/redact.ts';
import { decodeUtf8, decodeUtf8Strictly } from '../base/text.ts';
import type { ApiOptions, ApiPorts } from './api.ts';
import { parseErrorList } from './api-answers.ts';
import { type AboutCall, explainAnswer, explainUnexpected, explainUnreached } from './api-errors.ts';
import type { ApiVersion } from './topics.ts';

/** One call, and what a well-formed answer to it is. */
export interface ApiCall<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly version?: ApiVersion;
  /** Whether it may be sent again when nobody knows what became of it; a removal that finds nothing the second time has done it. */
  readonly repeat: 'safe' | 'never' | 'removal';
  /** The JSON of a 2xx answer (null: no body) → the result, or undefined where it is none. */
  parse(value: unknown): T | undefined;
  /** In words: `a subscription`. */
  readonly expected: string;
}

/** Why a call waits, and how long. */
export interface ApiWait {
  readonly reason: 'rate-limited' | 'server-error' | 'connection-lost';
  readonly ms: number;
  /** The attempt that comes after it: 2, 3, … */
  readonly attempt: number;
}

const MOST_ATTEMPTS = 3;
const TIMEOUT_MS = 10_000;
/** No answer of these calls comes near. */
const LONGEST_ANSWER = 1024 * 1024;
/** Windows are 10 s long. Source: developers.intercom.com, docs/references/2.17/rest-api/errors/rate-limiting. */
const WINDOW_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;
const BACK_OFF_MS = 500;
const SPREAD_MS = 250;

/** Sends calls with the token, waits and repeats where that is right, and turns every answer into a result or an AppError. */
export function createCaller(
  options: ApiOptions,
  { http, clock, random, signal, waiting }: ApiPorts,
): <T>(call: ApiCall<T>) => Promise<T> {
  const redact = createRedactor([options.token]);
  const limits = { timeoutMs: options.timeoutMs ?? TIMEOUT_MS, maxBytes: LONGEST_ANSWER, signal };

  return async (call) => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await send(call);
      const wait = attempt < MOST_ATTEMPTS ? waitBefore(call, outcome, attempt) : undefined;
      if (wait === undefined) return settle(call, outcome, attempt);
      waiting?.(wait);
      await clock.sleep(wait.ms, signal);
    }
  };

  async function send(call: ApiCall<unknown>): Promise<Exchange | AppError> {
    try {
      return await http.send(requestFor(call, options), limits);
    } catch (cause) {
      if (signal.aborted || !(cause instanceof AppError)) throw cause;
      return cause;
    }
  }

  /** Undefined where waiting is of no use, or might do something twice. */
  function waitBefore(call: ApiCall<unknown>, outcome: Exchange | AppError, attempt: number): ApiWait | undefined {
    const next = attempt + 1;
    const backOff = (): number => BACK_OFF_MS * 2 ** attempt * (0.5 + chance() / 2);
    if (outcome instanceof AppError) {
      if (call.repeat === 'never' || outcome.code !== 'net/reset') return undefined;
      return { reason: 'connection-lost', ms: backOff(), attempt: next };
    }
    if (outcome.status === 429) {
      const ms = untilReset(headerValue(outcome.headers, 'x-ratelimit-reset'), clock.now());
      return ms > LONGEST_WAIT_MS
        ? undefined
        : { reason: 'rate-limited', ms: ms + Math.round(chance() * SPREAD_MS), attempt: next };
    }
    if (outcome.status < 500 || call.repeat === 'never') return undefined;
    return { reason: 'server-error', ms: backOff(), attempt: next };
  }

  function settle<T>(call: ApiCall<T>, outcome: Exchange | AppError, attempt: number): T {
    const { method, path, version } = call;
    const about: AboutCall = { method, path, version, base: options.base, redact };
    if (outcome instanceof AppError) throw explainUnreached(outcome, about);
    const isDoneBefore = call.repeat === 'removal' && attempt > 1 && outcome.status === 404;
    const read: Read = isDoneBefore ? { ok: true, value: null } : readJson(outcome);
    if (!isDoneBefore && (outcome.status < 200 || outcome.status > 299)) {
      const resetMs = untilReset(headerValue(outcome.headers, 'x-ratelimit-reset'), clock.now());
      throw explainAnswer(outcome, { ...about, resetMs, list: read.ok ? parseErrorList(read.value) : undefined });
    }
    const result = read.ok ? call.parse(read.value) : undefined;
    if (result !== undefined) return result;
    throw explainUnexpected(outcome, about, read.ok ? `It is not ${call.expected}` : read.problem);
  }

  /** From 0 to 1. */
  function chance(): number {
    return (random.bytes(1)[0] ?? 0) / 255;
  }
}

function requestFor(call: ApiCall<unknown>, { base, token, userAgent }: ApiOptions): HttpRequest {
  const body = call.body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(call.body));
  return {
    method: call.method,
    url: new URL(`${base.pathname.replace(/\/+$/, '')}${call.path}`, base.origin),
    headers: [
      ['Authorization', `Bearer ${decodeUtf8(token.reveal())}`],
      ['Accept', 'application/json'],
      ['User-Agent', userAgent],
      ...(call.version === undefined ? [] : ([['Intercom-Version', call.version]] as const)),
      ...(body === undefined ? [] : ([['Content-Type', 'application/json']] as const)),
    ],
    ...(body && { body }),
  };
}

/** How long until the window opens again: at least a second, and a whole window where nothing usable is said. */
function untilReset(reset: string | undefined, nowMs: number): number {
  const seconds = reset !== undefined && /^\d{1,12}$/.test(reset.trim()) ? Number(reset) : undefined;
  return seconds === undefined ? WINDOW_MS : Math.max(seconds * 1000 - nowMs, 1000);
}

type Read = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function readJson({ body, bodyEnd }: Exchange): Read {
  if (bodyEnd === 'too-long') return { ok: false, problem: 'It is longer than 1 MB' };
  if (bodyEnd !== 'complete') return { ok: false, problem: 'It did not come to its end' };
  const text = decodeUtf8Strictly(body);
  if (text?.trim() === '') return { ok: true, value: null };
  try {
    return { ok: true, value: JSON.parse(text ?? '') };
  } catch {
    return { ok: false, problem: 'It is not JSON' };
  }
}
