import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { PLAIN } from '../base/paint.ts';
import type { Settings } from '../base/settings.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import { jsonLine } from '../verify/report.ts';
import type { Reporter, ReporterEnv, ReportEvent } from '../verify/reporter.ts';
import { REPORTER_NAMES, REPORTERS } from '../verify/reporters/index.ts';
import { fitStepSummary } from '../verify/step-summary.ts';
import type { VerifyEvent } from '../verify/verify.ts';
import type { Context } from './context.ts';

/** Where the reports of the runs go: at most one to standard output, any number to files. */
export interface Sinks {
  emit(event: VerifyEvent): void;
  /** Writes what is written at the end. @throws AppError `io/write` */
  finish(schema: string, ok: boolean, body: JsonObject): Promise<void>;
}

interface Asked {
  readonly name: string;
  readonly file?: string;
}

interface Live {
  readonly fold: (event: ReportEvent) => string;
  write(text: string): void;
}

const FILE_COLUMNS = 80;

/** @throws AppError `usage/*` for an unknown reporter, and for two that want standard output */
export async function openSinks(
  flags: readonly string[],
  isStrict: boolean,
  settings: Settings,
  context: Context,
): Promise<Sinks> {
  const { output, github } = context;
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
  const env = { isQuiet: output.quiet, isVerbose: output.verbose, isStrict };
  const screen: ReporterEnv = { ...env, paint: output.paint, columns: output.columns };
  const page: ReporterEnv = { ...env, paint: PLAIN, columns: FILE_COLUMNS };
  const live: Live[] = [];
  if (shown !== 'json') live.push(await liveOn(shown, screen, output));
  if (github && !asked.some(({ name }) => name === 'github')) live.push(await liveOn('github', page, output));
  const files = new Map<string, { isJson: boolean; text: string }>();
  for (const { name, file } of asked) {
    if (file === undefined) continue;
    const kept = { isJson: name === 'json', text: '' };
    files.set(file, kept);
    if (!kept.isJson) live.push({ fold: (await load(name)).start(page), write: (text) => void (kept.text += text) });
  }
  let summary = '';
  if (github?.appendSummary)
    live.push({ fold: (await load('markdown')).start(page), write: (text) => void (summary += text) });
  const emit = (event: ReportEvent): void => {
    for (const { fold, write } of live) {
      const text = fold(event);
      if (text !== '') write(text);
    }
  };
  return {
    emit,
    async finish(schema, ok, body) {
      emit({ type: 'over' });
      const json = jsonLine(schema, ok, body);
      for (const [file, { isJson, text }] of files) await context.save(file, isJson ? json : text);
      await github?.appendSummary?.(fitStepSummary(summary));
      if (output.json) output.result(schema, ok, body, '');
      else if (shown === 'json') output.text(json);
    },
  };
}

async function liveOn(name: string, env: ReporterEnv, output: Context['output']): Promise<Live> {
  const reporter = await load(name);
  const write = reporter.isCommands ? output.commands : output.text;
  return { fold: reporter.start(env), write };
}

async function load(name: string): Promise<Reporter> {
  const reporter = await REPORTERS[name]?.();
  if (reporter === undefined) throw unknownReporter(name);
  return reporter;
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
      hint: `--reporter ${name}=verify.${EXTENSIONS[name] ?? 'txt'}, or --reporter ${name} for standard output`,
    });
  }
  return { name, ...(file !== undefined && { file }) };
}

const EXTENSIONS: Readonly<Record<string, string>> = { json: 'json', junit: 'xml', markdown: 'md' };

function unknownReporter(name: string): AppError {
  return new AppError('usage/invalid-value', {
    what: `There is no reporter "${cleanLine(name).slice(0, 40)}"`,
    why: `Known: ${REPORTER_NAMES.join(', ')}.`,
    hint: didYouMean(name, REPORTER_NAMES, `Use one of ${REPORTER_NAMES.join(', ')}.`),
  });
}
