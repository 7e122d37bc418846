import { plural } from '../../base/text.ts';
import { report, type Step } from '../step.ts';

/** The same notifications as the command `send-test`, of the chosen topics. */
export const sendTest: Step = {
  id: 'send-test',
  title: 'Send a test',
  look: async ({ answers }) =>
    answers.wantsTest
      ? report('to do', `${plural(answers.topics.length, 'notification')}, signed as Intercom signs`)
      : report('skipped', 'left out by --no-test'),
  async apply({ ports, secret }) {
    if (secret === undefined)
      return report('left', 'No secret is known, so nothing can be signed.', ports.command('secret set'));
    return ports.sendTest(secret);
  },
};
