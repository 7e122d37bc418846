import type { PeerCertificate } from 'node:tls';
import type { ErrorCode } from '../base/errors.ts';
import { cleanLine, shorten } from '../base/text.ts';

/** What was being done: the name looked up, TCP connected, the proxy's part of it, TLS, or waiting for the answer. */
export type NetPhase = 'name' | 'connect' | 'proxy' | 'tls' | 'answer';

export interface NetContext {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isHttps: boolean;
  readonly phase: NetPhase;
  readonly timeoutMs: number;
  /** As it may be shown: without credentials. */
  readonly proxy?: string | undefined;
  /** The certificate that was shown, where it came to that. */
  readonly certificate?: PeerCertificate | undefined;
  /** The first bytes of what should have been an answer. */
  readonly opening?: Uint8Array | undefined;
}

/** One failed try: an address where it is known, and the system's code. */
export interface NetFailure {
  readonly code: string;
  readonly address?: string;
  readonly error: Error;
}

/** What there is to explain; `failures` are those found inside `error`, the most telling first. */
export interface NetTrouble {
  readonly error: unknown;
  readonly failures: readonly NetFailure[];
  readonly context: NetContext;
}

/** An explained failure: the parts of an AppError. */
export interface NetFinding {
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly hint: string;
}

/** The time that was allowed is over. */
export class TimedOut extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('timed out');
  }
}

const DEEPEST = 5;
const LONGEST_DETAIL = 200;

/** All failures inside an error: of each address that was tried (happy eyeballs), under whatever wrapping. */
export function failuresIn(error: unknown, depth = 0): readonly NetFailure[] {
  if (!(error instanceof Error) || depth > DEEPEST) return [];
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.flatMap((inner: unknown) => failuresIn(inner, depth + 1));
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const inner = failuresIn(error.cause, depth + 1);
  if (inner.length > 0 && (typeof code !== 'string' || code.startsWith('UND_ERR_'))) return inner;
  const where = address === undefined || port === undefined ? {} : { address: `${bracketed(address)}:${port}` };
  return [{ code: typeof code === 'string' ? code : codeInWords(error), ...where, error }];
}

/** Some of Node's and undici's errors have a sentence in place of a code. */
function codeInWords({ message, name }: Error): string {
  return /closed|hang up|disconnected/i.test(message) ? 'closed' : name;
}

export function mainCode(failures: readonly NetFailure[]): string {
  return cleanLine(failures[0]?.code ?? 'unknown');
}

/** Messages that say nothing to anybody. */
const EMPTY_WORDS = /^(?:|fetch failed|other side closed|terminated|unknown error)$/i;

/** The system's own words, for codes that are not in our tables. */
export function detail(failures: readonly NetFailure[]): string {
  const text = cleanLine(failures[0]?.error.message ?? '').replace(/\.$/, '');
  return EMPTY_WORDS.test(text) ? 'It failed' : shorten(text, LONGEST_DETAIL);
}

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'closed']);

/** Whether a code says that the other side ended the connection. */
export function isClosed(code: string): boolean {
  return CLOSED.has(code);
}

/** Whether a code says that what came is not HTTP: Node's parser has codes of its own, undici's only a name. */
export function isParserCode(code: string): boolean {
  return code.startsWith('HPE_') || code === 'HTTPParserError';
}

/** `example.com:443`, `[::1]:8000`. */
export function peerOf({ host, port }: NetContext): string {
  return `${bracketed(host)}:${port}`;
}

/** IPv6 addresses in brackets, as a port may follow. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
