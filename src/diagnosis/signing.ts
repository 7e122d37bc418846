import { createHash, createHmac } from 'node:crypto';
import type { HeaderList } from '../base/ports.ts';
import { SIGNATURE_HEADER } from '../intercom/signature.ts';

export type DigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** How the key comes into the digest. Only an HMAC is right; the others are what people write instead. */
export type Construction = 'hmac' | 'arguments-swapped' | 'key-then-body' | 'body-then-key' | 'no-key';

type Spelling = 'hex' | 'HEX' | 'base64' | 'base64url' | 'base64-unpadded';

/** How one signature is made. Intercom's own is `rightSigning`; every hypothesis changes one thing of it. */
export interface Signing {
  /** The body as it is sent. */
  readonly body: Uint8Array;
  readonly key: Uint8Array;
  /** The bytes that are signed: the body, where all is right. */
  readonly message: Uint8Array;
  readonly algorithm: DigestAlgorithm;
  readonly construction: Construction;
  readonly spelling: Spelling;
  /** What stands before the digest. */
  readonly prefix: string;
  /** Name of the header. */
  readonly header: string;
  /** Headers that go with it. */
  readonly others: HeaderList;
}

/** Intercom's signature of a body. Source: developers.intercom.com, webhook-models, "Signed notifications". */
export function rightSigning(body: Uint8Array, key: Uint8Array): Signing {
  return {
    body,
    key,
    message: body,
    algorithm: 'sha1',
    construction: 'hmac',
    spelling: 'hex',
    prefix: 'sha1=',
    header: SIGNATURE_HEADER,
    others: [],
  };
}

export function digestOf({ key, message, algorithm, construction }: Omit<Signing, 'body'>): Buffer {
  const [under, text] = construction === 'arguments-swapped' ? [message, key] : [key, message];
  if (construction === 'hmac' || construction === 'arguments-swapped')
    return createHmac(algorithm, under).update(text).digest();
  const parts = { 'key-then-body': [key, message], 'body-then-key': [message, key], 'no-key': [message] }[construction];
  return parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest();
}

const SPELL: Readonly<Record<Spelling, (digest: Buffer) => string>> = {
  hex: (digest) => digest.toString('hex'),
  HEX: (digest) => digest.toString('hex').toUpperCase(),
  base64: (digest) => digest.toString('base64'),
  base64url: (digest) => digest.toString('base64url'),
  'base64-unpadded': (digest) => digest.toString('base64').replace(/=+$/, ''),
};

/** The headers that this way of signing puts on a request. */
export function headersOf(signing: Signing): HeaderList {
  const value = signing.prefix + SPELL[signing.spelling](digestOf(signing));
  return [[signing.header, value], ...signing.others];
}
