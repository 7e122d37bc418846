import { connect, isIP } from 'node:net';
import type { AddressFact, HostAddress, LookLimits, Sockets } from '../verify/ports.ts';
import { onAbort } from './abort.ts';
import { shakeHands } from './handshake.ts';
import type { Names } from './names.ts';
import { classifyNetError } from './net-errors.ts';
import { bare, portOf, type Proxy } from './proxy.ts';
import type { Trust } from './trust.ts';

/** More records than this are no deployment that anybody has. */
const MOST_ADDRESSES = 16;

export interface SocketsOptions {
  /** The same as requests use: only then is what is seen what is used. */
  readonly names: Names;
  readonly trust: Trust;
  /** The proxy that requests to a URL go through, or undefined. */
  readonly proxyFor: (url: URL) => Proxy | undefined;
}

/** Looks at the way to a host, and hangs up at once. */
export function createSockets({ names, trust, proxyFor }: SocketsOptions): Sockets {
  return {
    async lookUp(url, { timeoutMs, signal }) {
      const proxy = proxyFor(url);
      if (proxy !== undefined) return { via: 'proxy', proxy: proxy.shown };
      const host = bare(url.hostname);
      if (isIP(host) !== 0) return { via: 'address', address: host };
      const { error: _error, ...answer } = await names.lookUp(host, timeoutMs);
      signal.throwIfAborted();
      return { via: 'name', host, ...answer };
    },
    async reach(url, limits) {
      const proxy = proxyFor(url);
      if (proxy !== undefined) return { via: 'proxy', proxy: proxy.shown };
      const host = bare(url.hostname);
      const family = isIP(host) === 6 ? 6 : 4;
      const addresses =
        isIP(host) === 0 ? await addressesOf(url, host, names, limits) : [{ address: host, family } as const];
      const facts = addresses.slice(0, MOST_ADDRESSES).map((address) => tryAddress(address, portOf(url), limits));
      return { via: 'direct', addresses: await Promise.all(facts) };
    },
    handshake: (url, limits) =>
      shakeHands({ url, proxy: proxyFor(url), names, trust, timeoutMs: limits.timeoutMs }, limits),
  };
}

/** @throws AppError `net/dns` */
async function addressesOf(
  url: URL,
  host: string,
  names: Names,
  { timeoutMs, signal }: LookLimits,
): Promise<readonly HostAddress[]> {
  const { addresses, error } = await names.lookUp(host, timeoutMs);
  signal.throwIfAborted();
  if (addresses.length > 0) return addresses;
  const isHttps = url.protocol === 'https:';
  throw classifyNetError(error, { phase: 'name', host, port: portOf(url), isHttps, timeoutMs });
}

function tryAddress(
  { address, family }: HostAddress,
  port: number,
  { timeoutMs, signal }: LookLimits,
): Promise<AddressFact> {
  const shown = family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  const startedAt = performance.now();
  return new Promise((done) => {
    const socket = connect({ host: address, port, family });
    const end = (outcome: AddressFact['outcome']): void => {
      forget();
      socket.destroy();
      done({ address: shown, family, outcome, durationMs: performance.now() - startedAt });
    };
    socket.setTimeout(timeoutMs, () => end('timed-out'));
    socket.once('connect', () => end('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(outcomeOf(error.code, family)));
    const forget = onAbort(signal, () => setImmediate(end, 'unreachable'));
  });
}

function outcomeOf(code: string | undefined, family: 4 | 6): AddressFact['outcome'] {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT') return 'timed-out';
  const hasNoRoute = code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
  return family === 6 && hasNoRoute ? 'no-route' : 'unreachable';
}
