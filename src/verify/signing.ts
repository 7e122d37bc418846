import { createHmac } from 'node:crypto';
import type { SignatureAlgorithm } from '../intercom/signature.ts';

/**
 * The digest of a body under any key, an empty one included: `signNotification` refuses that, but a receiver that runs
 * without its secret accepts it, and that is what the probes look for.
 */
function digestOf(body: Uint8Array, key: Uint8Array, algorithm: SignatureAlgorithm): Buffer {
  return createHmac(algorithm, key).update(body).digest();
}

/** `sha1=…` under any key. */
export function headerOf(body: Uint8Array, key: Uint8Array, algorithm: SignatureAlgorithm): string {
  return `${algorithm}=${digestOf(body, key, algorithm).toString('hex')}`;
}
