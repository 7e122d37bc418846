import type { Paint } from '../../base/paint.ts';
import { showDuration } from '../../base/quantity.ts';
import { plural, wrap } from '../../base/text.ts';
import { codeOnce } from '../../diagnosis/finding.ts';
import type { CheckResult, Finding, Status } from '../check.ts';
import type { Evidence } from '../evidence.ts';
import { evidenceLines } from '../evidence-lines.ts';
import type { Reporter, ReporterEnv } from '../reporter.ts';
import type { Summary } from '../summary.ts';
import { isToldByCheck } from '../told-by-checks.ts';
import { INSECURE, type Report } from '../verify.ts';

const INDENT = '        ';
const WORD_WIDTH = 5;
/** So many checks that are skipped for one reason are still named. */
const FEW = 3;
/** From this width on the facts stand in a column of their own. */
const WIDE = 80;

/** For people: a line a check as it is judged, what to do under those that did not pass, the next command last. */
export const pretty: Reporter = {
  name: 'pretty',
  about: 'lines for people, as the checks are judged',
  start(env) {
    const { paint, columns, isQuiet, isVerbose } = env;
    const told = new Set<string>();
    const advised = new Map<string, CheckResult['id']>();
    let group = '';
    let idWidth = 0;
    const once = codeOnce();
    let skipped: CheckResult[] = [];

    const tell = (result: CheckResult): string => {
      const next = result.id.split('/')[0] ?? '';
      const gap = group === next || (isQuiet && group === '') ? '' : '\n';
      group = next;
      return `${gap}${showResult(referring(result), idWidth, env)}${isVerbose ? showEvidence(result.evidence, told, env) : ''}`;
    };
    // what several checks say and advise in the same words is said by the first of them
    const referring = ({ remedy, ...result }: CheckResult): CheckResult => {
      if (remedy === undefined) return result;
      const said = `${result.message}\n${remedy}`;
      const first = advised.get(said);
      if (first !== undefined) return { ...result, message: `As for ${first}.` };
      advised.set(said, result.id);
      return { ...result, remedy };
    };
    // a dead name is one line, not thirty
    const tellSkipped = (): string => {
      const [first, ...more] = skipped;
      const all = skipped;
      skipped = [];
      if (first === undefined || more.length < FEW) return all.map(tell).join('');
      group = '';
      return `\n${showTogether(all.length, first, idWidth, env)}`;
    };

    return (event) => {
      if (event.type === 'running') return '';
      if (event.type === 'started') {
        group = '';
        advised.clear();
        idWidth = columns >= WIDE ? Math.max(...event.checks.map(({ length }) => length)) : 0;
        const insecure = event.isInsecure ? `${paint.yellow(wrap(`--insecure: ${INSECURE}`, columns))}\n` : '';
        return isQuiet ? '' : `${paint.bold(`Checking ${event.target}`)}\n${insecure}`;
      }
      if (event.type === 'result') {
        const { status, message } = event.result;
        if (isQuiet && (status === 'pass' || status === 'skip')) return '';
        if (isVerbose || status !== 'skip') return tellSkipped() + tell(event.result);
        const before = skipped[0]?.message === message ? '' : tellSkipped();
        skipped.push(event.result);
        return before;
      }
      if (event.type === 'diagnosis')
        return tellSkipped() + (isToldByCheck(event.finding) ? '' : showFinding(once(event.finding), paint, columns));
      return event.type === 'finished' ? tellSkipped() + showEnd(event.report, env) : '';
    };
  },
};

function showResult(result: CheckResult, idWidth: number, { paint, columns }: ReporterEnv): string {
  const { status, id, message, remedy } = result;
  const word = `${paint.marks[status]} ${status.padEnd(WORD_WIDTH)}`;
  const head = `${colour(status, paint)(word)} ${id}`;
  const plainLength = word.length + 1 + Math.max(id.length, idWidth) + 2 + message.length;
  const isShort = (status === 'pass' || status === 'skip') && plainLength <= columns;
  const fact = isShort
    ? `${' '.repeat(Math.max(0, idWidth - id.length) + 2)}${paint.dim(message)}\n`
    : `\n${shade(status, paint)(wrap(message, columns, INDENT))}\n`;
  const isSettled = status === 'pass' || status === 'skip';
  return `${head}${fact}${remedy === undefined || isSettled ? '' : `${toDo(remedy, paint, columns)}\n`}`;
}

/** Checks that were all skipped for the same reason; `--verbose` and the JSON name them. */
function showTogether(count: number, first: CheckResult, idWidth: number, env: ReporterEnv): string {
  return showResult({ ...first, id: `${count} checks` as CheckResult['id'] }, idWidth, env);
}

/** A command stays in one piece, so that it can be copied; a sentence is wrapped. */
function toDo(remedy: string, paint: Paint, columns: number): string {
  const { arrow } = paint.marks;
  const isCommand = /^(?:propiq-intercom|git|echo) /.test(remedy);
  const text = isCommand ? INDENT + '  ' + remedy : wrap(remedy, columns, `${INDENT}${' '.repeat(arrow.length + 1)}`);
  return `${INDENT}${paint.cyan(arrow)} ${text.trimStart()}`;
}

function showFinding({ id, message, remedy, confidence, code }: Finding, paint: Paint, columns: number): string {
  const title = confidence === 'none' ? 'The cause is not known' : `Cause: ${id} (${confidence})`;
  const told = `\n${paint.bold(title)}\n${wrap(message, columns, INDENT)}\n${toDo(remedy, paint, columns)}\n`;
  if (code === undefined) return told;
  const lines = code.text.replace(/^(?=.)/gm, INDENT); // not wrapped: it is copied from here
  return `${told}\n${INDENT}${paint.dim(`For ${code.for}:`)}\n${lines}\n`;
}

const COUNTED: readonly (readonly [Status, (count: number) => string])[] = [
  ['pass', (count) => `${count} passed`],
  ['warn', (count) => plural(count, 'warning')],
  ['fail', (count) => `${count} failed`],
  ['error', (count) => `${count} not judged`],
  ['skip', (count) => `${count} skipped`],
];

function showEnd(report: Report, { paint, columns, isQuiet }: ReporterEnv): string {
  const { summary, requests, durationMs, ok } = report;
  if (isQuiet && ok && summary.warn === 0) return '';
  const counted = COUNTED.filter(([status]) => summary[status] > 0);
  const counts = counted.map(([status, words]) => colour(status, paint)(words(summary[status])));
  const plain = counted.map(([status, words]) => words(summary[status])).join(', ');
  const effort = `(${plural(requests, 'request')}, ${showDuration(durationMs)})`;
  const isShort = plain.length + 1 + effort.length <= columns;
  return `\n${counts.join(', ')}${isShort ? ' ' : '\n'}${paint.dim(effort)}\n${paint.bold('Next:')} ${nextCommand(report, summary)}\n`;
}

/** What to type: about the first failure, else about what could not be judged or was warned of, else on with the guide. */
function nextCommand({ checks, target }: Report, summary: Summary): string {
  const status = (['fail', 'error', 'warn'] as const).find((one) => summary[one] > 0);
  const first = checks.find((check) => check.status === status);
  if (first && status !== 'warn') return `propiq-intercom explain ${first.id}`;
  if (first?.id === 'env/secret-present') return `propiq-intercom explain ${first.id}`;
  return `propiq-intercom send-test user.created --url ${target}`;
}

function colour(status: Status, paint: Paint): (text: string) => string {
  if (status === 'pass') return paint.green;
  if (status === 'fail') return paint.red;
  return status === 'skip' ? paint.dim : paint.yellow;
}

function shade(status: Status, paint: Paint): (text: string) => string {
  return status === 'pass' || status === 'skip' ? paint.dim : (text) => text;
}

/** Requests and answers as they were, masked when they were recorded. What several checks saw on the way is told once. */
function showEvidence(evidence: readonly Evidence[], told: Set<string>, { paint }: ReporterEnv): string {
  const fresh = evidence.filter((one) => {
    const text = JSON.stringify(one);
    if (one.kind !== 'exchange' && told.has(text)) return false;
    told.add(text);
    return true;
  });
  const lines = fresh.flatMap(evidenceLines);
  return lines.map((line) => `${paint.dim(`${INDENT}${line}`)}\n`).join('');
}
