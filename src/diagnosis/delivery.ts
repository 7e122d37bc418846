import { AppError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import type { HeaderList } from '../base/ports.ts';
import { headerValue } from '../base/ports.ts';
import { decodeUtf8, decodeUtf8Strictly } from '../base/text.ts';

/** A delivery that was recorded: its headers and the bytes of its body. */
export interface Delivery {
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** What a reader should know: the body is shorter than its Content-Length, and the like. */
  readonly note?: string;
}

const LONGEST_HEAD = 65_536;

/**
 * Reads a capture: the JSON of `events show --json`, of an API gateway or of any object with `headers` and `body`; or an
 * HTTP request as it went over the wire.
 * @throws AppError `usage/invalid-value`
 */
export function parseDelivery(capture: Uint8Array): Delivery {
  const found = fromJson(capture) ?? fromHttp(capture);
  if (found) return found;
  throw new AppError('usage/invalid-value', {
    what: 'The capture is not understood',
    why: 'It is neither a JSON object with headers and a body nor an HTTP request with an empty line after its headers.',
    hint: 'Record one with propiq-intercom events show <id> --json, or give --header and --body @file instead.',
  });
}

function fromJson(capture: Uint8Array): Delivery | undefined {
  const text = decodeUtf8Strictly(capture);
  if (text === undefined || !/^\s*\{/.test(text)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const outer = isObject(parsed) ? parsed : {};
  const whole = [outer['event'], outer['request'], outer].find(
    (one) => isObject(one) && 'headers' in one && 'body' in one,
  );
  if (!isObject(whole)) return undefined;
  const { headers, body, encoding, isBase64Encoded } = whole;
  const list = headerList(headers);
  if (list === undefined) return undefined;
  if (typeof body === 'string') {
    const isBase64 = encoding === 'base64' || isBase64Encoded === true;
    return { headers: list, body: Buffer.from(body, isBase64 ? 'base64' : 'utf8') };
  }
  if (!isObject(body)) return undefined;
  return {
    headers: list,
    body: Buffer.from(JSON.stringify(body)),
    note: 'The capture holds the parsed body, not its bytes: how it was spelled is lost, and was guessed.',
  };
}

function headerList(headers: unknown): HeaderList | undefined {
  if (Array.isArray(headers)) {
    const pairs = headers.filter(
      (pair): pair is [string, string] =>
        Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string',
    );
    return pairs.length === headers.length ? pairs : undefined;
  }
  if (!isObject(headers)) return undefined;
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
      typeof one === 'string' ? [[name, one] as const] : [],
    ),
  );
}

function fromHttp(capture: Uint8Array): Delivery | undefined {
  const bytes = Buffer.from(capture.buffer, capture.byteOffset, capture.byteLength);
  const head = /^((?:[A-Z]+ \S+ HTTP\/[\d.]+\r?\n)?(?:[\w-]+:[^\r\n]*\r?\n)+)\r?\n/.exec(
    bytes.subarray(0, LONGEST_HEAD).toString('latin1'),
  );
  if (head === null) return undefined;
  const [all, lines = ''] = head;
  const headers = lines.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^([\w-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    return name !== undefined && value !== undefined ? [[name, value] as const] : [];
  });
  const rest = bytes.subarray(all.length);
  const body = /\bchunked\b/i.test(headerValue(headers, 'transfer-encoding') ?? '') ? dechunked(rest) : rest;
  const length = Number(headerValue(headers, 'content-length') ?? Number.NaN);
  if (body.length > length) return { headers, body: body.subarray(0, length) };
  if (body.length < length) {
    const note = `The body has ${body.length} bytes and its Content-Length is ${length}: the capture is cut short, or it was changed.`;
    return { headers, body, note };
  }
  return { headers, body };
}

/** The body without the lengths of its chunks; what does not look like chunks stays as it is. */
function dechunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const size = /^([0-9a-fA-F]{1,8})[^\r\n]{0,100}\r?\n/.exec(decodeUtf8(bytes.subarray(at, at + 120)));
    if (size === null) return parts.length > 0 ? Buffer.concat(parts) : bytes;
    const [line, digits = '0'] = size;
    const length = Number.parseInt(digits, 16);
    if (length === 0) return Buffer.concat(parts);
    const start = at + line.length;
    parts.push(bytes.subarray(start, start + length));
    at = start + length;
    if (bytes[at] === 0x0d) at += 1;
    if (bytes[at] === 0x0a) at += 1;
  }
}
