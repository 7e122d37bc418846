import { headerValues, type HeaderList } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import { decodeUtf8 } from '../base/text.ts';
import { isPlaceholder } from '../intercom/secret-shape.ts';
import { type Refusal, SIGNATURE_HEADER, type SignatureAlgorithm, verifySignature } from '../intercom/signature.ts';

/** Which secret a signature was made with: the one in use, or the one being rotated out. */
export type SecretRole = 'current' | 'previous';
export type Secrets = Readonly<Partial<Record<SecretRole, Secret>>>;

type Verdict =
  | { readonly valid: true; readonly secret: SecretRole; readonly algorithm: SignatureAlgorithm }
  | { readonly valid: false; readonly reason: Refusal };

/** The secrets in force. They can be exchanged at any time: a request is judged by those that are in force when it is. */
export interface Keyring {
  /** Whether there is anything to verify with: empty secrets and placeholders count as none. */
  readonly isConfigured: boolean;
  verify(headers: HeaderList, body: Uint8Array): Verdict;
  replace(secrets: Secrets): void;
}

const ROLES: readonly SecretRole[] = ['current', 'previous'];

export function createKeyring(first: Secrets): Keyring {
  let keys = usable(first);
  return {
    get isConfigured() {
      return keys.length > 0;
    },
    verify(headers, body) {
      const secrets = keys.map(({ secret }) => secret);
      const verdict = verifySignature({ body, header: headerValues(headers, SIGNATURE_HEADER), secrets });
      if (!verdict.valid) return verdict;
      return { valid: true, secret: keys[verdict.secretIndex]?.role ?? 'current', algorithm: verdict.algorithm };
    },
    replace: (secrets) => void (keys = usable(secrets)),
  };
}

function usable(secrets: Secrets): { role: SecretRole; secret: Secret }[] {
  return ROLES.flatMap((role) => {
    const secret = secrets[role];
    return secret === undefined || isPlaceholder(decodeUtf8(secret.reveal())) ? [] : [{ role, secret }];
  });
}
