import type { HeaderList, HttpRequest, Random } from '../base/ports.ts';
import { Secret } from '../base/secret.ts';
import { DELIVERY_USER_AGENT } from '../intercom/limits.ts';
import { SIGNATURE_HEADER, type SignatureAlgorithm, signNotification } from '../intercom/signature.ts';
import { tamper } from './tamper.ts';

/** Rightly signed, or wrong in one way: then a receiver has to refuse it. */
export type Variant = 'signed' | 'unsigned' | 'wrong-secret' | 'tampered';

/** What a delivery is signed with. For `wrong-secret` the key is one that the receiver cannot have. */
export type Signing =
  | { readonly variant: Exclude<Variant, 'unsigned'>; readonly key: Secret; readonly algorithm: SignatureAlgorithm }
  | { readonly variant: 'unsigned' };

/** The headers of a delivery. Source: developers.intercom.com, webhook-models, the example request. */
export function deliveryHeaders(signature: string | undefined): HeaderList {
  return [
    ['User-Agent', DELIVERY_USER_AGENT],
    ['Accept', 'application/json'],
    ['Content-Type', 'application/json'],
    ...(signature === undefined ? [] : [[SIGNATURE_HEADER, signature] as const]),
  ];
}

/**
 * A delivery as Intercom makes it: exactly these bytes, with the headers that its documentation shows.
 * `X-Propiq-Probe` is ours; it is not signed.
 */
export function buildDelivery(url: URL, body: Uint8Array, signing: Signing): HttpRequest {
  const signature = signatureOf(body, signing);
  return {
    method: 'POST',
    url,
    headers: [...deliveryHeaders(signature), ['X-Propiq-Probe', 'send-test']],
    body: signing.variant === 'tampered' ? tamper(body) : body,
  };
}

function signatureOf(body: Uint8Array, signing: Signing): string | undefined {
  if (signing.variant === 'unsigned') return undefined;
  return signNotification(body, signing.key, signing.algorithm);
}

/** A key that no receiver can have. */
export function inventSecret(random: Random): Secret {
  return new Secret(Buffer.from(random.bytes(32)).toString('hex'));
}
