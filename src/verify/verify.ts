import { AppError, type ErrorCode } from '../base/errors.ts';
import type { Clock } from '../base/ports.ts';
import type { Check, CheckId, CheckResult, Finding, Verdict } from './check.ts';
import { diagnose } from './diagnose.ts';
import type { Plan } from './plan.ts';
import type { VerifyPorts } from './ports.ts';
import { createProbes, type ProbeRun } from './probes.ts';
import { countResults, exitCodeOf, type Summary } from './summary.ts';
import { judgeCrash, judgeUnanswered } from './unanswered.ts';

/** What `--insecure` means, for wherever it is said. */
export const INSECURE =
  'the certificate does not stop this run. What answers may be anybody, and Intercom will not be so lenient.';

export interface Report {
  readonly ok: boolean;
  readonly exitCode: 0 | 1 | 3;
  readonly target: string;
  /** Whether requests went out whatever the certificate is worth. */
  readonly isInsecure: boolean;
  /** ms since 1970 */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly requests: number;
  readonly summary: Summary;
  readonly checks: readonly CheckResult[];
  readonly diagnosis: readonly Finding[];
}

/** A run as it is told: results in list order, whatever the order in which they were found. */
export type VerifyEvent =
  | {
      readonly type: 'started';
      readonly target: string;
      readonly startedAt: number;
      readonly isInsecure: boolean;
      readonly checks: readonly CheckId[];
    }
  | { readonly type: 'running'; readonly id: CheckId }
  | { readonly type: 'result'; readonly result: CheckResult }
  | { readonly type: 'diagnosis'; readonly finding: Finding }
  | { readonly type: 'finished'; readonly report: Report };

export interface VerifyOptions {
  /** Whether a warning makes the exit code 1. */
  readonly isStrict: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs the checks of a plan: each waits for what it needs, independent ones overlap, `alone` ones overlap with nothing.
 * @throws the signal's reason when it is aborted
 */
export async function* verify(plan: Plan, ports: VerifyPorts, options: VerifyOptions): AsyncGenerator<VerifyEvent> {
  const run = createProbes(plan.target, ports, options.signal);
  try {
    yield* runChecks(plan, ports, run, options);
  } finally {
    run.close();
  }
}

async function* runChecks(
  plan: Plan,
  { clock, local }: VerifyPorts,
  run: ProbeRun,
  { isStrict, signal }: VerifyOptions,
): AsyncGenerator<VerifyEvent> {
  const startedAt = clock.now();
  const began = clock.monotonic();
  const target = plan.target.url.href;
  const { isInsecure } = plan.target;
  yield { type: 'started', target, startedAt, isInsecure, checks: plan.checks.map(({ id }) => id) };
  const going = new Map<CheckId, Promise<CheckResult>>();
  for (const check of plan.checks) {
    const result = settle(check, new Map(going));
    result.catch(() => undefined); // told when its turn comes; until then nobody may be listening
    going.set(check.id, result);
  }
  const checks: CheckResult[] = [];
  for (const [id, pending] of going) {
    yield { type: 'running', id };
    const result = await pending;
    checks.push(result);
    yield { type: 'result', result };
  }
  const diagnosis = await diagnose(plan.target, run, checks, local.credentials ?? []);
  for (const finding of diagnosis) yield { type: 'diagnosis', finding };
  const summary = countResults(checks);
  const exitCode = exitCodeOf(summary, isStrict);
  const durationMs = Math.round(clock.monotonic() - began);
  const found = { isInsecure, requests: run.requests(), summary, checks, diagnosis };
  yield { type: 'finished', report: { ok: exitCode === 0, exitCode, target, startedAt, durationMs, ...found } };

  async function settle(check: Check, earlier: ReadonlyMap<CheckId, Promise<CheckResult>>): Promise<CheckResult> {
    const told = { id: check.id, title: check.title, durationMs: 0, evidence: [] };
    const leftOut = plan.leftOut.get(check.id);
    if (leftOut !== undefined) return { ...told, status: 'skip', message: leftOut };
    const waitsFor = (id: CheckId): boolean =>
      check.alone === true || check.needs.includes(id) || check.after?.includes(id) === true;
    const over = await Promise.all([...earlier].filter(([id]) => waitsFor(id)).map(([, result]) => result));
    const cause = over.find((result) => check.needs.includes(result.id) && stops(result, check.id));
    if (cause) return { ...told, ...inVain(cause.blockedBy ?? cause.id) };
    const { because } = plan.target.signing;
    if (check.kind === 'signed' && because !== undefined) return { ...told, status: 'skip', message: because };
    const result = await judged(check, run, clock, signal);
    const same = result.trouble && (await firstWith(result.trouble, [...earlier.values()]));
    return same ? { ...told, ...inVain(same), durationMs: result.durationMs, evidence: result.evidence } : result;
  }
}

function inVain(cause: CheckId): Pick<CheckResult, 'status' | 'message' | 'blockedBy'> {
  return { status: 'skip', message: `see ${cause}`, blockedBy: cause };
}

/** The check that told the same trouble first: no TLS, a proxy that refuses. Once is enough. */
async function firstWith(trouble: ErrorCode, earlier: readonly Promise<CheckResult>[]): Promise<CheckId | undefined> {
  return (await Promise.all(earlier)).find((result) => result.trouble === trouble)?.id;
}

/** Whether a result stands in the way of a check that needs it. */
function stops({ status, blocks, blockedBy }: CheckResult, id: CheckId): boolean {
  if (blockedBy !== undefined) return true;
  return blocks ? blocks.includes(id) : status === 'fail' || status === 'error';
}

async function judged(check: Check, run: ProbeRun, clock: Clock, signal: AbortSignal): Promise<CheckResult> {
  const { probes, evidence } = run.open();
  const began = clock.monotonic();
  let verdict: Verdict;
  let trouble: ErrorCode | undefined;
  try {
    verdict = check.judge(await check.observe(probes), probes.target);
  } catch (error) {
    signal.throwIfAborted();
    verdict = error instanceof AppError ? judgeUnanswered(error, probes) : judgeCrash(check.id, error);
    if (error instanceof AppError && verdict.status === 'error') trouble = error.code;
  }
  const durationMs = Math.round(clock.monotonic() - began);
  const told = { id: check.id, title: check.title, ...verdict, durationMs, evidence: await evidence() };
  return trouble ? { ...told, trouble } : told;
}
