import type { DigestAlgorithm } from './signing.ts';

/** What a signature header can be read as: bytes of a digest, and what is odd about the way it is written. */
export interface Reading {
  /** All of the digest, or its start where it was cut off. */
  readonly digest: Uint8Array;
  /** Digests that have, or could have had, this length. */
  readonly algorithms: readonly DigestAlgorithm[];
  readonly isCut: boolean;
  /** The hex digits of a digest that is too short: it may have lost its zeros. */
  readonly digits?: string;
  /** How it is written, as a noun phrase. */
  readonly words: string;
  /** Whether it is written as Intercom writes it. */
  readonly isUsual: boolean;
  /** s since 1970, where the header carries a time that is signed. */
  readonly time?: string;
}

const LENGTHS: Readonly<Record<DigestAlgorithm, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 };
const ALGORITHMS = Object.keys(LENGTHS) as readonly DigestAlgorithm[];
/** A shorter start of a digest could be anything's. */
const SHORTEST = 6;
const MOST_PARTS = 8;
const PREFIX = /^([A-Za-z][\w-]{0,20})([=:,]|\s+)/;

/** Everything that a header may mean, most plausible first. Bounded whatever it holds. */
export function readingsOf(header: string): readonly Reading[] {
  const parts = header
    .slice(0, 4096)
    .split(/[,;]\s*|\s+(?=v1,)/)
    .slice(0, MOST_PARTS);
  const time = /(?:^|[,;\s])t=(\d{9,13})(?:[,;]|$)/.exec(header)?.[1];
  const values = parts.length > 1 ? [header, ...parts] : [header];
  const readings = values.flatMap((value) => readValue(value.trim()));
  return time === undefined ? readings : readings.map((reading) => Object.assign({ time }, reading));
}

function readValue(value: string): readonly Reading[] {
  const [whole = '', prefix = '', mark = ''] = PREFIX.exec(value) ?? [];
  const bare = read(value, '', '');
  return prefix === '' ? bare : [...read(value.slice(whole.length), prefix, mark), ...bare];
}

function read(text: string, prefix: string, mark: string): readonly Reading[] {
  const behind = prefix === '' ? 'without a prefix' : `behind ${prefix}${mark}`;
  const found: Reading[] = [];
  const hex = /^[0-9a-fA-F]+/.exec(text)?.[0] ?? '';
  if (hex.length >= SHORTEST * 2) {
    const rest = text.slice(hex.length);
    const isUpper = hex !== hex.toLowerCase();
    const digest = Buffer.from(hex.slice(0, hex.length & ~1), 'hex');
    const how = `${isUpper ? 'upper-case ' : ''}hex ${behind}${rest === '' ? '' : ', with more after it'}`;
    for (const { algorithms, isCut } of meaningsOf(digest.length, prefix)) {
      const isWhole = !isCut && algorithms.length === 1 && algorithms[0] === prefix;
      found.push({
        digest,
        algorithms,
        isCut,
        ...(isCut && rest === '' && { digits: hex.toLowerCase() }),
        words: how,
        isUsual: isWhole && !isUpper && rest === '' && mark === '=',
      });
    }
  }
  if (/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(text) && !/^[0-9a-fA-F]+$/.test(text)) {
    const digest = Buffer.from(text, 'base64');
    const kind = /[-_]/.test(text) ? 'URL-safe base64' : text.endsWith('=') ? 'base64' : 'base64 without padding';
    const words = `${kind} ${behind}`;
    for (const { algorithms, isCut } of meaningsOf(digest.length, prefix))
      found.push({ digest, algorithms, isCut, words, isUsual: false });
  }
  return found;
}

/** A short reading as a digest whose bytes, or which as a number, was written without leading zeros; else undefined. */
export function withoutZeros(reading: Reading, digest: Uint8Array): Reading | undefined {
  const { digits, ...rest } = reading;
  if (digits === undefined || digits.length < digest.length) return undefined;
  const byBytes = [...digest].map((byte) => byte.toString(16)).join('');
  const asNumber = Buffer.from(digest).toString('hex').replace(/^0+/, '');
  if (digits !== byBytes && digits !== asNumber) return undefined;
  return { ...rest, digest, isCut: false, words: 'hex without its leading zeros' };
}

/** A digest of this length, or the start of a longer one: both where the prefix names a longer one. */
function meaningsOf(length: number, prefix: string): readonly Pick<Reading, 'algorithms' | 'isCut'>[] {
  const exact = ALGORITHMS.filter((algorithm) => LENGTHS[algorithm] === length);
  const named = ALGORITHMS.filter((algorithm) => algorithm === prefix.toLowerCase());
  const longer = (named.length > 0 || exact.length > 0 ? named : ALGORITHMS).filter((one) => LENGTHS[one] > length);
  return [
    ...(exact.length > 0 ? [{ algorithms: exact, isCut: false }] : []),
    ...(exact.length === 0 || longer.length > 0 ? [{ algorithms: longer, isCut: true }] : []),
  ];
}

const FOREIGN: readonly (readonly [form: RegExp, words: string])[] = [
  [
    /(?:^|,)\s*t=\d+.*\bv1=/,
    'It has the form of Stripe\'s signature (t=…,v1=…): a time and an HMAC-SHA256 of "<time>.<body>". Intercom sends no time.',
  ],
  [
    /^v0=[0-9a-f]{64}$/i,
    'It has the form of Slack\'s signature (v0=…): an HMAC-SHA256 of "v0:<time>:<body>". The time is in another header.',
  ],
  [
    /^v1,[A-Za-z0-9+/]+=*/,
    'It has the form of Svix and Standard Webhooks (v1,…): an HMAC-SHA256 of "<id>.<time>.<body>" in base64. Id and time are in other headers.',
  ],
  [
    /^sha256=[0-9a-f]{64}$/i,
    "It has the form that GitHub and Meta send, and that PropIQ's guide shows; by Intercom's documentation its signature starts with sha1=.",
  ],
  [/^(?:Basic|Bearer)\s/i, 'It is the credential of a login, not a signature.'],
];

/** Whose signature a header looks like, where it is not Intercom's; a sentence or two. */
export function foreignForm(header: string): string | undefined {
  return FOREIGN.find(([form]) => form.test(header.trim()))?.[1];
}
