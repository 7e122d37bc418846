import { AppError } from '../base/errors.ts';

const LOOPBACK = ['127.0.0.0/8', '::1'];

/**
 * What `--trust-proxy` names: addresses, networks (`10.0.0.0/8`), and `loopback`, with commas or one by one.
 * @throws AppError `usage/invalid-value`
 */
export function parseTrusted(given: readonly string[]): readonly string[] {
  return given
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .flatMap((word) => {
      if (word.toLowerCase() === 'loopback') return LOOPBACK;
      const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(word) ?? [];
      const widest = isV4(address) ? 32 : isV6(address) ? 128 : undefined;
      if (widest === undefined || Number(bits ?? 0) > widest) throw notAnAddress(word);
      if (bits !== undefined && Number(bits) === 0) throw everybody(word);
      return [word];
    });
}

function isV4(text: string): boolean {
  return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

function isV6(text: string): boolean {
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

function notAnAddress(word: string): AppError {
  return new AppError('usage/invalid-value', {
    what: `"${word.slice(0, 60)}" is not the address of a proxy`,
    why: 'Names are not looked up: whoever answered for one could make every sender look like another.',
    hint: 'Write it like --trust-proxy 10.0.0.7, --trust-proxy 10.0.0.0/8 or --trust-proxy loopback.',
  });
}

function everybody(word: string): AppError {
  return new AppError('usage/invalid-value', {
    what: `${word} is everybody`,
    why: 'Then any sender could say to be another one.',
    hint: 'Name the addresses of the proxies alone.',
  });
}
