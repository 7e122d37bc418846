import { AppError } from '../base/errors.ts';
import { cleanLine } from '../base/text.ts';
import { parsePin } from '../verify/pins.ts';
import type { Authority, HostAddress, LineOptions } from '../verify/ports.ts';
import type { Context } from './context.ts';

export interface LineFlags {
  readonly resolve?: readonly string[];
  readonly ca?: readonly string[];
  readonly insecure?: boolean;
}

const LONGEST_CA = 4 * 1024 * 1024;

/**
 * How the receiver is reached, by the flags.
 * @param urls what is judged: a `--resolve` for another host would have no effect, and that must not pass in silence
 * @throws AppError `usage/*`, `io/read`
 */
export async function lineOf(flags: LineFlags, urls: readonly URL[], context: Context): Promise<LineOptions> {
  const pins = new Map<string, HostAddress[]>();
  for (const text of flags.resolve ?? []) {
    const { host, port, addresses } = parsePin(text);
    if (!urls.some((url) => hostOf(url) === host && (port === undefined || port === portOf(url)))) {
      throw new AppError('usage/conflict', {
        what: `--resolve ${cleanLine(text).slice(0, 80)} has nothing to do with the URL`,
        why: `It is about ${host}${port === undefined ? '' : `:${port}`}, and judged is ${urls.map((url) => `${hostOf(url)}:${portOf(url)}`).join(', ')}.`,
        hint: `Write --resolve ${urls[0] ? hostOf(urls[0]) : host}:${addresses[0]?.address ?? '192.0.2.1'}`,
      });
    }
    pins.set(host, [...(pins.get(host) ?? []), ...addresses]);
  }
  const authorities: Authority[] = [];
  for (const file of flags.ca ?? []) {
    const bytes = await context.input.bytes(file, LONGEST_CA);
    authorities.push({ file, pem: new TextDecoder('latin1').decode(bytes) });
  }
  return { pins, authorities, isInsecure: flags.insecure === true };
}

const hostOf = ({ hostname }: URL): string => hostname.toLowerCase();
const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');
