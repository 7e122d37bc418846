import { AppError, type ExitCode } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { conflictWarning, webhookSecrets } from '../base/secret-sources.ts';
import type { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { decodeUtf8 } from '../base/text.ts';
import { isPlaceholder } from '../intercom/secret-shape.ts';
import { parseWebhookUrl } from '../intercom/webhook-url.ts';
import type { Target } from '../verify/check.ts';
import { CHECKS } from '../verify/checks/index.ts';
import type { LocalFacts, VerifyPorts } from '../verify/ports.ts';
import { type Plan, planVerify } from '../verify/plan.ts';
import { reportBody } from '../verify/report.ts';
import { createTarget } from '../verify/target.ts';
import { INSECURE, type Report, verify } from '../verify/verify.ts';
import { waitForAnswer } from '../verify/wait.ts';
import type { Context } from './context.ts';
import { apiFacts } from './verify-api.ts';
import { otherCredentials } from './credentials.ts';
import { type LineFlags, lineOf } from './verify-line.ts';
import { openSinks, type Sinks } from './verify-sinks.ts';
import { NOT_OF_SPAWNED, spawnApplication } from './verify-spawn.ts';

export interface VerifyInput extends LineFlags {
  readonly url: string | undefined;
  readonly wantsSigned: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly strict?: boolean;
  readonly timeout?: string;
  readonly wait?: number;
  readonly all?: boolean;
  readonly healthPath?: string;
  readonly intercomHealthPath?: string;
  readonly reporter?: readonly string[];
  readonly spawn?: string;
}

/** One deployment to judge. Everything that can be wrong about its settings was found before anything is sent. */
interface Job {
  readonly profile?: string;
  readonly plan: Plan;
  readonly ports: Omit<VerifyPorts, keyof Line>;
}

type Line = Pick<VerifyPorts, 'http' | 'sockets'>;

/** Judges one deployment, or every profile's. @throws AppError with exit code 2 before anything is sent */
export async function runVerify(input: VerifyInput, context: Context): Promise<ExitCode> {
  const settings = await context.settings();
  const sinks = await openSinks(input.reporter ?? [], input.strict === true, settings, context);
  if (input.spawn !== undefined) return verifySpawned({ ...input, spawn: input.spawn }, settings, context, sinks);
  const jobs = input.all === true ? await jobsOfAll(input, context) : [await jobOf(input, context, settings)];
  const reports: Report[] = [];
  const urls = jobs.map(({ plan }) => plan.target.url);
  const line = await context.line(await lineOf(input, urls, context));
  if (input.insecure === true) context.output.warn(`--insecure: ${INSECURE}`);
  for (const job of jobs) reports.push(await runJob(job, line, input, context, sinks));
  const ok = reports.every((report) => report.ok);
  const body = input.all === true ? { runs: runsBody(jobs, reports) } : bodyOf(reports);
  await sinks.finish(input.all === true ? 'verify-all' : 'verify', ok, body);
  const codes = reports.map(({ exitCode }) => exitCode);
  return codes.find((code) => code === 1) ?? codes.find((code) => code === 3) ?? 0;
}

/** Judges an application that is started for it, and is gone afterwards. */
async function verifySpawned(
  input: VerifyInput & { readonly spawn: string },
  settings: Settings,
  context: Context,
  sinks: Sinks,
): Promise<ExitCode> {
  const { output } = context;
  const start = { command: input.spawn, path: input.url, waitMs: input.wait };
  const application = await spawnApplication(start, settings, context);
  try {
    const { url, secret, token } = application;
    const target = targetOf({ ...input, url }, settings, secret, context);
    const plan = planVerify(CHECKS, target, { only: input.only, skip: input.skip, notHere: NOT_OF_SPAWNED });
    const local: LocalFacts = {
      credentials: [{ kind: 'access-token', where: 'INTERCOM_ACCESS_TOKEN', value: token }],
      wantsSigned: input.wantsSigned,
      envFile: async () => ({ state: 'missing', path: '.env' }),
    };
    const { clock, random } = context;
    const ports = { clock, random, local, secrets: [secret, token] };
    const line = await context.line({});
    const report = await runJob({ plan, ports }, line, { strict: input.strict === true }, context, sinks);
    if (!report.ok) await application.endOrMoment(); // it may have died of a probe
    await sinks.finish('verify', report.ok, { ...reportBody(report), application: application.facts() });
    if (application.hasEnded()) output.warn(`The application ended while it was judged. ${application.tail()}`);
    else output.detail(`The application printed last:\n${application.tail()}`);
    return report.exitCode;
  } finally {
    await application.stop();
  }
}

async function runJob(
  { plan, ports }: Job,
  line: Line,
  { wait, strict }: Pick<VerifyInput, 'wait' | 'strict'>,
  context: Context,
  sinks: Sinks,
): Promise<Report> {
  const { output, clock, signal } = context;
  if (wait !== undefined) {
    output.note(`Waiting for ${plan.target.url.host} to answer…`);
    await waitForAnswer(plan.target, { http: line.http, clock, signal }, wait);
  }
  const progress = output.live || output.quiet ? undefined : await output.progress('Probing');
  try {
    for await (const event of verify(plan, { ...ports, ...line }, { isStrict: strict === true, signal })) {
      if (event.type === 'running') progress?.update(`Probing: ${event.id}`);
      sinks.emit(event);
      if (event.type === 'finished') return event.report;
    }
  } finally {
    progress?.stop();
  }
  throw new Error('the run ended without a report');
}

async function jobsOfAll(input: VerifyInput, context: Context): Promise<Job[]> {
  const names = await context.profiles();
  if (names.length === 0) {
    throw new AppError('usage/missing-input', {
      what: '--all has no profile to judge',
      why: 'propiq-intercom.config.json is not there, or has no profiles.',
      hint: 'Write {"profiles": {"staging": {"url": "https://…/intercom/webhook"}}} into it, or name a URL.',
    });
  }
  const jobs: Job[] = [];
  for (const name of names) jobs.push(await jobOf(input, context, await context.settings(name), name));
  return jobs;
}

/** @throws AppError `url/*` */
export async function jobOf(input: VerifyInput, context: Context, settings: Settings, profile?: string): Promise<Job> {
  const { wantsSigned } = input;
  const secrets = webhookSecrets(settings);
  const { current } = secrets;
  const token = settings.get('token');
  const url = urlOf(input, settings, profile);
  const target = targetOf({ ...input, url }, settings, current?.value, context);
  const plan = planVerify(CHECKS, target, { only: input.only, skip: input.skip });
  const conflict = conflictWarning(secrets);
  const credentials = await otherCredentials(settings, context);
  const local: LocalFacts = {
    ...(token && { token }),
    ...(current && { secret: current }),
    ...(conflict !== undefined && { conflict }),
    credentials,
    wantsSigned,
    envFile: () => context.envFileState(profile),
    ...(token && isUsable(token.value) && { api: apiFacts(token.value, settings, context) }),
  };
  const kept = credentials.filter(({ kind }) => kind !== 'app-id'); // that one is no secret
  const hidden = [current, token, ...kept].flatMap((one) => (one ? [one.value] : []));
  const { clock, random } = context;
  return { plan, ports: { clock, random, local, secrets: hidden }, ...(profile && { profile }) };
}

/** A placeholder is not sent to Intercom: see env/token-present. */
function isUsable(token: Secret): boolean {
  return !isPlaceholder(decodeUtf8(token.reveal()));
}

function targetOf(
  input: Omit<VerifyInput, 'url'> & { readonly url: URL },
  settings: Settings,
  secret: Secret | undefined,
  { version }: Context,
): Target {
  return createTarget({
    url: input.url,
    secret,
    wantsSigned: input.wantsSigned,
    healthPath: settings.get('healthPath', input.healthPath)?.value,
    intercomHealthPath: settings.get('intercomHealthPath', input.intercomHealthPath)?.value,
    appId: settings.get('appId')?.value,
    version,
    timeoutMs: settings.get('timeout', input.timeout)?.value ?? 5000,
    isInsecure: input.insecure,
  });
}

/** @throws AppError `url/*`, naming the place where a wrong one stands */
function urlOf({ url }: VerifyInput, settings: Settings, profile: string | undefined): URL {
  const given = settings.get('url', url);
  if (given === undefined) {
    throw new AppError('url/missing', {
      what: profile === undefined ? 'There is no URL to judge' : `The profile "${profile}" has no URL to judge`,
      why: 'None was given, and INTERCOM_WEBHOOK_URL is neither in the environment nor in the env file.',
      hint: 'propiq-intercom verify https://propiq.example/intercom/webhook',
    });
  }
  try {
    return parseWebhookUrl(given.value, 'verify');
  } catch (cause) {
    if (!(cause instanceof AppError) || given.from === 'flag') throw cause;
    const { code, what, why, hint } = cause;
    throw new AppError(code, { what: `${given.where}: ${what}`, why, hint }, { cause });
  }
}

function bodyOf([report]: readonly Report[]): JsonObject {
  return report ? reportBody(report) : {};
}

function runsBody(jobs: readonly Job[], reports: readonly Report[]): JsonObject[] {
  return reports.map((report, at) =>
    Object.assign({ profile: jobs[at]?.profile ?? null, ok: report.ok }, reportBody(report)),
  );
}
