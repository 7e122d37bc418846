import { createHash } from 'node:crypto';
import type { DetailedPeerCertificate } from 'node:tls';
import { cleanLine, shorten } from '../base/text.ts';
import type { CertificateFact } from '../verify/ports.ts';
import type { Trust } from './trust.ts';

const LONGEST_CHAIN = 10;
const MOST_NAMES = 50;
const LONGEST_NAME = 200;

/** The certificates from the host's own upwards, as Node hands them out: at the end each is its own issuer, or has none. */
function links(certificate: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = certificate;
  while (next?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    if (chain.some(({ raw }) => raw.equals(next?.raw ?? Buffer.alloc(0)))) break;
    chain.push(next);
    next = next.issuerCertificate as DetailedPeerCertificate | undefined;
  }
  return chain;
}

export function certificateChain(certificate: DetailedPeerCertificate): readonly CertificateFact[] {
  return links(certificate).map((one) => ({
    subject: nameOf(one.subject),
    issuer: nameOf(one.issuer),
    names: namesIn(one.subjectaltname),
    validFrom: Date.parse(one.valid_from),
    validTo: Date.parse(one.valid_to),
    serialNumber: clean(one.serialNumber),
    sha256: createHash('sha256').update(one.raw).digest('hex'),
    key: keyOf(one),
  }));
}

/** Whether the chain, its dates left aside, ends in a known authority. */
export function isAnchored(certificate: DetailedPeerCertificate, trust: Trust): boolean {
  const last = links(certificate).at(-1);
  return last !== undefined && trust.isAuthority(last.raw);
}

/** `CN=…, O=…`; what stands in a certificate may be anything. */
function nameOf(name: DetailedPeerCertificate['subject'] | undefined): string {
  const parts = Object.entries((name ?? {}) as Record<string, string | string[]>);
  const text = parts.map(([key, value]) => `${key}=${[value].flat().join('+')}`).join(', ');
  return text === '' ? 'no name' : clean(text);
}

function namesIn(list: string | undefined): readonly string[] {
  return (list ?? '')
    .split(', ')
    .map((name) => clean(name.replace(/^(?:DNS|IP Address):/, '')))
    .filter((name) => name !== '')
    .slice(0, MOST_NAMES);
}

function keyOf({ bits, asn1Curve, nistCurve, modulus }: DetailedPeerCertificate): string {
  const kind = modulus === undefined ? (asn1Curve === undefined && nistCurve === undefined ? 'key' : 'EC') : 'RSA';
  return bits === undefined ? kind : `${kind} ${bits}`;
}

function clean(text: string): string {
  return shorten(cleanLine(text), LONGEST_NAME);
}
