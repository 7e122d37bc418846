import type { ErrorCode } from '../base/errors.ts';
import type { SignatureAlgorithm } from '../intercom/signature.ts';
import type { Secret } from '../base/secret.ts';
import type { Evidence } from './evidence.ts';
import type { Probes } from './probes.ts';

export type { Finding } from '../diagnosis/finding.ts';

/** `group/name`; equals the path of the check's file under `checks/`. */
export type CheckId = `${string}/${string}`;
export type Status = 'pass' | 'warn' | 'fail' | 'skip' | 'error';
export const STATUSES: readonly Status[] = ['pass', 'warn', 'fail', 'skip', 'error'];

/** What a check concludes. `error`: it could not be judged. `remedy`: what to do, with a command where there is one. */
export interface Verdict {
  readonly status: Status;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly remedy?: string;
  /** Which of the checks that need this one are in vain. Not given: all of them after `fail` and `error`, else none. */
  readonly blocks?: readonly CheckId[];
}

type Parts = Omit<Verdict, 'status' | 'message'>;
export const pass = (message: string, parts: Parts = {}): Verdict => ({ status: 'pass', message, ...parts });
export const skip = (message: string, parts: Parts = {}): Verdict => ({ status: 'skip', message, ...parts });
export const warn = (message: string, parts: Parts & { remedy: string }): Verdict => ({
  status: 'warn',
  message,
  ...parts,
});
export const fail = (message: string, parts: Parts & { remedy: string }): Verdict => ({
  status: 'fail',
  message,
  ...parts,
});
export const unjudged = (message: string, parts: Parts & { remedy: string }): Verdict => ({
  status: 'error',
  message,
  ...parts,
});

/** The key that signed probes are made with, or the reason why there are none. */
export type Signing =
  | { readonly secret: Secret; readonly because?: undefined }
  | { readonly secret?: undefined; readonly because: string };

/** What is judged: an address, and what is known about it. */
export interface Target {
  readonly url: URL;
  readonly reach: 'loopback' | 'private' | 'public';
  readonly healthUrl: URL;
  readonly intercomHealthUrl: URL;
  /** Paths that the user named must answer exactly; guessed ones may be absent. */
  readonly isHealthNamed: boolean;
  readonly isIntercomHealthNamed: boolean;
  readonly userAgent: string;
  /** `app_id` of the notifications that are sent. */
  readonly appId: string;
  readonly signing: Signing;
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
  /** Under `--insecure`: requests go out whatever the certificate is worth. */
  readonly isInsecure: boolean;
}

/** A check looks first and judges afterwards; `judge` is pure, so that its test is a table. */
export interface Check<Seen = unknown> {
  readonly id: CheckId;
  /** What holds when it passes, as a short sentence without a full stop. */
  readonly title: string;
  /** What it takes: nothing, the network, the secret, the access token. */
  readonly kind: 'local' | 'open' | 'signed' | 'api';
  /** Checks without which this one cannot be judged; they stand earlier in the list. */
  readonly needs: readonly CheckId[];
  /** Checks that only have to be over first. */
  readonly after?: readonly CheckId[];
  /** Overlaps with nothing; stands last in the list. */
  readonly alone?: true;
  readonly explain: Explanation;
  /** @throws AppError `net/*` when what it looks at gave no answer; the engine judges that */
  observe(probes: Probes): Promise<Seen>;
  judge(seen: Seen, target: Target): Verdict;
}

/** The page of a check: why it matters, how to mend it, and who says so. */
interface Explanation {
  readonly why: string;
  readonly fix: string;
  /** An address, or what is not documented. */
  readonly source?: string;
}

export function defineCheck<Seen>(check: Check<Seen>): Check<Seen> {
  return check;
}

export interface CheckResult extends Verdict {
  readonly id: CheckId;
  readonly title: string;
  readonly durationMs: number;
  /** Redacted when recorded. */
  readonly evidence: readonly Evidence[];
  /** The first check that failed on the way here. */
  readonly blockedBy?: CheckId;
  /** Why nothing could be asked, where that is what the check ended with. */
  readonly trouble?: ErrorCode;
}

export const BOTH_ALGORITHMS: readonly SignatureAlgorithm[] = ['sha1', 'sha256'];
