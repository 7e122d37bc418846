import type { HeaderList } from './ports.ts';
import type { Secret } from './secret.ts';
import { decodeUtf8 } from './text.ts';

/** Shorter ones would blank out half of every sentence; no real secret is that short. */
const SHORTEST = 4;
const SHOWN = '[secret]';
const MASKED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-hub-signature',
  'x-hub-signature-256',
  'x-body-signature',
]);

export type Redactor = (text: string) => string;

/**
 * The last filter before anything is printed: takes known secrets out of a text, in the spellings in which they could
 * slip in (plain, JSON-escaped, URL-encoded, hex, base64). Values below four characters cannot be told from words.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const spellings = [...new Set(secrets.flatMap((secret) => spellingsOf(secret.reveal())))]
    .filter((spelling) => spelling.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  if (spellings.length === 0) return (text) => text;
  return (text) => spellings.reduce((rest, spelling) => rest.replaceAll(spelling, SHOWN), text);
}

function spellingsOf(bytes: Uint8Array): string[] {
  const text = decodeUtf8(bytes);
  const buffer = Buffer.from(bytes);
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text,
    text.trim(),
    json,
    json.replaceAll('/', '\\/'),
    encodeURIComponent(text.toWellFormed()),
    buffer.toString('hex'),
    buffer.toString('base64'),
    buffer.toString('base64').replace(/=+$/, ''),
    buffer.toString('base64url'),
  ];
}

/** A JSON value with every text in it redacted, names of fields included. */
export function redactJson<T>(value: T, redact: Redactor): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((entry: unknown) => redactJson(entry, redact)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [redact(name), redactJson(entry, redact)]),
  ) as T;
}

/** Headers as evidence: values that authenticate somebody are masked, the algorithm of a signature stays. */
export function maskHeaders(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => {
    if (!MASKED_HEADERS.has(name.toLowerCase())) return [name, value];
    const prefix = /^(?:sha1=|sha256=|bearer |basic )/i.exec(value)?.[0] ?? '';
    return [name, `${prefix}[masked]`];
  });
}
