import type { Answers, Journey, Step, StepId, StepReport, StepStatus } from './step.ts';
import { report } from './step.ts';
import type { SetupPorts } from './ports.ts';
import { STEPS } from './steps/index.ts';

/** What was found or done, in the order of the steps. */
export type Reports = ReadonlyMap<StepId, StepReport>;
type Told = (step: Step, report: StepReport) => void;

export function startJourney(answers: Answers, ports: SetupPorts, isChecked = false): Journey {
  return {
    isChecked,
    answers,
    ports,
    isTokenRefused: false,
    way: 'guide',
    isSecretNew: false,
    isDeployed: false,
    ...(answers.secret && { secret: answers.secret }),
  };
}

/** Looks at what is there, step by step, and changes nothing. @throws AppError where a step cannot even look */
export async function lookAround(journey: Journey, told: Told = () => undefined): Promise<Reports> {
  const seen = new Map<StepId, StepReport>();
  for (const step of STEPS) {
    const found = await step.look(journey);
    seen.set(step.id, found);
    told(step, found);
  }
  return seen;
}

const OPEN: ReadonlySet<StepStatus> = new Set(['to do', 'by hand', 'differs']);
/** Nothing after it is worth trying. */
const AFTER_DEPLOY: ReadonlySet<StepId> = new Set(['verify', 'send-test', 'hub-test']);

/**
 * Does what `lookAround` found to do; what holds already is left alone, so that a second run changes nothing.
 * @param told called after each step
 * @throws AppError; what was done until then has been told
 */
export async function applySteps(
  journey: Journey,
  seen: Reports,
  told: Told,
  starts: (step: Step) => void = () => undefined,
): Promise<Reports> {
  const done = new Map<StepId, StepReport>();
  for (const step of STEPS) {
    const found = seen.get(step.id) ?? report('unknown', '');
    if (step.apply && OPEN.has(found.status)) starts(step);
    const isInVain = AFTER_DEPLOY.has(step.id) && done.get('deploy')?.status === 'failed';
    const outcome = isInVain
      ? report('skipped', 'the deployment failed')
      : step.apply && OPEN.has(found.status)
        ? await step.apply(journey, found)
        : found;
    done.set(step.id, outcome);
    told(step, outcome);
  }
  return withoutNeedlessDeploy(done);
}

/** A receiver that has taken up the secret by itself needs no deployment. */
function withoutNeedlessDeploy(done: Map<StepId, StepReport>): Reports {
  if (done.get('deploy')?.status === 'left' && done.get('verify')?.status === 'done')
    done.set('deploy', report('done', 'not needed: the receiver has the secret already'));
  return done;
}

/** Whether anything was written, here or at Intercom. */
export function isChanged(reports: Reports): boolean {
  return (['subscription', 'secret'] as const).some((id) => reports.get(id)?.status === 'changed');
}
