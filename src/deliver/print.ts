import type { JsonObject } from '../base/json.ts';
import type { Paint } from '../base/paint.ts';
import type { HttpRequest } from '../base/ports.ts';
import { cleanLines, decodeUtf8Strictly } from '../base/text.ts';
import type { Delivery } from './compose.ts';
import { curlCommand } from './curl.ts';

/** A request as it would leave, and a command line that makes the same one. Nothing is sent. */
export function requestText(request: HttpRequest, paint: Paint): string {
  const { method, url, headers, body = new Uint8Array(0) } = request;
  const head = [
    `${method} ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ];
  return [...head, '', bodyText(body), '', paint.dim('# the same with curl'), curlCommand(request)].join('\n');
}

function bodyText(body: Uint8Array): string {
  const text = decodeUtf8Strictly(body);
  if (text === undefined) return `(${body.length} bytes that are not text; the command below has them)`;
  const clean = cleanLines(text);
  return clean === text ? text : `${clean}\n(shown without its control characters; the command below has them)`;
}

/** JSON escapes the first 32 characters by itself; others that a terminal or an editor obeys stay as they are. */
function isHarmlessInJson(text: string): boolean {
  const unescaped = text.replace(/[^\u0020-\u{10FFFF}]/gu, '');
  return cleanLines(unescaped) === unescaped;
}

/** The same as JSON: `bodyEncoding` says whether `body` is the text itself or base64 of the bytes. */
export function requestJson(delivery: Delivery, request: HttpRequest): JsonObject {
  const { method, url, headers, body = new Uint8Array(0) } = request;
  const text = decodeUtf8Strictly(body);
  const isText = text !== undefined && isHarmlessInJson(text) && Buffer.from(text).equals(body);
  return {
    topic: delivery.topic,
    currentName: delivery.currentName,
    notificationId: delivery.notificationId,
    origin: delivery.origin,
    basis: delivery.basis,
    bytes: body.length,
    request: {
      method,
      url: url.href,
      headers: headers.map(([name, value]) => [name, value]),
      body: isText ? text : Buffer.from(body).toString('base64'),
      bodyEncoding: isText ? 'utf8' : 'base64',
    },
    curl: curlCommand(request),
  };
}
