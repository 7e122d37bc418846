import { AppError } from '../base/errors.ts';
import type { BodyEnd, HeaderList, HttpRequest, Timings } from '../base/ports.ts';
import { createRedactor, maskHeaders, type Redactor } from '../base/redact.ts';
import { Secret } from '../base/secret.ts';
import { cleanLine, cleanLines, decodeUtf8, shorten } from '../base/text.ts';
import { signNotification } from '../intercom/signature.ts';
import { BOTH_ALGORITHMS } from './check.ts';
import { isAnswer, type Outcome } from './outcome.ts';
import type { WayEvidence } from './way-evidence.ts';

/** What a judgement rests on. */
export type Evidence = ExchangeEvidence | WayEvidence;

/** One probe and what came of it, fit to be printed: cleaned, shortened, without secrets and signatures. */
export interface ExchangeEvidence {
  readonly kind: 'exchange';
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
  /** By phase, in ms; null where no answer came. */
  readonly timings: Timings | null;
}

const LONGEST_REQUEST_BODY = 300;
const LONGEST_ANSWER_BODY = 1000;
const LONGEST_HEADER = 200;
const MOST_HEADERS = 40;
/** Of a body, before it is cleaned: more is never shown. */
const READ_BYTES = 16_384;

export type Recorder = (request: HttpRequest, outcome: Outcome, durationMs: number) => ExchangeEvidence;

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
      kind: 'exchange',
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
      timings: isAnswer(outcome) && outcome.timings ? rounded(outcome.timings) : null,
    };
  };
}

/** To a tenth of a millisecond. */
function rounded({ dns, connect, tls, firstByte, total }: Timings): Timings {
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  const ifSpent = (ms: number | null): number | null => ms && round(ms);
  return {
    dns: ifSpent(dns),
    connect: ifSpent(connect),
    tls: ifSpent(tls),
    firstByte: round(firstByte),
    total: round(total),
  };
}

/** The right digests of a body as texts that could stand in an answer; `createRedactor` adds their hex and base64. */
function digestSpellings(body: Uint8Array, secret: Secret): readonly Secret[] {
  return BOTH_ALGORITHMS.flatMap((algorithm) => {
    const hex = signNotification(body, secret, algorithm).slice(algorithm.length + 1);
    return [new Secret(Buffer.from(hex, 'hex')), new Secret(hex.toUpperCase())];
  });
}
