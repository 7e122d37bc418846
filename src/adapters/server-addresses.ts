import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import type { AddressLimit } from '../base/application.ts';

/** Bounds what one address may have open at the same time. */
export interface AddressGate {
  /** Whether the connection may stay; it counts until it is closed. A trusted proxy's always may. */
  admits(socket: Socket): boolean;
  /** A place for the request, to be given back once; undefined where the address has as many as it may. */
  enter(request: IncomingMessage): (() => void) | undefined;
}

/** Further back nothing is looked at: a chain of proxies is never so long. */
const MOST_HOPS = 32;

export function createAddressGate({ most, trusted }: AddressLimit): AddressGate {
  const proxies = blockList(trusted);
  const connections = new Map<string, number>();
  const requests = new Map<string, number>();
  return {
    admits(socket) {
      const address = plain(socket.remoteAddress);
      if (isIn(proxies, address)) return true;
      const leave = take(connections, keyOf(address), most);
      if (leave === undefined) return false;
      socket.once('close', leave);
      return true;
    },
    enter: (request) => take(requests, keyOf(clientOf(request, proxies)), most),
  };
}

function take(places: Map<string, number>, key: string, most: number): (() => void) | undefined {
  const taken = places.get(key) ?? 0;
  if (taken >= most) return undefined;
  places.set(key, taken + 1);
  let isGiven = false;
  return () => {
    if (isGiven) return;
    isGiven = true;
    const left = (places.get(key) ?? 1) - 1;
    if (left === 0) places.delete(key); // or the map would grow with every address that was ever seen
    else places.set(key, left);
  };
}

/**
 * Who sent the request. `X-Forwarded-For` is believed only as far as trusted proxies wrote it: from the right, the first
 * address that is not one of them. Everything left of it, and whatever is not an address, may be anybody's invention.
 */
function clientOf(request: IncomingMessage, proxies: BlockList): string {
  let client = plain(request.socket.remoteAddress);
  if (!isIn(proxies, client)) return client;
  const hops = [request.headersDistinct['x-forwarded-for'] ?? []].flat().join(',').split(',').slice(-MOST_HOPS);
  for (const hop of hops.reverse()) {
    const address = hopAddress(hop.trim());
    if (address === undefined) return client;
    client = address;
    if (!isIn(proxies, client)) return client;
  }
  return client;
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; undefined for anything else. */
function hopAddress(hop: string): string | undefined {
  const [, bracketed, v4] = /^(?:\[([^\]]{2,45})\](?::\d{1,5})?|(\d[\d.]{6,14}):\d{1,5})$/.exec(hop) ?? [];
  const address = plain(bracketed ?? v4 ?? hop);
  return isIP(address) === 0 ? undefined : address;
}

/** A v4 address in the v6 form that a socket for both gives it is the v4 address; a zone says nothing about the sender. */
function plain(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/** Whoever has one v6 address has the 2^64 beside it. */
function keyOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = address.includes('::') ? 8 - groups.length - (tail === '' ? 0 : tail.split(':').length) : 0;
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail === '' ? [] : tail.split(':'))];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

function blockList(trusted: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of trusted) {
    const [address = '', bits] = each.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
