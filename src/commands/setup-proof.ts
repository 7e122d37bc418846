import { AppError } from '../base/errors.ts';
import type { Random } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { plural, shellWord } from '../base/text.ts';
import { composeSamples, type Delivery } from '../deliver/compose.ts';
import { parseExpectation } from '../deliver/expectation.ts';
import { countVerdicts } from '../deliver/report.ts';
import { buildDelivery, inventSecret } from '../deliver/request.ts';
import { sendTest } from '../deliver/send-test.ts';
import { ANSWER_TIMEOUT_MS } from '../intercom/limits.ts';
import { findShape } from '../intercom/samples/shapes.ts';
import { judgeSecretShape } from '../intercom/secret-shape.ts';
import type { Trouble } from '../setup/ports.ts';
import { type Answers, report, type StepReport } from '../setup/step.ts';
import type { CheckId } from '../verify/check.ts';
import { CHECKS } from '../verify/checks/index.ts';
import { type Report, verify } from '../verify/verify.ts';
import { waitForAnswer } from '../verify/wait.ts';
import type { Context } from './context.ts';
import { jobOf } from './verify-run.ts';

/** What it takes for Intercom to reach the address: everything up to HEAD, which it sends when the URL is saved. */
const ON_THE_WAY = /^(?:url|dns|tcp|tls)\/|^http\/no-redirect$|^endpoint\/head$/;
const POLL_MS = 500;

/** What would keep Intercom from reaching the receiver, by the checks of `verify`. */
export async function reachOfReceiver(
  settings: Settings,
  profile: string | undefined,
  context: Context,
): Promise<readonly Trouble[]> {
  const only = CHECKS.map(({ id }) => id).filter((id) => ON_THE_WAY.test(id));
  const { checks } = await judge({ settings, profile, only, wantsSigned: false }, context, 'Reaching the receiver');
  return troublesOf(checks.filter(({ id, status }) => !(id === 'url/public' && status === 'warn')));
}

interface Proof {
  readonly settings: Settings;
  readonly secret: Secret | undefined;
  readonly profile: string | undefined;
  /** The deployment is new: it is waited for so long. */
  readonly waitMs: number | undefined;
}

/** The checks of the command `verify`, all of them. */
export async function proveByVerify(
  { settings, secret, profile, waitMs }: Proof,
  context: Context,
): Promise<StepReport> {
  if (waitMs !== undefined) await untilAccepted({ settings, secret, profile, waitMs }, context);
  const { checks, summary, exitCode, target, diagnosis } = await judge(
    { settings, profile, wantsSigned: true },
    context,
    'Verifying',
  );
  const findings = troublesOf(checks);
  const counts = [
    `${summary.pass} passed`,
    ...(summary.warn > 0 ? [plural(summary.warn, 'warning')] : []),
    ...(summary.fail > 0 ? [`${summary.fail} failed`] : []),
    ...(summary.error > 0 ? [`${summary.error} not judged`] : []),
    ...(summary.skip > 0 ? [`${summary.skip} skipped`] : []),
  ].join(', ');
  if (exitCode === 0) return { ...report('done', counts), findings };
  const worst = findings.find(({ status }) => status !== 'warn');
  const cause = diagnosis.find(({ confidence }) => confidence !== 'none');
  const why = cause?.message ?? (worst === undefined ? '' : `${worst.id}: ${worst.message}`);
  return {
    ...report('failed', `${counts}. ${why}`, context.command(`verify ${shellWord(target)}`, profile)),
    findings,
    exitCode,
  };
}

/** A deployment answers with the old settings for a while: until the secret is accepted, or the time is over. */
async function untilAccepted({ settings, secret, profile, waitMs = 0 }: Proof, context: Context): Promise<void> {
  const { clock, signal, output } = context;
  const endsAt = clock.monotonic() + waitMs;
  if (waitMs > POLL_MS * 10) output.note(`  Waiting for the deployment, ${Math.round(waitMs / 1000)} s at most.`);
  const input = { url: undefined, wantsSigned: true };
  const { plan } = await jobOf(input, context, settings, profile);
  await waitForAnswer(plan.target, { http: await context.http(), clock, signal }, waitMs);
  if (secret === undefined) return;
  const only: CheckId[] = ['signature/accepted'];
  while (clock.monotonic() < endsAt) {
    const { checks } = await judge(
      { settings, profile, only, wantsSigned: true },
      context,
      'Waiting for the new secret',
    );
    if (checks.every(({ status }) => status === 'pass')) return;
    await clock.sleep(Math.min(POLL_MS, Math.max(endsAt - clock.monotonic(), 1)), signal);
  }
}

interface Judging {
  readonly settings: Settings;
  readonly profile: string | undefined;
  readonly only?: readonly CheckId[];
  readonly wantsSigned: boolean;
}

async function judge(
  { settings, profile, only, wantsSigned }: Judging,
  context: Context,
  label: string,
): Promise<Report> {
  const input = { url: undefined, wantsSigned, ...(only && { only }) };
  const { plan, ports } = await jobOf(input, context, settings, profile);
  const line = await context.line({});
  const progress = await context.output.progress(label);
  try {
    for await (const event of verify(plan, { ...ports, ...line }, { isStrict: false, signal: context.signal })) {
      if (event.type === 'running') progress.update(`${label}: ${event.id}`);
      if (event.type === 'finished') return event.report;
    }
  } finally {
    progress.stop();
  }
  throw new Error('the run ended without a report');
}

function troublesOf(checks: Report['checks']): readonly Trouble[] {
  return checks.flatMap(({ id, status, message, remedy }) =>
    status === 'fail' || status === 'error' || status === 'warn'
      ? [{ id, status, message, remedy: remedy ?? `propiq-intercom explain ${id}` }]
      : [],
  );
}

/** A notification of each chosen topic whose shape is known, as the command `send-test` sends them. */
export async function proveByTest(
  { answers, settings, secret }: { answers: Answers; settings: Settings; secret: Secret },
  context: Context,
): Promise<StepReport> {
  const { random, clock, signal } = context;
  const { version, url } = answers;
  const chance = { random, nowMs: clock.now() };
  const deliveries = samplesOf(answers.topics, version, chance, settings.get('appId')?.value);
  if (deliveries.length === 0) return report('skipped', 'no sample is known for the chosen topics');
  const options = {
    url,
    variant: 'signed' as const,
    key: secret,
    algorithm: 'sha1' as const,
    expect: parseExpectation('2xx'),
    timeoutMs: settings.get('timeout')?.value ?? ANSWER_TIMEOUT_MS,
    isGuideSecret: judgeSecretShape(secret).verdict === 'note',
  };
  const results = await sendTest(deliveries, options, { http: await context.http(), signal });
  const accepted = countVerdicts(results)['as-expected'];
  const told = `${accepted} of ${plural(results.length, 'notification')} accepted`;
  if (accepted === results.length) return report('done', told);
  const wrong = results.find(({ verdict }) => verdict !== 'as-expected');
  const { what, why, hint } =
    wrong?.meaning ?? wrong?.error ?? new AppError('net/no-answer', { what: 'No answer', why: '', hint: '' });
  const exitCode = accepted === 0 && wrong?.error ? 3 : 1;
  return { ...report('failed', `${told}. ${what}. ${why}`, hint), exitCode };
}

/** Whoever does not have the secret is refused. */
export async function proveForgery({ url, topics, version }: Answers, context: Context): Promise<StepReport> {
  const { random, clock, signal } = context;
  const [delivery] = samplesOf(topics, version, { random, nowMs: clock.now() });
  if (delivery === undefined) return report('skipped', 'no sample is known for the chosen topics');
  const signing = { variant: 'wrong-secret', key: inventSecret(random), algorithm: 'sha1' } as const;
  const request = buildDelivery(url, delivery.body, signing);
  const { status } = await (
    await context.http()
  ).send(request, { timeoutMs: ANSWER_TIMEOUT_MS, maxBytes: 65_536, signal });
  if (status === 401) return report('done', 'signed with another secret: refused with 401');
  return { ...report('failed', `signed with another secret: answered with ${status}, not 401`), exitCode: 1 };
}

function samplesOf(
  topics: Answers['topics'],
  version: Answers['version'],
  chance: { readonly random: Random; readonly nowMs: number },
  workspaceId?: string,
): readonly Delivery[] {
  const chosen = topics.flatMap(({ topic }) => {
    const shape = findShape(topic.name, version);
    return shape ? [{ topic, shape }] : [];
  });
  return composeSamples(
    chosen,
    version,
    { ...chance, seed: undefined },
    { assignments: [], id: undefined },
    workspaceId,
  );
}
