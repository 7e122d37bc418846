import { AppError, type ErrorCode } from '../../src/base/errors.ts';
import type { Exchange, HeaderList } from '../../src/base/ports.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Target } from '../../src/verify/check.ts';
import { createTarget } from '../../src/verify/target.ts';

export interface Answer {
  readonly body?: string;
  readonly headers?: HeaderList;
  readonly durationMs?: number;
  readonly method?: string;
  readonly url?: string;
}

const URL_JUDGED = 'https://propiq.example/intercom/webhook';

/** An answer, for the tables of `judge`. */
export function exchange(
  status: number,
  { body = '', headers = [], durationMs = 5, method, url }: Answer = {},
): Exchange {
  return {
    request: { method: method ?? 'POST', url: new URL(url ?? URL_JUDGED), headers: [] },
    status,
    headers,
    body: new TextEncoder().encode(body),
    bodyEnd: 'complete',
    address: '192.0.2.1:443',
    durationMs,
  };
}

export const json = (status: number, value: unknown): Exchange =>
  exchange(status, { body: JSON.stringify(value), headers: [['Content-Type', 'application/json']] });

export const html = (status: number): Exchange =>
  exchange(status, { body: '<!doctype html><p>Hello', headers: [['Content-Type', 'text/html']] });

/** No answer. */
export function noAnswer(code: ErrorCode = 'net/no-answer'): AppError {
  return new AppError(code, { what: 'No answer', why: 'The test says so.', hint: 'Look at the test.' });
}

export interface TargetChange {
  readonly url?: string;
  readonly secret?: string;
  readonly wantsSigned?: boolean;
  readonly healthPath?: string;
  readonly intercomHealthPath?: string;
  readonly timeoutMs?: number;
}

export function targetOf({ url, secret, wantsSigned, timeoutMs, ...paths }: TargetChange = {}): Target {
  return createTarget({
    url: new URL(url ?? URL_JUDGED),
    secret: secret === undefined ? undefined : new Secret(secret),
    wantsSigned: wantsSigned ?? true,
    version: '0.0.0',
    timeoutMs: timeoutMs ?? 5000,
    ...paths,
  });
}
