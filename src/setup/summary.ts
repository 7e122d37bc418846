import { shellWord, wrap } from '../base/text.ts';
import type { Reports } from './apply.ts';
import { type LineStyle, stepLines } from './lines.ts';
import type { Journey, Step, StepReport, StepStatus } from './step.ts';
import { STEPS } from './steps/index.ts';

/** Told as a list of names: what there is to say about them was said when they were done. */
const NAMED: readonly { readonly title: string; readonly statuses: readonly StepStatus[] }[] = [
  { title: 'Done by this run', statuses: ['changed'] },
  { title: 'Done by you', statuses: ['confirmed'] },
  { title: 'In order', statuses: ['done'] },
];
const TITLE_WIDTH = 18;

/** What this run did, what the person did, what is not as it should be, what is left, and the command to go on with. */
export function summaryText(journey: Journey, reports: Reports, next: string, style: LineStyle): string {
  const { paint, columns } = style;
  const { answers, isChecked } = journey;
  const width = Math.min(columns, 100);
  const isUnchanged = ![...reports.values()].some(({ status }) => status === 'changed' || status === 'confirmed');
  const of = (statuses: readonly StepStatus[]): readonly Step[] =>
    STEPS.filter(({ id }) => statuses.includes(reports.get(id)?.status ?? 'skipped'));
  const named = NAMED.flatMap(({ title, statuses }) => {
    const steps = of(statuses);
    if (steps.length === 0) return [];
    const names = wrap(steps.map((step) => step.title).join(', '), width, ' '.repeat(TITLE_WIDTH));
    return [`${paint.bold(title.padEnd(TITLE_WIDTH))}${names.trimStart()}`];
  });
  const full = (title: string, statuses: readonly StepStatus[], more: readonly string[] = []): readonly string[] => {
    const lines = [
      ...of(statuses).map((step) => stepLines(step.title, reports.get(step.id) as StepReport, style)),
      ...more.map((line) => `  ${paint.marks.skip} ${wrap(line, width, '    ').trimStart()}`),
    ];
    return lines.length === 0 ? [] : [`${paint.bold(title)}\n${lines.join('\n')}`];
  };
  return [
    ...(isUnchanged ? ['Nothing had to be changed.'] : []),
    ...(named.length > 0 ? [named.join('\n')] : []),
    ...full('Not in order', ['failed', 'differs', 'unknown']),
    ...full(
      'Left for you',
      ['left'],
      isChecked || answers.logs === undefined ? [] : [`Watch the receiver's log: ${answers.logs}`],
    ),
    `${paint.bold('Next:')} ${next}`,
  ].join('\n\n');
}

/** The command to go on with. */
export function nextCommand({ answers, isChecked, ports }: Journey, reports: Reports): string {
  const url = shellWord(answers.url.href);
  const failed = ['deploy', 'verify', 'send-test'].find((id) => reports.get(id as never)?.status === 'failed');
  const isOff = [...reports.values()].some(({ status }) => status === 'differs');
  if (isChecked && isOff) return ports.command(`setup --url ${url}`);
  if (failed === 'verify') return ports.command(`verify ${url}`);
  if (reports.get('secret')?.status === 'left') return ports.command('secret set');
  if (failed !== undefined) return ports.command(`setup --url ${url}`);
  return ports.command(isChecked ? `send-test --url ${url}` : `setup --check --url ${url}`);
}
