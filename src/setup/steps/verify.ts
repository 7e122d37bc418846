import { report, type Step } from '../step.ts';

/** The same checks as the command `verify`. */
export const verify: Step = {
  id: 'verify',
  title: 'Verify',
  look: async ({ answers }) =>
    answers.wantsVerify ? report('to do', 'all checks of verify') : report('skipped', 'left out by --no-verify'),
  apply: ({ ports, secret, isDeployed, isSecretNew }) =>
    ports.verify(secret, isDeployed ? 'fresh' : isSecretNew ? 'written' : 'old'),
};
