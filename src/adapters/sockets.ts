import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { AppError } from '../base/errors.ts';
import type { AddressFact, Sockets } from '../verify/ports.ts';

/** More records than this are no deployment that anybody has. */
const MOST_ADDRESSES = 16;

/**
 * Connects to every address of a host and hangs up at once.
 * @param proxyFor the proxy that requests to a URL go through, without credentials, or undefined
 */
export function createSockets(proxyFor: (url: URL) => string | undefined): Sockets {
  return {
    async reach(url, { timeoutMs, signal }) {
      const proxy = proxyFor(url);
      if (proxy !== undefined) return { via: 'proxy', proxy };
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
      const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host, timeoutMs, signal);
      const facts = addresses
        .slice(0, MOST_ADDRESSES)
        .map(({ address, family }) => tryAddress(address, family === 6 ? 6 : 4, port, timeoutMs, signal));
      return { via: 'direct', addresses: await Promise.all(facts) };
    },
  };
}

async function resolve(
  host: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ address: string; family: number }[]> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new Error('ETIMEOUT')), { once: true });
  });
  late.catch(() => undefined); // when the answer is first, nobody listens any more
  try {
    return await Promise.race([lookup(host, { all: true, order: 'verbatim' }), late]);
  } catch (cause) {
    signal.throwIfAborted();
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ETIMEOUT';
    const why =
      code === 'ENOTFOUND' ? 'The name does not exist in the DNS' : 'The DNS server of this machine gave no answer';
    throw new AppError(
      'net/dns',
      {
        what: `The host name ${host} has no address`,
        why: `${why} (${code}).`,
        hint: `Check the spelling of ${host} and its A and AAAA records; a new record takes a while to be seen.`,
      },
      { cause },
    );
  }
}

function tryAddress(
  address: string,
  family: 4 | 6,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<AddressFact> {
  const shown = family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  return new Promise((done) => {
    const own = AbortSignal.any([signal]);
    const socket = connect({ host: address, port, family });
    const end = (outcome: AddressFact['outcome']): void => {
      own.removeEventListener('abort', stop);
      socket.destroy();
      done({ address: shown, family, outcome });
    };
    const stop = (): void => end('unreachable');
    own.addEventListener('abort', stop, { once: true });
    socket.setTimeout(timeoutMs, () => end('timed-out'));
    socket.once('connect', () => end('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(outcomeOf(error.code, family)));
  });
}

function outcomeOf(code: string | undefined, family: 4 | 6): AddressFact['outcome'] {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT') return 'timed-out';
  const hasNoRoute = code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
  return family === 6 && hasNoRoute ? 'no-route' : 'unreachable';
}
