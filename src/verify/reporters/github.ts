import { plural } from '../../base/text.ts';
import type { CheckResult, Finding } from '../check.ts';
import type { Reporter } from '../reporter.ts';
import { INSECURE } from '../verify.ts';
import { isToldByCheck } from '../told-by-checks.ts';

/** GitHub shows ten annotations of a kind and step, and hides the rest in silence: github.com/orgs/community/discussions/26680 */
const MOST = 10;

interface Note {
  readonly title: string;
  readonly text: string;
}

/** Workflow commands that GitHub shows as annotations: causes first, then failures, then what could not be judged. */
export const github: Reporter = {
  name: 'github',
  about: 'annotations of GitHub Actions, worst first',
  isCommands: true,
  start({ isStrict }) {
    const causes: Note[] = [];
    const failed: Note[] = [];
    const unjudged: Note[] = [];
    const warned: Note[] = [];
    let isInsecure = false;
    return (event) => {
      if (event.type === 'started') isInsecure ||= event.isInsecure;
      if (event.type === 'diagnosis' && event.finding.confidence !== 'none' && !isToldByCheck(event.finding))
        causes.push(causeNote(event.finding));
      if (event.type === 'result') {
        const { status } = event.result;
        if (status === 'fail' || (status === 'warn' && isStrict)) failed.push(checkNote(event.result));
        else if (status === 'error') unjudged.push(checkNote(event.result));
        else if (status === 'warn') warned.push(checkNote(event.result));
      }
      if (event.type !== 'over') return '';
      const warnings = isInsecure ? [{ title: '--insecure', text: INSECURE }, ...warned] : warned;
      return [...annotations('error', [...causes, ...failed, ...unjudged]), ...annotations('warning', warnings)].join(
        '',
      );
    };
  },
};

function causeNote({ id, message, remedy, confidence }: Finding): Note {
  return { title: `Cause: ${id} (${confidence})`, text: `${message}\n${remedy}` };
}

function checkNote({ id, status, message, remedy }: CheckResult): Note {
  const what = status === 'error' ? `Not judged: ${message}` : message;
  return { title: id, text: remedy === undefined ? what : `${what}\n${remedy}` };
}

/** At most ten; where there are more, the last one says so. */
function annotations(kind: 'error' | 'warning', notes: readonly Note[]): readonly string[] {
  if (notes.length <= MOST) return notes.map((note) => command(kind, note));
  const shown = notes.slice(0, MOST - 1);
  const rest = notes.slice(MOST - 1);
  const more = {
    title: `and ${plural(rest.length, `more ${kind}`)}`,
    text: `${rest.map(({ title }) => title).join(', ')}\nAll of them are in the step summary and in the log.`,
  };
  return [...shown, more].map((note) => command(kind, note));
}

/** Escapes as documented by `@actions/core`: in data % and line ends, in properties : and , as well. */
function command(kind: string, { title, text }: Note): string {
  return `::${kind} title=${escapeProperty(title)}::${escapeData(text)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
