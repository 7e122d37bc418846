import type { Clock, Http, Random } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import type { Resolved } from '../base/settings.ts';

/** Whether a host takes connections, address by address. Nothing is sent. */
export interface Sockets {
  /** @throws AppError `net/dns` when the name has no address */
  reach(url: URL, limits: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Reach>;
}

export type Reach =
  | { readonly via: 'proxy'; readonly proxy: string }
  | { readonly via: 'direct'; readonly addresses: readonly AddressFact[] };

export interface AddressFact {
  /** `192.0.2.1:443`, `[2001:db8::1]:443` */
  readonly address: string;
  readonly family: 4 | 6;
  /** `no-route`: this machine has no way to addresses of that family. */
  readonly outcome: 'open' | 'refused' | 'timed-out' | 'unreachable' | 'no-route';
}

/** What git says of the env file. */
export type EnvFileState =
  | { readonly state: 'missing'; readonly path: string }
  | { readonly state: 'no-git'; readonly path: string }
  | { readonly state: 'no-repository'; readonly path: string }
  | { readonly state: 'unknown'; readonly path: string; readonly why: string }
  | { readonly state: 'known'; readonly path: string; readonly isTracked: boolean; readonly isIgnored: boolean };

/** What is known on this machine; checks of the `env` group judge it. */
export interface LocalFacts {
  readonly token?: Resolved<Secret>;
  readonly secret?: Resolved<Secret>;
  /** A sentence about a second, different secret. */
  readonly conflict?: string;
  /** Whether signed probes are wanted at all. */
  readonly wantsSigned: boolean;
  envFile(): Promise<EnvFileState>;
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
