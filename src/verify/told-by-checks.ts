import { type Finding, UNKNOWN_CAUSE } from '../diagnosis/finding.ts';
import type { CheckId, CheckResult } from './check.ts';

/** They tell that deliveries are refused, and not always why. */
const SYMPTOMS: ReadonlySet<CheckId> = new Set(['signature/accepted', 'signature/raw-body']);
/** What an answer like this names by itself: a redirect, no answer. Other numbers do not. */
const REFUSED = /^[45]\d\d/;

/** What is ruled out where a check passes. */
const RULED_OUT: Readonly<Record<CheckId, string>> = {
  'tcp/connects': 'the connection',
  'tls/trusted': 'the certificate',
  'http/no-redirect': 'a redirect',
  'endpoint/reaches-receiver': 'something in front of the receiver',
  'endpoint/configured': 'a receiver without its settings',
};

/**
 * Where no cause was found besides: what failed, when it names its cause itself, under the check's own id; else `unknown`.
 * What could not be judged counts where nothing failed. Empty where nothing is wrong.
 */
export function toldByChecks(results: readonly CheckResult[]): readonly Finding[] {
  const failed = results.filter(({ status }) => status === 'fail');
  const open = failed.length > 0 ? failed : results.filter(({ status }) => status === 'error');
  const told = open.filter(
    ({ id, status, actual = '' }) => status === 'error' || !SYMPTOMS.has(id) || !REFUSED.test(actual),
  );
  const [symptom] = open;
  if (told.length === 0) return symptom ? [unknown(symptom, results)] : [];
  return told
    .filter(({ message }, at) => told.findIndex((other) => other.message === message) === at)
    .map(({ id, status, message, remedy }) => ({
      id,
      message,
      confidence: status === 'fail' ? 'certain' : 'likely',
      remedy: remedy ?? explained(id),
    }));
}

function unknown({ id, message, remedy }: CheckResult, results: readonly CheckResult[]): Finding {
  const passed = results.filter(({ status }) => status === 'pass').map((result) => RULED_OUT[result.id]);
  const ruledOut = passed.filter((words) => words !== undefined);
  return {
    id: UNKNOWN_CAUSE,
    confidence: 'none',
    message: `${message} Why was not found out${ruledOut.length > 0 ? `; ruled out: ${ruledOut.join(', ')}` : ''}.`,
    remedy: remedy ?? explained(id),
  };
}

const explained = (id: CheckId): string => `propiq-intercom explain ${id}`;

/** Whether a finding is a check's own: where the checks are shown it would be said twice. */
export function isToldByCheck({ id }: Finding): boolean {
  return id.includes('/');
}
