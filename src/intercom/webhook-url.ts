import { isIPv4 } from 'node:net';
import { AppError } from '../base/errors.ts';
import { shellWord } from '../base/text.ts';

/** The path that PropIQ's guide registers, offered wherever one is missing. */
export const USUAL_PATH = '/intercom/webhook';

/**
 * The address of a receiver, from what a person typed or pasted.
 * @param before the words of the command line that the address stands behind, for the hint
 * @throws AppError `url/*` with the corrected address in the hint; nothing has been sent then
 */
export function parseWebhookUrl(text: string, before = 'verify'): URL {
  return readWebhookUrl(text, (url) => `propiq-intercom ${before} ${shellWord(url)}`);
}

/**
 * As `parseWebhookUrl`, with other words for a correction.
 * @param correct from the corrected address to the hint
 */
export function readWebhookUrl(text: string, correct: (url: string) => string): URL {
  const trimmed = text.trim();
  const unquoted = /^["'`<]/.test(trimmed) ? trimmed.replace(/^["'`<]+|["'`>]+$/g, '') : trimmed;
  const retry = (url: string): string => correct(withoutCredentials(url));
  if (trimmed === '')
    throw invalid(
      'The webhook URL is empty',
      'There is nothing to connect to.',
      `Give the full address, like ${retry(`https://propiq.example${USUAL_PATH}`)}`,
    );
  if (unquoted !== trimmed)
    throw invalid(`${show(trimmed)} is not a URL`, 'There are quotes or brackets around it.', retry(unquoted));
  if (/[\s\p{Cc}]/u.test(trimmed))
    throw invalid(
      `${show(trimmed)} is not a URL`,
      'There is white space inside it.',
      retry(trimmed.replace(/[\s\p{Cc}]+/gu, '')),
    );
  if (trimmed.includes('\\'))
    throw invalid(`${show(trimmed)} is not a URL`, 'It has backslashes.', retry(trimmed.replaceAll('\\', '/')));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined) throw missingScheme(trimmed, retry);
  if (scheme !== 'https' && scheme !== 'http')
    throw invalid(
      `${show(trimmed)} is not a web address`,
      `Intercom posts to https:// addresses, and this one starts with ${scheme}://.`,
      retry(trimmed.replace(/^[^:]*/, 'https')),
    );
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined)
    throw invalid(
      `${show(trimmed)} is not a URL`,
      'Its host or port cannot be read.',
      `Write it like https://propiq.example${USUAL_PATH}`,
    );
  if (url.username !== '' || url.password !== '') {
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    throw new AppError('url/credentials', {
      what: `The URL of ${url.host} has a user name or password in it`,
      why: 'It would end up in logs, and whether Intercom sends such credentials is not documented; the signature is what proves a delivery.',
      hint: retry(bare.href),
    });
  }
  url.hash = '';
  return url;
}

/** The most common mistake: the bare domain, sometimes with a path or a port. */
function missingScheme(text: string, retry: (url: string) => string): AppError {
  const rest = text.replace(/^(?:https?:?\/*|:?\/\/)(?=[^/])/i, '');
  const host = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const scheme = isLoopbackHost(name) ? 'http' : 'https';
  const path = rest.slice(host.length);
  const corrected = `${scheme}://${host}${path === '' || path === '/' ? USUAL_PATH : path}`;
  return new AppError('url/missing-scheme', {
    what: `${show(text)} is not a full URL`,
    why: `It does not start with https://${scheme === 'http' ? ' (or http:// for a receiver on this computer)' : ''}.`,
    hint: URL.canParse(corrected) && host !== '' ? retry(corrected) : retry(`https://propiq.example${USUAL_PATH}`),
  });
}

/** The addresses that health routes are expected at: `/health` of the origin, and `health` beside the webhook path. */
export function healthUrls(
  webhook: URL,
  paths: { health?: string | undefined; intercomHealth?: string | undefined } = {},
): { app: URL; intercom: URL } {
  const sibling = webhook.pathname.replace(/\/+$/, '').replace(/[^/]*$/, 'health');
  const besides = sibling === '/health' || !sibling.startsWith('/') ? '/intercom/health' : sibling;
  return {
    app: new URL(paths.health ?? '/health', webhook.origin),
    intercom: new URL(paths.intercomHealth ?? besides, webhook.origin),
  };
}

/** Where a host is: this computer, a private network, or the public one. Names other than localhost count as public. */
export function reachOf(url: URL): 'loopback' | 'private' | 'public' {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isLoopbackHost(host)) return 'loopback';
  return isPrivateHost(host) ? 'private' : 'public';
}

/** Whether a host name or address (without brackets) is this computer itself. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  const v4 = mappedIPv4(name) ?? name;
  return isIPv4(v4) && v4.startsWith('127.');
}

function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const v4 = mappedIPv4(name) ?? name;
  if (isIPv4(v4)) {
    const [a = 0, b = 0] = v4.split('.').map(Number);
    return (
      a === 10 ||
      a === 0 ||
      (a === 172 && b >= 16 && b <= 31) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b <= 127)
    );
  }
  if (name.includes(':')) return /^(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(name) || name === '::';
  return !name.includes('.') || /\.(?:local|internal|lan|home\.arpa|intranet|test)$/.test(name);
}

/** `::ffff:7f00:1`, as the URL parser writes an IPv4 address inside IPv6. */
function mappedIPv4(name: string): string | undefined {
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(name);
  if (!match) return undefined;
  const high = Number.parseInt(match[1] ?? '', 16);
  const low = Number.parseInt(match[2] ?? '', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Refuses to send anything signed in the clear to a public address: whoever reads it could send it again.
 * @throws AppError `url/insecure`
 */
export function requireSafeForSigned(url: URL): void {
  if (url.protocol === 'https:' || reachOf(url) !== 'public') return;
  const secure = new URL(url);
  secure.protocol = 'https:';
  throw new AppError('url/insecure', {
    what: `${url.origin} is plain http on a public address`,
    why: 'Signed notifications could be read and sent again on the way, and Intercom asks for https.',
    hint: `Use ${secure.href}`,
  });
}

function invalid(what: string, why: string, hint: string): AppError {
  return new AppError('url/invalid', { what, why, hint });
}

/** What was typed, short and without whatever could be a password. */
function show(text: string): string {
  return `"${withoutCredentials(text).slice(0, 80)}"`;
}

function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:)?(\/*)[^/?#]*@/i, '$1$2');
}
