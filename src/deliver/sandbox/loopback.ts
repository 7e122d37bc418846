import { isLoopbackHost } from '../../intercom/webhook-url.ts';

/**
 * Why a sandbox does not deliver to an address; undefined where it does. Of names only `localhost` is taken: what any
 * other one means is up to a DNS that may say something else a moment later.
 */
export function deliveryFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'it is not a full URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'it is not an http or https address';
  if (url.username !== '' || url.password !== '') return 'it has a user name or a password in it';
  return isLoopbackName(url.hostname)
    ? undefined
    : 'the sandbox delivers to this computer only (127.0.0.1, ::1, localhost)';
}

/** The value of a Host header that a program on this computer sends: against pages that let a name of theirs point here. */
export function isLoopbackAuthority(host: string): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:@/\s]+)(?::\d{1,5})?$/i.exec(host.trim())?.[1];
  return name !== undefined && isLoopbackName(name);
}

/** `127.0.0.1:8000`, `[::1]:8000`: where an answer came from. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopbackAuthority(address);
}

/** An address of this computer, or `localhost` itself; not the names below it, which a DNS may be asked about. */
function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || (/^[\da-f.:]+$/.test(bare) && isLoopbackHost(bare));
}
