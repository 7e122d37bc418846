import { shellQuote } from '../../base/text.ts';
import { report, type Step } from '../step.ts';
import { previewOf } from './secret.ts';

/** The receiver has to be started with the new secret. */
export const deploy: Step = {
  id: 'deploy',
  title: 'Deploy',
  async look(journey) {
    const { answers, secret } = journey;
    const { deploy: planned } = answers;
    if (planned) return report('to do', planned.command);
    const isOld = secret !== undefined && !(await previewOf(journey)).isChanged;
    return isOld
      ? report('skipped', 'no command given, and the secret is not new')
      : report('by hand', 'no command given: the receiver is deployed by you');
  },
  async apply(journey) {
    const { answers, ports } = journey;
    const { deploy: planned } = answers;
    if (planned === undefined) {
      if (!journey.isSecretNew) return report('skipped', 'no command given, and the secret is not new');
      if (ports.person === undefined)
        return report(
          'left',
          'The receiver runs with the old settings until it is deployed again.',
          `Deploy it, then: ${ports.command('setup --check')}`,
        );
      ports.show('Deploy', ['Deploy the receiver now, so that it starts with the new secret.'], []);
      await ports.person.pause('Enter when it is deployed');
      journey.isDeployed = true;
      return report('confirmed', 'deployed, as you said');
    }
    if (!planned.isAgreed)
      return report(
        'left',
        `${planned.command} was not run: a command from a profile or config file is run only when somebody agrees to it`,
        ports.command(`setup --deploy ${shellQuote(planned.command)}`),
      );
    const failure = await ports.deploy(planned.command);
    if (failure)
      return { ...report('failed', `${failure.what}. ${failure.why}`, failure.hint), exitCode: failure.exitCode };
    journey.isDeployed = true;
    return report('changed', `${planned.command} ended well`);
  },
};
