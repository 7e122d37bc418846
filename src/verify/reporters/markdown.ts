import { showDuration } from '../../base/quantity.ts';
import { plural } from '../../base/text.ts';
import { codeOnce } from '../../diagnosis/finding.ts';
import type { CheckResult, Finding, Status } from '../check.ts';
import type { Reporter } from '../reporter.ts';
import { INSECURE, type Report } from '../verify.ts';
import { isToldByCheck } from '../told-by-checks.ts';

const MARKS: Readonly<Record<Status, string>> = {
  pass: '✅ pass',
  warn: '⚠️ warn',
  fail: '❌ fail',
  skip: '➖ skip',
  error: '❔ error',
};
/** What needs somebody comes first; the rest is folded away. */
const OPEN: readonly Status[] = ['fail', 'error', 'warn'];

/** Markdown for a step summary or a comment: what needs somebody on top, all other checks folded. */
export const markdown: Reporter = {
  name: 'markdown',
  about: 'Markdown, for a step summary or a comment',
  start: () => (event) => (event.type === 'finished' ? page(event.report) : ''),
};

function page({ target, ok, isInsecure, summary, checks, diagnosis, requests, durationMs }: Report): string {
  const counts = (['pass', 'warn', 'fail', 'error', 'skip'] as const)
    .filter((status) => summary[status] > 0)
    .map((status) => `${summary[status]} ${status}`);
  const open = OPEN.flatMap((status) => checks.filter((check) => check.status === status));
  const settled = checks.filter(({ status }) => !OPEN.includes(status));
  return [
    `## ${ok ? '✅' : '❌'} Intercom webhook: ${ok ? 'nothing failed' : 'needs attention'}`,
    `${escape(target)}: ${counts.join(', ')} (${plural(requests, 'request')}, ${showDuration(durationMs)})`,
    ...(isInsecure ? [`**⚠️ --insecure:** ${escape(INSECURE)}`] : []),
    ...diagnosis
      .filter((finding) => !isToldByCheck(finding))
      .map(codeOnce())
      .map(cause),
    ...(open.length === 0 ? [] : [table(open, true)]),
    ...(settled.length === 0
      ? []
      : [
          `<details><summary>${plural(settled.length, 'other check')}</summary>\n\n${table(settled, false)}\n\n</details>`,
        ]),
  ]
    .map((part) => `${part}\n\n`)
    .join('');
}

function cause({ id, message, remedy, confidence, code }: Finding): string {
  const title = confidence === 'none' ? 'The cause is not known' : `Cause: ${id} (${confidence})`;
  const told = `**${title}.** ${escape(message)}\n\n${escape(remedy)}`;
  return code === undefined ? told : `${told}\n\nFor ${code.for}:\n\n\`\`\`\n${code.text}\n\`\`\``; // ours, not the receiver's: it needs no escaping
}

function table(checks: readonly CheckResult[], hasRemedy: boolean): string {
  const head = hasRemedy ? ['', 'check', 'what was seen', 'what to do'] : ['', 'check', 'what was seen'];
  const rows = checks.map(({ status, id, message, remedy }) => [
    MARKS[status],
    escape(id),
    escape(message),
    ...(hasRemedy ? [escape(remedy ?? '')] : []),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that Markdown and HTML leave as it is, on one line, no link in it: messages quote what receivers answer. */
function escape(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]#|~!]/g, String.raw`\$&`)
    .replace(/[&<>@]/g, entity)
    .replace(/\b(https?|www)([:.])/gi, (_, word: string, mark: string) => word + entity(mark));
}

const entity = (character: string): string => `&#${character.charCodeAt(0)};`;
