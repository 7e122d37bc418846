import type { HeaderList, HttpRequest } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import { headerValue } from '../base/ports.ts';
import { parseSignatureHeader, SIGNATURE_HEADER, signNotification } from '../intercom/signature.ts';
import { forwardRequest } from './forward.ts';
import type { StoredEvent } from './inbox.ts';

/**
 * The event as it came, but signed with another secret, by the algorithm it was signed with before (`sha1`, as Intercom
 * does, where that cannot be told). The signature keeps its place among the header lines.
 */
export function resignedRequest(event: Pick<StoredEvent, 'headers' | 'body'>, url: URL, key: Secret): HttpRequest {
  const { headers, ...request } = forwardRequest(event, url);
  const algorithm = parseSignatureHeader(headerValue(headers, SIGNATURE_HEADER) ?? '')?.algorithm ?? 'sha1';
  return { ...request, headers: withSignature(headers, signNotification(event.body, key, algorithm)) };
}

function withSignature(headers: HeaderList, signature: string): HeaderList {
  const isSignature = ([name]: readonly [string, string]): boolean =>
    name.toLowerCase() === SIGNATURE_HEADER.toLowerCase();
  const at = headers.findIndex(isSignature);
  const line = [SIGNATURE_HEADER, signature] as const;
  if (at === -1) return [...headers, line];
  return headers.flatMap((header, index) => (index === at ? [line] : isSignature(header) ? [] : [header]));
}
