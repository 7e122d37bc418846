import type { CodeKind, Finding } from '../diagnosis/finding.ts';
import type { CheckId, CheckResult, Status } from './check.ts';

/** A cause that the results of checks name by themselves, with its page. */
export interface PlainCause {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source?: string;
  /** What is pasted: lines that verify a signature, lines that answer HEAD, the command that sets a secret. */
  readonly code?: CodeKind;
  find(resultOf: ResultOf): Told | undefined;
}

export type ResultOf = (id: CheckId, ...statuses: readonly Status[]) => CheckResult | undefined;

export type Told = Pick<Finding, 'message' | 'confidence'> & Partial<Pick<Finding, 'remedy'>>;

export const certain = (message: string): Told => ({ message, confidence: 'certain' });
export const likely = (message: string): Told => ({ message, confidence: 'likely' });
export const isDelivered = (result: CheckResult | undefined): boolean => /^2\d\d$/.test(result?.actual ?? '');

/** Told by the checks, and by exceptions that name it. */
export const SECRET_MISSING = {
  id: 'secret-missing',
  fix: "Set INTERCOM_WEBHOOK_SECRET where the receiver runs to the app's client secret, deploy again, and let the receiver answer 503 while there is none.",
} as const;
