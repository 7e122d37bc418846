import type { ExitCode } from '../base/errors.ts';
import type { Reports } from './apply.ts';
import type { Journey, StepId, StepReport } from './step.ts';
import { report } from './step.ts';

/**
 * What was looked at, as drift: what setup would do is what is not as it should be. Intercom shows nobody what stands in
 * the Developer Hub, so that is unknown and no drift.
 */
export function driftOf({ way }: Journey, seen: Reports, proof: StepReport): Reports {
  const drift = new Map<StepId, StepReport>(seen);
  const subscription = seen.get('subscription');
  if (way === 'guide')
    drift.set(
      'subscription',
      report(
        'unknown',
        "URL, topics and version in the Developer Hub cannot be seen from here: Intercom's API does not show them",
      ),
    );
  else if (subscription?.status === 'to do') drift.set('subscription', report('differs', 'none for this URL'));
  const secret = seen.get('secret');
  if (secret?.status === 'to do') drift.set('secret', { ...secret, status: 'differs' });
  drift.set('deploy', report('skipped', 'nothing is deployed by a check'));
  drift.set('verify', proof);
  drift.set('send-test', report('skipped', 'nothing is sent by a check but the probes of verify'));
  drift.set('hub-test', report('skipped', 'nothing is asked of Intercom by a check'));
  return drift;
}

export function exitCodeOfCheck(drift: Reports): ExitCode {
  const all = [...drift.values()];
  if (all.some(({ status, exitCode }) => status === 'differs' || (status === 'failed' && exitCode !== 3))) return 1;
  return all.some(({ exitCode }) => exitCode === 3) ? 3 : 0;
}
