import { isoTime } from '../base/iso-time.ts';
import { cleanLine, shorten } from '../base/text.ts';
import type { AddressFact, CertificateFact, NameFacts, Reach, RecordAnswer, TlsFacts } from './ports.ts';

/** What was seen on the way to the receiver, fit to be printed. */
export type WayEvidence = NameEvidence | AddressEvidence | TlsEvidence;

interface NameEvidence {
  readonly kind: 'name';
  readonly host: string;
  readonly source: 'pinned' | 'system';
  readonly addresses: readonly string[];
  /** What the DNS answered to the questions for addresses. */
  readonly a: RecordAnswer;
  readonly aaaa: RecordAnswer;
  readonly aliases: readonly string[];
  readonly durationMs: number;
}

interface AddressEvidence {
  readonly kind: 'addresses';
  readonly addresses: readonly Pick<AddressFact, 'address' | 'outcome' | 'durationMs'>[];
  readonly durationMs: number;
}

interface TlsEvidence {
  readonly kind: 'tls';
  readonly address: string;
  readonly proxy: string | null;
  readonly protocol: string | null;
  readonly cipher: string | null;
  readonly isTrusted: boolean | null;
  /** The host's own first. */
  readonly certificates: readonly (Omit<CertificateFact, 'validFrom' | 'validTo'> & {
    /** ISO 8601; null where the date cannot be read. */
    readonly validFrom: string | null;
    readonly validTo: string | null;
  })[];
  readonly error: string | null;
  readonly durationMs: number;
}

const LONGEST = 300;

export function evidenceOfName(facts: NameFacts): readonly NameEvidence[] {
  if (facts.via !== 'name') return [];
  const { host, source, addresses, a, aaaa, aliases, durationMs } = facts;
  return [
    {
      kind: 'name',
      host,
      source,
      addresses: addresses.map(({ address }) => clean(address)),
      a,
      aaaa,
      aliases: aliases.map(clean),
      durationMs: Math.round(durationMs),
    },
  ];
}

export function evidenceOfReach(reach: Reach): readonly AddressEvidence[] {
  if (reach.via === 'proxy') return [];
  const addresses = reach.addresses.map(({ address, outcome, durationMs }) => ({
    address,
    outcome,
    durationMs: Math.round(durationMs),
  }));
  return [{ kind: 'addresses', addresses, durationMs: Math.max(0, ...addresses.map(({ durationMs }) => durationMs)) }];
}

export function evidenceOfTls({ address, proxy, outcome, chain, trust, durationMs }: TlsFacts): readonly TlsEvidence[] {
  const isAgreed = outcome.kind === 'agreed';
  return [
    {
      kind: 'tls',
      address,
      proxy: proxy ?? null,
      protocol: outcome.kind === 'failed' ? null : clean(outcome.protocol),
      cipher: isAgreed ? clean(outcome.cipher) : null,
      isTrusted: isAgreed ? trust.isTrusted : null,
      certificates: chain.map(({ validFrom, validTo, ...rest }) => ({
        ...rest,
        validFrom: instant(validFrom),
        validTo: instant(validTo),
      })),
      error: outcome.kind === 'failed' ? clean(outcome.why) : null,
      durationMs: Math.round(durationMs),
    },
  ];
}

function instant(ms: number): string | null {
  return Number.isFinite(ms) ? isoTime(ms) : null;
}

function clean(text: string): string {
  return shorten(cleanLine(text), LONGEST);
}
