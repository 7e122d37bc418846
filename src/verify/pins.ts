import { AppError } from '../base/errors.ts';
import { cleanLine } from '../base/text.ts';
import type { HostAddress } from './ports.ts';

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** An address to be used for a host, by `--resolve`. */
export interface Pin {
  readonly host: string;
  readonly port?: string;
  readonly addresses: readonly HostAddress[];
}

/**
 * `host:address` and curl's `host:port:address`, with several addresses after commas. IPv6 with or without brackets.
 * @throws AppError `usage/invalid-value`
 */
export function parsePin(text: string): Pin {
  const [, host, rest] = /^([^:\s]+):(.+)$/.exec(text.trim()) ?? [];
  if (host === undefined || rest === undefined) throw wrongPin(text);
  const plain = addressesIn(rest);
  const [, port, after = ''] = /^(\d{1,5}):(.+)$/.exec(rest) ?? [];
  const behindPort = port === undefined ? undefined : addressesIn(after);
  const found = { host: host.toLowerCase() };
  // 443:2001:db8::1 is an IPv6 address too, but no address that anybody has begins like that
  if (port !== undefined && behindPort && !(plain && /^[23]\d{3}$/.test(port)))
    return { ...found, port, addresses: behindPort };
  if (plain) return { ...found, addresses: plain };
  throw wrongPin(text);
}

function addressesIn(list: string): readonly HostAddress[] | undefined {
  const addresses = list.split(',').map((one): HostAddress | undefined => {
    const address = one.trim().replace(/^\[(.+)\]$/, '$1');
    if (IPV4.test(address)) return { address, family: 4 };
    return address.includes(':') && URL.canParse(`http://[${address}]/`) ? { address, family: 6 } : undefined;
  });
  const known = addresses.filter((one) => one !== undefined);
  return known.length === addresses.length ? known : undefined;
}

function wrongPin(text: string): AppError {
  return new AppError('usage/invalid-value', {
    what: `--resolve ${shown(text)} cannot be read`,
    why: 'It takes a host name and an address, and looks nothing up.',
    hint: 'Write it like --resolve propiq.example:192.0.2.1, or propiq.example:[2001:db8::1]',
  });
}

function shown(text: string): string {
  return cleanLine(text).slice(0, 80);
}
