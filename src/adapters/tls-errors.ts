import type { PeerCertificate } from 'node:tls';
import { cleanLine, shorten } from '../base/text.ts';
import { bracketed } from './net-failure.ts';

/** What a TLS failure means: a sentence of evidence, and what to do about it. */
export interface TlsFinding {
  readonly why: string;
  readonly hint: string;
}

interface Peer {
  readonly host: string;
  readonly port: number;
}

type Explain = (peer: Peer, certificate: PeerCertificate | undefined) => TlsFinding;

const LONGEST_LIST = 200;
const PRIVATE =
  'To trust a private authority, on this computer only: verify --ca ca.pem, or NODE_EXTRA_CA_CERTS=ca.pem.';

const chain: Explain = ({ host, port }, certificate) => ({
  why: `The certificate was issued by ${issuerOf(certificate)}, whose own certificate was not sent and is not among the trusted ones: the intermediate certificate is missing${certificate?.infoAccess === undefined ? ', or the authority is a private one' : ''}`,
  hint: `Serve the whole chain (fullchain.pem, not cert.pem). See what is sent: openssl s_client -connect ${host}:${port} -servername ${host} -showcerts. ${PRIVATE}`,
});

const root: Explain = (_peer, certificate) => ({
  why: `The chain of the certificate, issued by ${issuerOf(certificate)}, ends in an authority that is not trusted`,
  hint: `A certificate that Intercom can trust comes from a public authority such as Let's Encrypt. ${PRIVATE}`,
});

const selfSigned: Explain = () => ({
  why: 'The certificate is self-signed: no authority vouches for it',
  hint: `Get one from a public authority such as Let's Encrypt. ${PRIVATE}`,
});

const tooOld: Explain = () => ({
  why: 'The other side only speaks a version of TLS or ciphers that are no longer secure; TLS 1.2 is the least',
  hint: 'Enable TLS 1.2 and 1.3 where TLS ends: the web server, the load balancer or the hosting plan.',
});

const notTls: Explain = ({ host, port }) => ({
  why: `What answers on port ${port} does not speak TLS; it may be plain HTTP`,
  hint: `Use http://${bracketed(host)}:${port} if that is meant, or the port that serves https.`,
});

const noCertificate: Explain = ({ host }) => ({
  why: 'The other side broke the TLS handshake off',
  hint: `Check that a certificate for ${host} is installed and bound there: a server that has none for this name often does this. So does one that wants a client certificate, which Intercom has not.`,
});

const forgedChain: Explain = () => ({
  why: 'A signature in the chain of the certificate is wrong',
  hint: 'Install the certificate and its chain again; a proxy that opens TLS is another reason.',
});

/** By the code that OpenSSL or Node gives. */
const EXPLAINED: ReadonlyMap<string, Explain> = new Map(
  Object.entries<Explain>({
    CERT_HAS_EXPIRED: (_peer, certificate) => ({
      why: `The certificate has expired${certificate?.valid_to ? `: it was valid until ${day(certificate.valid_to)}` : ''}`,
      hint: 'Renew it, and look at why the renewal did not run by itself. If the date here is wrong: check the clock of this computer.',
    }),
    CERT_NOT_YET_VALID: (_peer, certificate) => ({
      why: `The certificate is not valid yet${certificate?.valid_from ? `: it begins on ${day(certificate.valid_from)}` : ''}`,
      hint: 'Check the clock of this computer, and the one of the computer that made the certificate.',
    }),
    DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
    SELF_SIGNED_CERT_IN_CHAIN: root,
    UNABLE_TO_GET_ISSUER_CERT: root,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: root,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: chain,
    CERT_UNTRUSTED: root,
    CERT_REJECTED: root,
    INVALID_CA: () => ({
      why: 'The certificate was issued by one that may not issue any',
      hint: 'Serve the chain that the authority gave, in its order: the own certificate first, then the intermediates.',
    }),
    INVALID_PURPOSE: () => ({
      why: 'The certificate is not meant for a server',
      hint: 'Get a certificate for server authentication.',
    }),
    CERT_REVOKED: () => ({
      why: 'The certificate was revoked by its authority',
      hint: 'Get a new certificate.',
    }),
    CERT_SIGNATURE_FAILURE: forgedChain,
    CERT_CHAIN_TOO_LONG: root,
    ERR_TLS_CERT_ALTNAME_INVALID: ({ host }, certificate) => ({
      why: `The certificate is not for ${host}; it is for ${namesOf(certificate)}`,
      hint: `Get a certificate that has ${host} among its names, or use a name that it has. On a hosting platform: add the custom domain and bind its certificate.`,
    }),
    ERR_SSL_WRONG_VERSION_NUMBER: notTls,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
    ERR_SSL_UNSUPPORTED_PROTOCOL: tooOld,
    ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: tooOld,
    ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: tooOld,
    ERR_SSL_DH_KEY_TOO_SMALL: tooOld,
    ERR_SSL_EE_KEY_TOO_SMALL: tooOld,
    ERR_SSL_CA_MD_TOO_WEAK: tooOld,
    ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: noCertificate,
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': noCertificate,
    ERR_SSL_TLSV1_UNRECOGNIZED_NAME: noCertificate,
    ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: noCertificate,
    ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME: noCertificate,
    ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: () => ({
      why: 'The other side asks for a client certificate',
      hint: 'Intercom sends none: let the webhook path do without, and check the signature there.',
    }),
  }),
);

/** What a TLS error code means for this peer, or undefined for an unknown code. `certificate` is the one that was shown. */
export function explainTls(code: string, peer: Peer, certificate: PeerCertificate | undefined): TlsFinding | undefined {
  return EXPLAINED.get(code)?.(peer, certificate);
}

function issuerOf(certificate: PeerCertificate | undefined): string {
  const issuer = certificate?.issuer as Partial<Record<string, string>> | undefined;
  const name = issuer?.['CN'] ?? issuer?.['O'];
  return name === undefined ? 'somebody' : `"${shorten(cleanLine(name), 80)}"`;
}

function namesOf(certificate: PeerCertificate | undefined): string {
  const listed = (certificate?.subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  const subject = certificate?.subject as Partial<Record<string, string>> | undefined;
  const names = listed.length > 0 ? listed : [subject?.['CN'] ?? 'no name at all'];
  return shorten(cleanLine(names.join(', ')), LONGEST_LIST);
}

/** `Jan  2 03:04:05 2026 GMT` → `2026-01-02`. */
function day(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? cleanLine(text) : new Date(at).toISOString().slice(0, 10);
}
