import type { Http } from '../base/ports.ts';
import type { LineOptions, Sockets } from '../verify/ports.ts';
import { createHttp } from './http.ts';
import { createNames } from './names.ts';
import { proxyFor, type ProxySettings } from './proxy.ts';
import { createSockets } from './sockets.ts';
import { createTrust } from './trust.ts';

/** Requests, and looks at the way that they take: one view of names, proxies and certificates for both. */
export function createLine(
  proxies: ProxySettings,
  { pins, authorities, isInsecure }: LineOptions = {},
): { readonly http: Http & { close(): Promise<void> }; readonly sockets: Sockets } {
  const names = createNames(pins);
  const trust = createTrust({ authorities, isInsecure });
  return {
    http: createHttp({ proxies, names, trust }),
    sockets: createSockets({ names, trust, proxyFor: (url) => proxyFor(url, proxies) }),
  };
}
