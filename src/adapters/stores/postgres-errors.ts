import { AppError, type ErrorCode } from '../../base/errors.ts';
import { cleanLine } from '../../base/text.ts';

type Said = readonly [code: ErrorCode, what: string, hint: string];

const UNREACHABLE: Said = [
  'inbox/unreachable',
  'cannot be reached',
  'Start the server, or check host and port of the URL. A running `serve` goes on by itself once it is back.',
];
const LOGIN: Said = [
  'inbox/login',
  'does not let this user in',
  'Check user and password of the URL (PGPASSWORD or ~/.pgpass where it has none), and pg_hba.conf of the server.',
];
const FORBIDDEN: Said = [
  'inbox/forbidden',
  'does not let this user do that',
  'Let its owner run: create schema propiq_intercom authorization USER; where that schema is there already, name the user whose it is.',
];
const SLOW: Said = [
  'inbox/timeout',
  'did not answer in time',
  'See what keeps the server busy, or holds locks on its tables.',
];
const TLS: Said = [
  'inbox/tls',
  'does not get a secure connection',
  'Name its CA with ?sslrootcert=FILE. ?sslmode=require does without knowing the server, ?sslmode=disable without TLS: for a network that you trust.',
];
const READ_ONLY: Said = ['inbox/not-writable', 'cannot be written', 'Name the primary server, not a standby.'];
const FULL: Said = [
  'inbox/full',
  'is full',
  'Free some space on the disk of the server; nothing that was acknowledged is lost.',
];
const CORRUPT: Said = [
  'inbox/corrupt',
  'is damaged',
  'See the log of the server; restore a copy, or go on with another database. This one was left as it is.',
];
const FAILED: Said = ['inbox/failed', 'cannot be used', 'See the log of the server.'];

/** PostgreSQL's codes (https://www.postgresql.org/docs/current/errcodes-appendix.html), Node's, and those of OpenSSL. */
const TABLE: Readonly<Record<string, Said>> = {
  '3D000': ['inbox/no-database', 'does not exist', 'Make it (createdb NAME), or check the name in the URL.'],
  '42501': FORBIDDEN,
  '25006': READ_ONLY,
  '53100': FULL,
  '53300': [
    'inbox/unreachable',
    'has no connection to spare',
    'Raise max_connections of the server, or use fewer processes.',
  ],
  '57014': SLOW,
  '55P03': SLOW,
  XX001: CORRUPT,
  XX002: CORRUPT,
  ERR_TLS_CERT_ALTNAME_INVALID: TLS,
  EPROTO: TLS,
};
/** By how the code begins. */
const CLASSES: readonly (readonly [start: string, said: Said])[] = [
  ['28', LOGIN],
  ['08', UNREACHABLE],
  ['57P', UNREACHABLE],
  ['ERR_SSL', TLS],
  ['ERR_TLS', TLS],
  ['CERT_', TLS],
  ['DEPTH_ZERO', TLS],
  ['SELF_SIGNED', TLS],
  ['UNABLE_TO', TLS],
  ['E', UNREACHABLE],
];
const NO_PASSWORD = /password must be a string/;
/** What the driver says without a code. */
const PHRASES: readonly (readonly [words: RegExp, said: Said])[] = [
  [/does not support SSL/, TLS],
  [/no password|SASL|authentication/i, LOGIN],
  [/read timeout/i, SLOW],
  [/terminated|timeout|not queryable|Connection ended|closed the connection|socket/i, UNREACHABLE],
];

/** An error of the driver as AppError `inbox/*`; what is none of its comes back as it is. @param shown the URL without its password */
export function postgresError(cause: unknown, shown: string): unknown {
  if (cause instanceof AppError || !(cause instanceof Error)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const said = typeof code === 'string' ? saidOfCode(code) : saidOfWords(cause.message);
  if (!said) return cause;
  const [errorCode, problem, hint] = said;
  const words = NO_PASSWORD.test(cause.message)
    ? 'It asks for a password, and none was given'
    : cleanLine(cause.message || causesOf(cause));
  const why = `${words === '' ? 'It gave no reason' : words}${code === undefined ? '' : ` (${code})`}.`;
  return new AppError(errorCode, { what: `The inbox ${shown} ${problem}`, why, hint }, { cause });
}

function saidOfCode(code: string): Said | undefined {
  if (code.startsWith('ERR_') && !/^ERR_(?:SSL|TLS)/.test(code)) return undefined; // Node's own: a bug
  const said = TABLE[code] ?? CLASSES.find(([start]) => code.startsWith(start))?.[1];
  return said ?? (/^[0-9A-Z]{5}$/.test(code) ? FAILED : undefined);
}

function saidOfWords(message: string): Said | undefined {
  return PHRASES.find(([words]) => words.test(message))?.[1];
}

/** Where a name has several addresses, Node's error has no message of its own. */
function causesOf(cause: Error): string {
  return cause instanceof AggregateError ? (cause.errors as Error[]).map(({ message }) => message).join('; ') : '';
}
