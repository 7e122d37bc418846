import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { AppError } from '../../base/errors.ts';
import { decodePart } from './url-part.ts';

/** Where a database is and how it is reached. Nothing but `password` is secret. */
export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly ssl: ConnectionOptions | false;
  /** For messages: without the password. */
  readonly shown: string;
}

const USUAL_PORT = 5432;
const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof MODES)[number];
const PARAMETERS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;
type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;
const ESCAPES = 'a special character in the user or password needs its %XX form (@ %40, / %2F, ? %3F, # %23).';
const EXAMPLE = 'postgres://USER@HOST:5432/DATABASE?sslmode=verify-full';

/**
 * Reads the URL of a database, and the certificates that it names. The modes of TLS mean what they mean to PostgreSQL's
 * own programs (https://www.postgresql.org/docs/current/libpq-ssl.html); without one it is `verify-full`, and none on
 * this computer. What the URL leaves out (a password, say) comes from PGPASSWORD and its like, or ~/.pgpass.
 * @throws AppError `usage/invalid-value`, which never holds any part of the URL but the names of its parameters
 */
export async function readPostgresUrl(location: string, cwd: string): Promise<PostgresPlace> {
  if (!URL.canParse(location))
    throw unusable(
      `It is not a full URL: it names no host (localhost, if ?host= has the folder of a socket), or ${ESCAPES}`,
    );
  const url = new URL(location);
  // Where a password was cut short, the rest of it stands among what is shown.
  if (url.hash !== '' || `${url.pathname}${url.search}`.includes('@'))
    throw unusable(`Its parts do not fit: ${ESCAPES}`);
  const given = parametersOf(url);
  const text = (part: string): string | undefined => (part === '' ? undefined : decodePart(part));
  const host = given.host ?? text(url.hostname)?.replace(/^\[(.*)\]$/, '$1') ?? 'localhost';
  const port = url.port === '' ? USUAL_PORT : Number(url.port);
  const database = text(url.pathname.slice(1));
  const user = text(url.username);
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    host,
    port,
    database,
    user,
    password: text(url.password),
    ssl: await tlsOf(given, host, cwd),
    shown: `postgres://${user === undefined ? '' : `${user}@`}${place}/${database ?? ''}`,
  };
}

function parametersOf(url: URL): Parameters {
  for (const name of url.searchParams.keys()) {
    if (!(PARAMETERS as readonly string[]).includes(name)) {
      throw unusable(`Its parameter ${name.slice(0, 40)} is not known; known are ${PARAMETERS.join(', ')}.`);
    }
  }
  return Object.fromEntries(url.searchParams);
}

async function tlsOf(given: Parameters, host: string, cwd: string): Promise<ConnectionOptions | false> {
  const mode = given.sslmode ?? (isOnThisComputer(host) ? 'disable' : 'verify-full');
  if (!isMode(mode)) throw unusable(`Its sslmode is none of ${MODES.join(', ')}.`);
  if (mode === 'disable') return false;
  const read = (path: string): Promise<Buffer> => readCertificate(resolve(cwd, path));
  const { sslrootcert, sslcert, sslkey } = given;
  return {
    ...(sslrootcert !== undefined && { ca: await read(sslrootcert) }),
    ...(sslcert !== undefined && { cert: await read(sslcert) }),
    ...(sslkey !== undefined && { key: await read(sslkey) }),
    rejectUnauthorized: mode !== 'require' || sslrootcert !== undefined,
    // The driver tells TLS no name where the host is an address: left to itself it would ask for "localhost".
    checkServerIdentity: (_, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
  };
}

async function readCertificate(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw unusable(`The certificate or key ${path} cannot be read (${code}).`, cause);
  }
}

function isMode(text: string): text is Mode {
  return (MODES as readonly string[]).includes(text);
}

/** A path is the folder of a socket. */
function isOnThisComputer(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function unusable(why: string, cause?: unknown): AppError {
  const parts = { what: 'The URL of the PostgreSQL inbox cannot be used', why, hint: `Its form is ${EXAMPLE}` };
  return new AppError('usage/invalid-value', parts, { cause });
}
