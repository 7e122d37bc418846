import { wrap } from '../base/text.ts';
import type { Reports } from '../setup/apply.ts';
import { stepLines } from '../setup/lines.ts';
import type { Journey, Step, StepReport } from '../setup/step.ts';
import type { Context } from './context.ts';

const ONWARD = 'Run setup again: it looks at what is there, and goes on.';

/** What was saved in the Developer Hub cannot be seen from here: the person has to say so, or walk again. */
function onward(retyped: Context['retyped']): string {
  const again = retyped((words) => (words.includes('--hub-done') ? words : [...words, '--hub-done']));
  return `To go on, without the walk: ${again}`;
}

/** Keeps what was done, so that a run that is broken off can say what is true. */
export interface Truth {
  starts(journey: Journey): (step: Step) => void;
  told(seen: Reports): (step: Step, done: StepReport) => void;
  /** To standard error: what has been changed until now. */
  tell(): void;
}

const NOT_KNOWN = ' Whether Intercom has changed the subscription is not known.';
const IN_THE_HUB = ' here; what you saved in the Developer Hub stays.';

export function createTruth({ output, signal, retyped }: Context): Truth {
  const changed: string[] = [];
  let isWalked = false;
  let open = '';
  return {
    starts: (journey) => (step) => {
      if (step.id === 'subscription') open = journey.way === 'api' ? NOT_KNOWN : IN_THE_HUB;
    },
    told: (seen) => (step, done) => {
      if (step.id === 'subscription') open = '';
      if (step.id === 'subscription' && done.status === 'confirmed') isWalked = true;
      if (done.status === 'changed') changed.push(`${step.title.toLowerCase()}: ${done.message}`);
      if (done.status === 'confirmed') changed.push(`${step.title.toLowerCase()}: ${done.message}`);
      if (done === seen.get(step.id)) return;
      output.note(stepLines(step.title, done, { paint: output.errorPaint, columns: output.errorColumns }));
    },
    tell() {
      if (changed.length === 0 && open !== NOT_KNOWN) {
        if (signal.aborted) output.note(`Cancelled, nothing was changed${open === '' ? '.' : open}`);
        return;
      }
      const head = signal.aborted ? 'Interrupted.' : 'Not finished.';
      const width = Math.min(output.errorColumns, 100);
      const lines = changed.map((line) => `  ${wrap(line, width, '    ').trimStart()}`);
      const done = changed.length > 0 ? ' Done until then:' : '';
      output.note(['', `${head}${open}${done}`, ...lines, isWalked ? onward(retyped) : ONWARD].join('\n'));
    },
  };
}
