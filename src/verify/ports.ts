import type { AppError } from '../base/errors.ts';
import type { Clock, Http, Random } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import type { Resolved } from '../base/settings.ts';
import type { Me, SubscriptionList } from '../intercom/api-answers.ts';
import type { Region } from '../intercom/regions.ts';
import type { Credential } from '../diagnosis/hypothesis.ts';

/** How long a look at the way to a host may take, and what ends it early. */
export interface LookLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The way to a host, step by step: its name, its addresses, its certificate. No request is sent on it. */
export interface Sockets {
  /** What the DNS says, and which addresses are used. Trouble is told, not thrown. */
  lookUp(url: URL, limits: LookLimits): Promise<NameFacts>;
  /** Whether the host takes connections, address by address. @throws AppError `net/dns` when the name has no address */
  reach(url: URL, limits: LookLimits): Promise<Reach>;
  /**
   * One TLS handshake, whatever the certificate is worth.
   * @throws AppError `net/*` when there is no connection to speak TLS on
   */
  handshake(url: URL, limits: LookLimits): Promise<TlsFacts>;
}

export type NameFacts =
  | { readonly via: 'proxy'; readonly proxy: string }
  /** The URL has an address in place of a name. */
  | { readonly via: 'address'; readonly address: string }
  | DirectName;

export interface DirectName {
  readonly via: 'name';
  readonly host: string;
  /** `pinned`: by `--resolve`, nobody was asked. */
  readonly source: 'pinned' | 'system';
  /** Those that requests go to, as the system names them: hosts file, search domains and all. */
  readonly addresses: readonly HostAddress[];
  /** What the DNS itself answered to the questions for IPv4 and IPv6 addresses. */
  readonly a: RecordAnswer;
  readonly aaaa: RecordAnswer;
  /** Names that this one is an alias of (CNAME), one after the other; the last may be a dead end. */
  readonly aliases: readonly string[];
  readonly durationMs: number;
}

export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export type RecordAnswer =
  | 'found'
  /** The name is there, but has no address of that family. */
  | 'none'
  /** NXDOMAIN */
  | 'no-such-name'
  /** SERVFAIL: its name servers are down, or its signatures (DNSSEC) are wrong. */
  | 'server-failed'
  | 'refused'
  | 'timed-out'
  /** No DNS server could be asked. */
  | 'unreachable'
  | 'not-asked';

export type Reach =
  | { readonly via: 'proxy'; readonly proxy: string }
  | { readonly via: 'direct'; readonly addresses: readonly AddressFact[] };

export interface AddressFact {
  /** `192.0.2.1:443`, `[2001:db8::1]:443` */
  readonly address: string;
  readonly family: 4 | 6;
  /** `no-route`: this machine has no way to addresses of that family. */
  readonly outcome: 'open' | 'refused' | 'timed-out' | 'unreachable' | 'no-route';
  readonly durationMs: number;
}

export interface TlsFacts {
  /** Of the peer: the proxy's where there is one. */
  readonly address: string;
  readonly proxy?: string;
  /** What the handshake came to. `old`: TLS is spoken, but only in the version named. */
  readonly outcome:
    | { readonly kind: 'agreed'; readonly protocol: string; readonly cipher: string }
    | { readonly kind: 'old'; readonly protocol: string }
    | {
        readonly kind: 'failed';
        readonly isSilent: boolean;
        readonly isCut: boolean;
        readonly what: string;
        readonly why: string;
        readonly hint: string;
      };
  /** As sent by the other side, its own first; where it is trusted, up to the authority. Empty when none was shown. */
  readonly chain: readonly CertificateFact[];
  /** Whether the chain leads to an authority that is trusted here; dates of the first certificate do not count. */
  readonly trust:
    | { readonly isTrusted: true }
    | { readonly isTrusted: false; readonly code: string; readonly why: string; readonly hint: string };
  /** Whether the first certificate is for the host of the URL. */
  readonly isForHost: boolean;
  readonly durationMs: number;
}

/** Texts come from the other side, and are cleaned. Instants in ms since 1970. */
export interface CertificateFact {
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  readonly validFrom: number;
  readonly validTo: number;
  readonly serialNumber: string;
  readonly sha256: string;
  /** `EC 256`, `RSA 2048` */
  readonly key: string;
}

/** How hosts are found and believed, where it is not left to how this computer is set up. */
export interface LineOptions {
  /** Addresses that are taken for a name (in lower case) in place of what the DNS says. */
  readonly pins?: ReadonlyMap<string, readonly HostAddress[]> | undefined;
  /** Authorities that are trusted as well. */
  readonly authorities?: readonly Authority[] | undefined;
  /** Whether requests are sent whatever the certificate is worth. */
  readonly isInsecure?: boolean | undefined;
}

/** One or several certificates in PEM, and the file that they come from. */
export interface Authority {
  readonly pem: string;
  readonly file: string;
}

/** What git says of the env file. */
export type EnvFileState =
  | { readonly state: 'missing'; readonly path: string }
  | { readonly state: 'no-git'; readonly path: string }
  | { readonly state: 'no-repository'; readonly path: string }
  | { readonly state: 'unknown'; readonly path: string; readonly why: string }
  | { readonly state: 'known'; readonly path: string; readonly isTracked: boolean; readonly isIgnored: boolean };

/** What Intercom's REST API says of the access token; each question is asked once in a run, at most. */
export interface ApiFacts {
  /** The one that is set, or the default. */
  readonly region: Resolved<Region>;
  /** Topics that the profile names; empty where it names none. */
  readonly topics: readonly string[];
  me(): Promise<Me | AppError>;
  /** Through the archived API, where the app still has it. */
  subscriptions(): Promise<SubscriptionList | AppError>;
}

/** What is known on this machine; checks of the `env` group judge it. */
export interface LocalFacts {
  readonly token?: Resolved<Secret>;
  readonly secret?: Resolved<Secret>;
  /** A sentence about a second, different secret. */
  readonly conflict?: string;
  /** Other values that a receiver may have taken for its secret; a diagnosis tries them as keys. */
  readonly credentials?: readonly Credential[];
  /** Whether signed probes are wanted at all. */
  readonly wantsSigned: boolean;
  envFile(): Promise<EnvFileState>;
  /** Undefined while no access token is known. */
  readonly api?: ApiFacts;
}

export interface VerifyPorts {
  readonly http: Http;
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly random: Random;
  readonly local: LocalFacts;
  /** Whatever must not stand in evidence. */
  readonly secrets: readonly Secret[];
}
