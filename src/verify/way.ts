import { orAborted } from '../base/or-aborted.ts';
import type { LookLimits, NameFacts, Reach, Sockets, TlsFacts } from './ports.ts';

/** The way to the receiver, each step looked at once in a run. */
export interface Way {
  name(): Promise<NameFacts>;
  /** @throws AppError `net/dns` */
  reach(): Promise<Reach>;
  /** @throws AppError `net/*` when there is no connection to speak TLS on */
  tls(): Promise<TlsFacts>;
  /** Addresses that took a connection, to be used in turn; one undefined where there is no choice, or a proxy that makes it. */
  choices(): Promise<readonly (string | undefined)[]>;
}

export function createWay(url: URL, sockets: Sockets, timeoutMs: number, ownSignal: () => AbortSignal): Way {
  let named: Promise<NameFacts> | undefined;
  let reached: Promise<Reach> | undefined;
  let shaken: Promise<TlsFacts> | undefined;

  function looking<T>(look: (limits: LookLimits) => Promise<T>): Promise<T> {
    const signal = ownSignal();
    return orAborted(() => look({ timeoutMs, signal }), signal);
  }

  const tls = (): Promise<TlsFacts> => (shaken ??= looking((limits) => sockets.handshake(url, limits)));

  return {
    name: () => (named ??= looking((limits) => sockets.lookUp(url, limits))),
    reach() {
      // what comes next on the way is begun at the same time: a round trip less to wait for
      if (url.protocol === 'https:') tls().catch(() => undefined);
      return (reached ??= looking((limits) => sockets.reach(url, limits)));
    },
    tls,
    async choices() {
      const reach = await reached?.catch(() => undefined);
      const open = reach?.via === 'direct' ? reach.addresses.filter(({ outcome }) => outcome === 'open') : [];
      const [first, second] = open;
      if (first === undefined || second === undefined) return [undefined];
      return open.map(({ address }) => address.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
    },
  };
}
