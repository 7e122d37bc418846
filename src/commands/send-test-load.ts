import { AppError, type ExitCode } from '../base/errors.ts';
import type { Delivery } from '../deliver/compose.ts';
import { createLoadSource } from '../deliver/load-bodies.ts';
import { loadJson, loadText, progressBar } from '../deliver/load-report.ts';
import { type LoadOutcome, type LoadPlan, runLoad } from '../deliver/load.ts';
import { resultJson } from '../deliver/report.ts';
import type { SendOptions } from '../deliver/send-test.ts';
import { parseAssignment } from '../deliver/set-path.ts';
import { seededRandom } from '../intercom/samples/seeded-random.ts';
import { isLoopbackHost } from '../intercom/webhook-url.ts';
import type { Context } from './context.ts';
import type { SendTestInput } from './send-test-bodies.ts';

const USUAL_CONCURRENCY = 10;
/** With a rate the answers decide how many are waited for: it bounds, and is rarely reached. */
const USUAL_CONCURRENCY_AT_A_RATE = 100;
/** From here on it is a load, and somebody else's receiver has a say in it. */
const MANY = 100;
const REDRAW_MS = 100;

/**
 * What `--count` and its companions ask for; undefined without them.
 * @throws AppError `usage/conflict`, `usage/missing-input`
 */
export function planLoad(input: SendTestInput): LoadPlan | undefined {
  const { count, concurrency, rate } = input;
  if (count === undefined) {
    if (concurrency === undefined && rate === undefined) return undefined;
    throw new AppError('usage/missing-input', {
      what: `${rate === undefined ? '--concurrency' : '--rate'} needs --count`,
      why: 'Without it nothing says when to stop.',
      hint: 'Say how many in all: --count 1000',
    });
  }
  if (input.print || input.dryRun) {
    throw new AppError('usage/conflict', {
      what: `--count and ${input.print ? '--print' : '--dry-run'} exclude each other`,
      why: 'One shows a request, the other measures the answers to many.',
      hint: 'Leave --count out to see a request.',
    });
  }
  const usual = rate === undefined ? USUAL_CONCURRENCY : USUAL_CONCURRENCY_AT_A_RATE;
  return { count, concurrency: concurrency ?? usual, perSecond: rate };
}

/** Whether the notifications are to stay what the user made them, ids included: then the receiver sees duplicates. */
export function keepsIds({ data, id, set = [] }: SendTestInput): boolean {
  return data !== undefined || id !== undefined || set.some((given) => parseAssignment(given).keys.join('.') === 'id');
}

/** @throws AppError `usage/needs-yes` where many would go to a receiver that is not on this computer */
export async function requireLoadConsent(
  { count }: LoadPlan,
  url: URL,
  yes: boolean,
  { prompts }: Context,
): Promise<void> {
  if (yes || count <= MANY || isLoopbackHost(url.hostname)) return;
  if (prompts.can && (await prompts.confirm(`Send ${count} notifications to ${url.host}?`))) return;
  throw new AppError('usage/needs-yes', {
    what: `${count} notifications would go to ${url.host}`,
    why: `More than ${MANY} are a load, and that receiver is not on this computer.`,
    hint: 'Add --yes if it may be put under load.',
  });
}

interface LoadRun {
  readonly options: SendOptions;
  readonly head: Readonly<Record<string, string | null>>;
  readonly keepsIds: boolean;
  readonly seed: string | undefined;
}

/** Sends, measures and reports; what was measured before an interruption is reported too. */
export async function sendLoad(
  plan: LoadPlan,
  deliveries: readonly Delivery[],
  { options, head, keepsIds, seed }: LoadRun,
  context: Context,
): Promise<ExitCode> {
  const { output, clock, signal } = context;
  const random = seed === undefined ? context.random : seededRandom(`${seed}/load`);
  if (keepsIds && plan.count > 1 && deliveries.some(({ notificationId }) => notificationId !== null))
    output.note(
      'All carry the id that was given: a receiver that knows duplicates takes the first and answers the rest.',
    );
  const progress = await output.progress(progressBar(0, plan.count));
  let drawnAt = clock.monotonic();
  let outcome: LoadOutcome;
  try {
    const ports = { http: await context.http(), signal, clock };
    outcome = await runLoad(createLoadSource(deliveries, random, keepsIds), plan, options, ports, (done) => {
      const now = clock.monotonic();
      if (now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      progress.update(progressBar(done, plan.count));
    });
  } finally {
    progress.stop();
  }
  return report(outcome, plan, head, context);
}

function report(outcome: LoadOutcome, plan: LoadPlan, head: LoadRun['head'], { output, signal }: Context): ExitCode {
  const { verdicts, byStatus, examples, isInterrupted } = outcome;
  if (examples.length === 0) throw signal.reason; // interrupted before the first answer
  const [first] = examples;
  if (Object.keys(byStatus).length === 0 && first?.error) throw first.error;
  const ok = verdicts['as-expected'] === plan.count;
  output.result(
    'send-test',
    ok,
    {
      mode: 'load',
      ...head,
      summary: {
        deliveries: plan.count,
        asExpected: verdicts['as-expected'],
        unexpected: verdicts.unexpected,
        unanswered: verdicts.unanswered,
        notSent: verdicts['not-sent'],
      },
      load: loadJson(outcome, plan),
      deliveries: examples.map(resultJson),
    },
    loadText(outcome, plan, { paint: output.paint, columns: output.columns }),
  );
  if (isInterrupted) return 0; // the process dies of the signal
  return verdicts.unexpected > 0 ? 1 : ok ? 0 : 3;
}
