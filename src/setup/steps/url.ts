import { plural } from '../../base/text.ts';
import { report, type Step } from '../step.ts';

/** Whether the address can be registered: Intercom sends HEAD to it when it is saved. */
export const url: Step = {
  id: 'url',
  title: 'Webhook URL',
  async look({ answers, ports }) {
    const findings = await ports.reach();
    const [first, ...more] = findings;
    if (first === undefined) return report('done', `${answers.url.href} answers HEAD`);
    const others = more.length === 0 ? '' : ` (and ${plural(more.length, 'further finding')})`;
    const status = findings.every((finding) => finding.status === 'error') ? 'unknown' : 'differs';
    return { ...report(status, `${first.message}${others}`, first.remedy), findings };
  },
};
