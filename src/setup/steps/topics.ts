import { report, type Step } from '../step.ts';
import { bothNames } from '../topic-answer.ts';

/** What is chosen; whether Intercom has it too is told by the subscription. */
export const topics: Step = {
  id: 'topics',
  title: 'Topics',
  async look({ answers }) {
    const names = answers.topics.map(({ topic }) => bothNames(topic)).join(', ');
    return report('done', names);
  },
};
