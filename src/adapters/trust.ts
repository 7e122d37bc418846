import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { AppError } from '../base/errors.ts';
import type { Authority } from '../verify/ports.ts';

export interface TrustOptions {
  /** Trusted besides those of this computer. */
  readonly authorities?: readonly Authority[] | undefined;
  /** Whether requests are sent whatever the certificate is worth. */
  readonly isInsecure?: boolean | undefined;
}

/** Whose certificates are believed. */
export interface Trust {
  readonly isInsecure: boolean;
  /** Made once: reading all authorities takes longer than a handshake. */
  context(): tls.SecureContext;
  /** Whether a certificate is one of the authorities that are known by name (those of NODE_EXTRA_CA_CERTS where Node tells them). */
  isAuthority(certificate: Buffer): boolean;
}

/** @throws AppError `usage/invalid-value` when a file of authorities cannot be used */
export function createTrust({ authorities = [], isInsecure = false }: TrustOptions = {}): Trust {
  for (const authority of authorities) requireCertificates(authority);
  let context: tls.SecureContext | undefined;
  let known: ReadonlySet<string> | undefined;
  return {
    isInsecure,
    context: () => (context ??= createContext(authorities)),
    isAuthority(certificate) {
      known ??= new Set(
        [...defaultAuthorities(), ...authorities.flatMap(({ pem }) => certificatesIn(pem))].map(bytesOf),
      );
      return known.has(certificate.toString('base64'));
    },
  };
}

/** `tls.createSecureContext({ ca })` would take the place of the defaults, NODE_EXTRA_CA_CERTS among them; this adds to them. */
function createContext(authorities: readonly Authority[]): tls.SecureContext {
  const context = tls.createSecureContext();
  const { addCACert } = context.context as { addCACert(pem: string): void };
  for (const { pem } of authorities) addCACert.call(context.context, pem);
  return context;
}

function defaultAuthorities(): readonly string[] {
  // since 22.15; before that those of NODE_EXTRA_CA_CERTS cannot be listed
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

function bytesOf(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s+/g, '');
}

/** The certificates of a PEM file, one text each. */
function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
}

function requireCertificates({ pem, file }: Authority): void {
  const found = certificatesIn(pem);
  const problem =
    found.length === 0
      ? 'There is no "-----BEGIN CERTIFICATE-----" in it.'
      : found.some((one) => !canRead(one))
        ? 'A certificate in it cannot be read.'
        : undefined;
  if (problem === undefined) return;
  throw new AppError('usage/invalid-value', {
    what: `${file} holds no certificate of an authority that can be used`,
    why: problem,
    hint: 'Give a file in PEM form. From DER: openssl x509 -inform der -in ca.der -out ca.pem',
  });
}

function canRead(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
