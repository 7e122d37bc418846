import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { PLAIN } from '../base/paint.ts';
import type { Settings } from '../base/settings.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import { jsonLine } from '../verify/report.ts';
import type { ReporterEnv } from '../verify/reporter.ts';
import { REPORTER_NAMES, REPORTERS } from '../verify/reporters/index.ts';
import type { VerifyEvent } from '../verify/verify.ts';
import type { Context } from './context.ts';

/** Where the reports of a run go: at most one to standard output, any number to files. */
export interface Sinks {
  /** Starts the reporters for one run. */
  start(): (event: VerifyEvent) => void;
  /** Writes what is written at the end. @throws AppError `io/write` */
  finish(schema: string, ok: boolean, body: JsonObject): Promise<void>;
}

interface Asked {
  readonly name: string;
  readonly file?: string;
}

const FILE_COLUMNS = 80;

/** @throws AppError `usage/*` for an unknown reporter, and for two that want standard output */
export async function openSinks(flags: readonly string[], settings: Settings, context: Context): Promise<Sinks> {
  const { output } = context;
  const asked = (flags.length > 0 ? flags : [settings.get('reporter')?.value ?? 'pretty']).map(parse);
  const toStdout = asked.filter(({ file }) => file === undefined);
  if (toStdout.length > 1 || (output.json && flags.length > 0 && toStdout.some(({ name }) => name !== 'json'))) {
    throw new AppError('usage/conflict', {
      what: 'Two reports cannot both go to standard output',
      why: `It was asked for ${[...toStdout.map(({ name }) => name), ...(output.json ? ['--json'] : [])].join(' and ')}.`,
      hint: 'Give all but one a file: --reporter json=verify.json',
    });
  }
  // a file alone would leave the log of a CI job empty
  const shown = output.json ? 'json' : (toStdout[0]?.name ?? 'pretty');
  const env = { isQuiet: output.quiet, isVerbose: output.verbose };
  const live: Live[] = [];
  if (shown !== 'json') {
    const screen = { ...env, paint: output.paint, columns: output.columns };
    live.push({ start: await load(shown, screen), write: (text) => output.text(text) });
  }
  const files = new Map<string, { isJson: boolean; text: string }>();
  for (const { name, file } of asked) {
    if (file === undefined) continue;
    const kept = { isJson: name === 'json', text: '' };
    files.set(file, kept);
    if (kept.isJson) continue;
    const page = { ...env, paint: PLAIN, columns: FILE_COLUMNS };
    live.push({ start: await load(name, page), write: (text) => void (kept.text += text) });
  }
  return {
    start() {
      const folds = live.map(({ start, write }) => ({ fold: start(), write }));
      return (event) => {
        for (const { fold, write } of folds) {
          const text = fold(event);
          if (text !== '') write(text);
        }
      };
    },
    async finish(schema, ok, body) {
      const json = jsonLine(schema, ok, body);
      for (const [file, { isJson, text }] of files) await context.save(file, isJson ? json : text);
      if (output.json) output.result(schema, ok, body, '');
      else if (shown === 'json') output.text(json);
    },
  };
}

interface Live {
  start(): (event: VerifyEvent) => string;
  write(text: string): void;
}

async function load(name: string, env: ReporterEnv): Promise<() => (event: VerifyEvent) => string> {
  const reporter = await REPORTERS[name]?.();
  if (reporter === undefined) throw unknownReporter(name);
  return () => reporter.start(env);
}

function parse(text: string): Asked {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (!REPORTER_NAMES.includes(name)) throw unknownReporter(name);
  const file = at === -1 ? undefined : text.slice(at + 1);
  if (file === '') {
    throw new AppError('usage/invalid-value', {
      what: `--reporter ${name}= names no file`,
      why: 'After the equals sign the name of a file is expected.',
      hint: `--reporter ${name}=verify.${name === 'json' ? 'json' : 'txt'}, or --reporter ${name} for standard output`,
    });
  }
  return { name, ...(file !== undefined && { file }) };
}

function unknownReporter(name: string): AppError {
  return new AppError('usage/invalid-value', {
    what: `There is no reporter "${cleanLine(name).slice(0, 40)}"`,
    why: `Known: ${REPORTER_NAMES.join(', ')}.`,
    hint: didYouMean(name, REPORTER_NAMES, `Use one of ${REPORTER_NAMES.join(', ')}.`),
  });
}
