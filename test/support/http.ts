import { onTestFinished } from 'vitest';
import { createHttp, type HttpOptions } from '../../src/adapters/http.ts';
import { createTrust } from '../../src/adapters/trust.ts';
import { AppError } from '../../src/base/errors.ts';
import type { Exchange, Http, HttpLimits, HttpRequest } from '../../src/base/ports.ts';

/** The real HTTP adapter, closed with the test. */
export function openHttp({ trust, ...options }: Omit<HttpOptions, 'trust'> & { trust?: readonly string[] } = {}): Http {
  const http = createHttp({
    ...options,
    trust: createTrust({ authorities: trust?.map((pem) => ({ pem, file: 'ca.pem' })) }),
  });
  onTestFinished(() => http.close());
  return http;
}

export function limits(changed: Partial<HttpLimits> = {}): HttpLimits {
  return { timeoutMs: 5000, maxBytes: 10_000, signal: new AbortController().signal, ...changed };
}

export function get(url: string): HttpRequest {
  return { method: 'GET', url: new URL(url), headers: [] };
}

/** The body as Latin-1, so that every byte can be compared. */
export function textOf({ body }: Exchange): string {
  return Buffer.from(body).toString('latin1');
}

/** The expected failure of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<AppError> {
  const outcome = await call.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (outcome instanceof AppError) return outcome;
  throw outcome;
}
