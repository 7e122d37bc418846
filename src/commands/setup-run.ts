import { AppError, type ExitCode } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { applySteps, isChanged, lookAround, type Reports, startJourney } from '../setup/apply.ts';
import { driftOf, exitCodeOfCheck } from '../setup/check.ts';
import { hubWalk } from '../setup/hub-walk.ts';
import { stepJson, stepLines, walkJson } from '../setup/lines.ts';
import { maskedDiff } from '../setup/env-diff.ts';
import { type Journey, report, type Step, type StepReport } from '../setup/step.ts';
import { STEPS } from '../setup/steps/index.ts';
import { previewOf } from '../setup/steps/secret.ts';
import { nextCommand, summaryText } from '../setup/summary.ts';
import type { Context } from './context.ts';
import { type Gathered, gatherAnswers } from './setup-answers.ts';
import type { SetupInput } from './setup-input.ts';
import { setupPorts } from './setup-ports.ts';
import { createTruth } from './setup-truth.ts';

type Mode = 'applied' | 'planned' | 'checked';

/** From answers to a plan, from the plan to a webhook that is proven. @throws AppError */
export async function runSetup(input: SetupInput, context: Context): Promise<ExitCode> {
  const truth = createTruth(context);
  try {
    const journey = await prepare(input, context);
    if (input.check === true) return await check(journey, context);
    context.output.note(
      context.output.errorPaint.bold(`Plan for ${journey.answers.url.href} (API ${journey.answers.version})`),
    );
    const seen = await lookAround(journey, teller(context));
    if (input.dryRun === true) return await showPlan(journey, seen, context);
    await agree(input, seen, context);
    context.output.note('');
    const done = await applySteps(journey, seen, truth.told(seen), truth.starts(journey));
    return finish('applied', journey, done, [], context);
  } catch (cause) {
    truth.tell();
    throw cause;
  }
}

async function prepare(input: SetupInput, context: Context): Promise<Journey> {
  const gathered: Gathered = await gatherAnswers(input, context);
  const { answers, settings, profile, token } = gathered;
  const target = await context.envTarget(profile);
  const env = { path: (await target.find()).path, target, options: { allowTracked: input.allowTracked === true } };
  const ports = await setupPorts({ input, answers, settings, profile, token, env }, context);
  return startJourney(answers, ports, input.check === true);
}

function teller({ output }: Context): (step: Step, found: StepReport) => void {
  const style = { paint: output.errorPaint, columns: output.errorColumns };
  return (step, found) => output.note(stepLines(step.title, found, style));
}

/** @throws AppError `usage/needs-yes` */
async function agree(input: SetupInput, seen: Reports, { prompts, output }: Context): Promise<void> {
  if (input.yes === true || !prompts.can) return;
  output.note('');
  const isReachable = seen.get('url')?.status === 'done';
  const question = isReachable ? 'Go on?' : 'The receiver is not ready for Intercom (see above). Go on all the same?';
  if (await prompts.confirm(question, isReachable)) return;
  throw new AppError('usage/needs-yes', {
    what: 'The plan was not agreed to',
    why: 'Nothing was changed.',
    hint: isReachable ? 'propiq-intercom setup' : 'Mend what stands above, and run setup again.',
  });
}

async function check(journey: Journey, context: Context): Promise<ExitCode> {
  const seen = await lookAround(journey);
  const { wantsVerify } = journey.answers;
  const proof = wantsVerify
    ? await journey.ports.verify(journey.secret, 'old')
    : report('skipped', 'left out by --no-verify');
  const drift = driftOf(journey, seen, proof);
  return finish('checked', journey, drift, [], context);
}

async function showPlan(journey: Journey, seen: Reports, context: Context): Promise<ExitCode> {
  const diff = maskedDiff(await previewOf(journey)).map(({ sign, text }) => `${sign} ${text}`.trim());
  return finish('planned', journey, seen, diff, context);
}

function finish(
  mode: Mode,
  journey: Journey,
  reports: Reports,
  diff: readonly string[],
  { output, retyped }: Context,
): ExitCode {
  const exitCode = mode === 'checked' ? exitCodeOfCheck(reports) : exitCodeOf(mode, reports);
  const next = mode === 'planned' ? retyped(withoutDryRun) : nextCommand(journey, reports);
  const style = { paint: output.paint, columns: output.columns };
  const text = mode === 'planned' ? planText(diff, journey, next) : summaryText(journey, reports, next, style);
  output.result('setup', exitCode === 0, bodyOf(mode, journey, reports, diff, next), text);
  return exitCode;
}

function planText(diff: readonly string[], { secret }: Journey, next: string): string {
  const unknown = secret === undefined ? 'The secret is not known yet, and would be written too.' : undefined;
  const told =
    diff.length === 0
      ? (unknown ?? 'No file would change.')
      : ['Would be written:', '', ...diff, ...(unknown === undefined ? [] : ['', unknown])].join('\n');
  return `Dry run: nothing was changed. ${told}\n\nNext: ${next}`;
}

function withoutDryRun(words: readonly string[]): readonly string[] {
  return words.filter((word) => word !== '-n' && word !== '--dry-run' && word !== '--json');
}

/** The first failure decides; without one, a secret that is still missing is a finding. */
function exitCodeOf(mode: Mode, reports: Reports): ExitCode {
  if (mode === 'planned') return 0;
  for (const { status, exitCode } of reports.values())
    if (status === 'failed' && exitCode !== undefined) return exitCode;
  return reports.get('secret')?.status === 'left' ? 1 : 0;
}

function bodyOf(mode: Mode, journey: Journey, reports: Reports, diff: readonly string[], next: string): JsonObject {
  const { answers, way, workspace } = journey;
  return {
    mode,
    url: answers.url.href,
    apiVersion: answers.version,
    topics: answers.topics.map(({ topic }) => topic.name),
    way,
    workspace: workspace ? { id: workspace.idCode, region: workspace.region } : null,
    envFile: journey.ports.env.path,
    changed: mode === 'applied' && isChanged(reports),
    steps: STEPS.flatMap(({ id, title }) => {
      const found = reports.get(id);
      return found ? [stepJson(id, title, found)] : [];
    }),
    walk: way === 'guide' ? hubWalk(answers).map(walkJson) : [],
    diff: [...diff],
    next,
  };
}
