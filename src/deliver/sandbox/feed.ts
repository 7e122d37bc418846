import type { JsonObject } from '../../base/json.ts';
import type { Exchange, HeaderList, HttpRequest } from '../../base/ports.ts';
import { maskHeaders } from '../../base/redact.ts';
import { decodeUtf8, shorten } from '../../base/text.ts';

const LONGEST_ENTITY = 2000;

/**
 * What `/subscriptions/{id}/sent` and `/error` tell of an attempt: the notification and the HTTP exchange.
 * Source: intercom-developer-hub.readme.io/reference/subscription-feeds (archived).
 */
export function feedEntry(notification: JsonObject, request: HttpRequest, answer: Exchange | undefined): JsonObject {
  return {
    ...notification,
    http_request: {
      request_method: request.method,
      request_uri: request.url.href,
      request_headers: asObject(maskHeaders(request.headers)),
      request_entity: decodeUtf8(request.body ?? new Uint8Array()),
      response_status_code: answer?.status ?? null,
      response_headers: asObject(maskHeaders(answer?.headers ?? [])),
      response_entity: answer ? shorten(decodeUtf8(answer.body), LONGEST_ENTITY) : null,
    },
  };
}

function asObject(headers: HeaderList): JsonObject {
  return Object.fromEntries(headers.slice(0, 50).map(([name, value]) => [name, shorten(value, 500)]));
}
