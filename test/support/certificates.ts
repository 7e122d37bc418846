import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Certificates made while a test runs, with nothing but Node: no key is ever in the repository, and no openssl is needed. */
export interface Certificate {
  readonly pem: string;
  readonly keyPem: string;
  readonly commonName: string;
  readonly key: KeyObject;
}

export interface CertificateOptions {
  readonly commonName: string;
  /** Names and addresses that it is for: `receiver.test`, `127.0.0.1`. */
  readonly names?: readonly string[];
  /** Who signs it; itself when left out. */
  readonly issuer?: Certificate;
  readonly isAuthority?: boolean;
  /** Days from now; negative ones are past. */
  readonly fromDay?: number;
  readonly toDay?: number;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** An X.509 v3 certificate for a new P-256 key (RFC 5280, in DER by hand). */
export function createCertificate(options: CertificateOptions): Certificate {
  const { commonName, names = [], issuer, isAuthority = false, fromDay = -1, toDay = 30 } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [extension('2.5.29.19', sequence(...(isAuthority ? [tagged(0x01, Buffer.of(0xff))] : [])))];
  if (names.length > 0) extensions.push(extension('2.5.29.17', sequence(...names.map(alternativeName))));
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))),
    tagged(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer?.commonName ?? commonName),
    sequence(time(fromDay), time(toDay)),
    distinguishedName(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer?.key ?? privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    commonName,
    key: privateKey,
  };
}

/** Tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(commonName)))));
}

/** GeneralizedTime, to the second. */
function time(day: number): Buffer {
  const text = new Date(Date.now() + day * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tagged(0x18, Buffer.from(text));
}

function alternativeName(name: string): Buffer {
  if (/^[\d.]+$/.test(name)) return tagged(0x87, Buffer.from(name.split('.').map(Number)));
  return tagged(0x82, Buffer.from(name));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), tagged(0x04, value));
}
