import { AppError } from '../base/errors.ts';
import type { BodyEnd, HeaderList, HttpRequest } from '../base/ports.ts';
import { createRedactor, maskHeaders, type Redactor } from '../base/redact.ts';
import { Secret } from '../base/secret.ts';
import { cleanLine, cleanLines, decodeUtf8, shorten } from '../base/text.ts';
import { signNotification } from '../intercom/signature.ts';
import { BOTH_ALGORITHMS } from './check.ts';
import { isAnswer, type Outcome } from './outcome.ts';

/** One probe and what came of it, fit to be printed: cleaned, shortened, without secrets and signatures. */
export interface Evidence {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderList;
    readonly body: string;
    readonly bytes: number;
  };
  readonly answer: {
    readonly status: number;
    readonly headers: HeaderList;
    readonly body: string;
    readonly bytes: number;
    readonly bodyEnd: BodyEnd;
    readonly address: string;
    readonly proxy: string | null;
  } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly durationMs: number;
}

const LONGEST_REQUEST_BODY = 300;
const LONGEST_ANSWER_BODY = 1000;
const LONGEST_HEADER = 200;
const MOST_HEADERS = 40;
/** Of a body, before it is cleaned: more is never shown. */
const READ_BYTES = 16_384;

export type Recorder = (request: HttpRequest, outcome: Outcome, durationMs: number) => Evidence;

/**
 * Makes evidence of exchanges. Besides the secrets themselves, the right signature of what was sent is taken out of an
 * answer: a receiver that leaks it must not make this report a leak as well.
 */
export function createRecorder(known: readonly Secret[]): Recorder {
  const secrets = known.filter(({ byteLength }) => byteLength > 0);
  const redactSecrets = createRedactor(secrets);
  return (request, outcome, durationMs) => {
    const digests = secrets.flatMap((secret) => digestSpellings(request.body ?? new Uint8Array(), secret));
    const redactDigests = createRedactor(digests);
    const redact: Redactor = (text) => redactSecrets(redactDigests(text));
    const headers = (list: HeaderList): HeaderList =>
      maskHeaders(list)
        .slice(0, MOST_HEADERS)
        .map(([name, value]) => [cleanLine(redact(name)), shorten(cleanLine(redact(value)), LONGEST_HEADER)]);
    const text = (bytes: Uint8Array, max: number): string =>
      shorten(cleanLines(redact(decodeUtf8(bytes.subarray(0, READ_BYTES)))), max);
    return {
      request: {
        method: request.method,
        url: request.url.href,
        headers: headers(request.headers),
        body: text(request.body ?? new Uint8Array(), LONGEST_REQUEST_BODY),
        bytes: request.body?.length ?? 0,
      },
      answer: isAnswer(outcome)
        ? {
            status: outcome.status,
            headers: headers(outcome.headers),
            body: text(outcome.body, LONGEST_ANSWER_BODY),
            bytes: outcome.body.length,
            bodyEnd: outcome.bodyEnd,
            address: outcome.address,
            proxy: outcome.proxy ?? null,
          }
        : null,
      error: outcome instanceof AppError ? { code: outcome.code, message: cleanLine(redact(outcome.message)) } : null,
      durationMs: Math.round(durationMs),
    };
  };
}

/** The right digests of a body as texts that could stand in an answer; `createRedactor` adds their hex and base64. */
function digestSpellings(body: Uint8Array, secret: Secret): readonly Secret[] {
  return BOTH_ALGORITHMS.flatMap((algorithm) => {
    const hex = signNotification(body, secret, algorithm).slice(algorithm.length + 1);
    return [new Secret(Buffer.from(hex, 'hex')), new Secret(hex.toUpperCase())];
  });
}
