import { AppError, type ErrorCode } from '../../src/base/errors.ts';
import type { Exchange, HeaderList } from '../../src/base/ports.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Target } from '../../src/verify/check.ts';
import type { CertificateFact, TlsFacts } from '../../src/verify/ports.ts';
import { createTarget } from '../../src/verify/target.ts';

export interface Answer {
  readonly body?: string;
  readonly headers?: HeaderList;
  readonly durationMs?: number;
  readonly method?: string;
  readonly url?: string;
}

/** A handshake and a certificate that nothing is wrong with. */
export function tlsFacts(changed: Partial<TlsFacts> = {}): TlsFacts {
  return {
    address: '192.0.2.1:443',
    outcome: { kind: 'agreed', protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
    chain: [certificateFact()],
    trust: { isTrusted: true },
    isForHost: true,
    durationMs: 3,
    ...changed,
  };
}

function certificateFact(changed: Partial<CertificateFact> = {}): CertificateFact {
  return {
    subject: 'CN=propiq.example',
    issuer: 'CN=Lab Root',
    names: ['propiq.example'],
    validFrom: 1_760_000_000_000,
    validTo: 1_790_000_000_000,
    serialNumber: '01',
    sha256: '00'.repeat(32),
    key: 'EC 256',
    ...changed,
  };
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

export const html = (status: number, body = '<!doctype html><p>Hello'): Exchange =>
  exchange(status, { body, headers: [['Content-Type', 'text/html']] });

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
