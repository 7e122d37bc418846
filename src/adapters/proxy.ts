import { BlockList, isIP } from 'node:net';
import { AppError } from '../base/errors.ts';
import { cleanLine } from '../base/text.ts';

/** The values of HTTP_PROXY, HTTPS_PROXY and NO_PROXY; undefined or empty is none. */
export interface ProxySettings {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  readonly except?: string | undefined;
}

export interface Proxy {
  readonly isTls: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** For people: `http://proxy.example:3128`, never with credentials. */
  readonly shown: string;
  /** The value of Proxy-Authorization, where the address has credentials. */
  readonly authorization?: string;
}

/** Reads the three variables from an environment; the lower-case spelling wins, as in curl. */
export function proxySettings(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const either = (name: string): string | undefined => environment[name.toLowerCase()] ?? environment[name];
  return { http: either('HTTP_PROXY'), https: either('HTTPS_PROXY'), except: either('NO_PROXY') };
}

/**
 * The proxy for a target, or undefined for a direct connection: always direct to this computer, and to what NO_PROXY names.
 * @throws AppError `settings/invalid` when the variable holds no usable address
 */
export function proxyFor(target: URL, settings: ProxySettings): Proxy | undefined {
  const isHttps = target.protocol === 'https:';
  const address = (isHttps ? settings.https : settings.http)?.trim();
  if (address === undefined || address === '') return undefined;
  const host = bare(target.hostname);
  if (isLoopback(host) || isExcepted(host, portOf(target), settings.except ?? '')) return undefined;
  return parseProxy(address, isHttps ? 'HTTPS_PROXY' : 'HTTP_PROXY');
}

/** The port of an http or https URL, the default one included. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** A URL's host name as the system calls take it: no brackets around IPv6. */
export function bare(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function parseProxy(address: string, variable: string): Proxy {
  const text = address.includes('://') ? address : `http://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw new AppError('settings/invalid', {
      what: `${variable} cannot be used`,
      why: url
        ? `It names a ${cleanLine(url.protocol.slice(0, -1))} proxy; only http and https ones are known.`
        : 'It is not the address of a proxy.',
      hint: `Write it like ${variable}=http://proxy.example:3128, or unset it.`,
    });
  }
  const proxy = {
    isTls: url.protocol === 'https:',
    host: bare(url.hostname),
    port: portOf(url),
    shown: `${url.protocol}//${url.hostname}:${portOf(url)}`,
  };
  if (url.username === '' && url.password === '') return proxy;
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  return { ...proxy, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % in a password
  }
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('0.0.0.0', 'ipv4');
LOOPBACK.addAddress('::', 'ipv6');

function isLoopback(host: string): boolean {
  if (isIP(host) !== 0) return LOOPBACK.check(host, family(host));
  return /(?:^|\.)localhost\.?$/.test(host);
}

/** One entry matches a name and all below it (`example.com`, `.example.com`), an address, a range (`10.0.0.0/8`), or `*`. */
function isExcepted(host: string, port: number, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host.replace(/\.$/, ''), port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const range = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (range) return isInRange(host, bare(range[1] ?? ''), Number(range[2]));
  const withPort = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort && Number(withPort[2]) !== port) return false;
  const named = bare(withPort?.[1] ?? entry)
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  if (isIP(host) !== 0) return isIP(named) !== 0 && isInRange(host, named, isIP(named) === 4 ? 32 : 128);
  return host === named || host.endsWith(`.${named}`);
}

function isInRange(host: string, network: string, bits: number): boolean {
  if (isIP(host) === 0 || isIP(network) === 0 || bits > (isIP(network) === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family(network));
  return list.check(host, family(host));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
