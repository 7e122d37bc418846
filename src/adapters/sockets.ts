import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { AddressFact, Sockets } from '../verify/ports.ts';
import { classifyNetError } from './net-errors.ts';
import { TimedOut } from './net-failure.ts';
import { bare, portOf } from './proxy.ts';

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
      const host = bare(url.hostname);
      const addresses = isIP(host)
        ? [{ address: host, family: isIP(host) }]
        : await resolve(url, host, timeoutMs, signal);
      const port = portOf(url);
      const facts = addresses
        .slice(0, MOST_ADDRESSES)
        .map(({ address, family }) => tryAddress(address, family === 6 ? 6 : 4, port, timeoutMs, signal));
      return { via: 'direct', addresses: await Promise.all(facts) };
    },
  };
}

/** @throws AppError `net/dns` */
async function resolve(
  url: URL,
  host: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<readonly { address: string; family: number }[]> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new TimedOut()), { once: true });
  });
  late.catch(() => undefined); // when the answer is first, nobody listens any more
  try {
    return await Promise.race([lookup(host, { all: true, order: 'verbatim' }), late]);
  } catch (cause) {
    signal.throwIfAborted();
    const isHttps = url.protocol === 'https:';
    throw classifyNetError(cause, { phase: 'name', host, port: portOf(url), isHttps, timeoutMs });
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
