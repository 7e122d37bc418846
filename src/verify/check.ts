import type { Exchange } from '../base/ports.ts';
import type { Probes } from './probes.ts';

/** `group/name`; equals the path of the check's file under `checks/`. */
export type CheckId = `${string}/${string}`;
export type Status = 'pass' | 'warn' | 'fail' | 'skip' | 'error';

/** What a check concludes. `error`: it could not be judged. `remedy`: what to do, with a command where there is one. */
export interface Verdict {
  readonly status: Status;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly remedy?: string;
}

/** What is judged: an address, and what is known about it. */
export interface Target {
  readonly url: URL;
  readonly healthUrl: URL;
  readonly intercomHealthUrl: URL;
  /** Paths that the user named must answer exactly; guessed ones may be absent. */
  readonly isHealthNamed: boolean;
  readonly isIntercomHealthNamed: boolean;
  readonly userAgent: string;
}

/** A check looks first and judges afterwards; `judge` is pure, so that its test is a table. */
export interface Check<Seen = unknown> {
  readonly id: CheckId;
  readonly title: string;
  /** What it takes: nothing, the network, the secret, the token. */
  readonly kind: 'local' | 'open' | 'signed' | 'api';
  readonly needs: readonly CheckId[];
  /** Overlaps with nothing. */
  readonly alone?: true;
  readonly explain: { readonly why: string; readonly fix: string; readonly source?: string };
  observe(probes: Probes): Promise<Seen>;
  judge(seen: Seen, target: Target): Verdict;
}

export interface CheckResult extends Verdict {
  readonly id: CheckId;
  readonly title: string;
  readonly durationMs: number;
  /** Redacted when recorded. */
  readonly evidence: readonly Exchange[];
  /** The first check that failed on the way here. */
  readonly blockedBy?: CheckId;
}
