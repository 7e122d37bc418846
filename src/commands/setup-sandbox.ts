import { join } from 'node:path';
import type { Application, Listener } from '../base/application.ts';
import type { ExitCode } from '../base/errors.ts';
import { showDuration } from '../base/quantity.ts';
import { Secret } from '../base/secret.ts';
import { createSettings } from '../base/settings.ts';
import { wrap } from '../base/text.ts';
import type { Happening } from '../deliver/sandbox/happenings.ts';
import { createSandbox, type Sandbox } from '../deliver/sandbox/sandbox.ts';
import { NEWEST_API_VERSION } from '../intercom/topics.ts';
import { USUAL_PATH } from '../intercom/webhook-url.ts';
import { createKeyring } from '../receive/keyring.ts';
import { createReceiver } from '../receive/receive.ts';
import { applySteps, lookAround, startJourney } from '../setup/apply.ts';
import { stepJson, stepLines } from '../setup/lines.ts';
import type { Answers, StepId, StepReport } from '../setup/step.ts';
import { usualTopics, wantTopics } from '../setup/topic-answer.ts';
import type { Context } from './context.ts';
import { setupPorts } from './setup-ports.ts';
import { proveForgery } from './setup-proof.ts';
import { deliveriesReport } from './setup-sandbox-report.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const MAX_BODY_BYTES = 1024 * 1024;
const DRAIN_MS = 1000;
/** Intercom's minute before the one retry becomes a second. */
const TIME_SCALE = 60;
const LONGEST_MS = 10_000;
const VERSION = NEWEST_API_VERSION;

/** Where the words of `setup` say more than a first look takes in. */
const OWN_WORDS: Readonly<Partial<Record<StepId, string>>> = {
  secret: '.env has token, secret and URL now; only this user can read it',
  deploy: 'the receiver started again, and read .env',
};

/**
 * The whole journey on loopback: a stand-in for Intercom, the receiver of `serve`, and a folder of their own, none of them
 * left behind. The steps are those of `setup`.
 */
export async function runSandboxJourney(context: Context): Promise<ExitCode> {
  const { clock, output } = context;
  const startedAt = clock.monotonic();
  const steps: { id: string; title: string; found: StepReport }[] = [];
  const style = { paint: output.paint, columns: output.columns };
  const told = (id: string, title: string, found: StepReport): void => {
    steps.push({ id, title, found });
    output.text(`${stepLines(title, found, style)}\n`);
  };
  output.text(opening(context));
  const inner = await context.apart();
  const stage = await openStage(inner);
  try {
    const { answers, ports } = await prepare(stage, inner);
    const journey = startJourney(answers, ports);
    const seen = await lookAround(journey);
    await applySteps(journey, seen, ({ id, title }, found) => {
      const message = found.status === 'failed' ? undefined : OWN_WORDS[id];
      if (found.status !== 'skipped') told(id, title, message === undefined ? found : { ...found, message });
    });
    told('deliveries', 'Deliveries', await deliver(stage, answers, inner));
    told('forgery', 'A forged one', await proveForgery(answers, inner));
  } catch (cause) {
    if (context.signal.aborted) output.note('\nCancelled. Its folder is removed, and nothing else was touched.');
    throw cause;
  } finally {
    await stage.close();
  }
  const durationMs = Math.round(clock.monotonic() - startedAt);
  const failed = steps.filter(({ found }) => found.status === 'failed' || found.status === 'differs');
  output.result(
    'setup',
    failed.length === 0,
    {
      mode: 'sandbox',
      url: stage.url.href,
      apiVersion: VERSION,
      topics: usualTopics(VERSION).slice(),
      way: 'api',
      workspace: { id: stage.sandbox.workspaceId, region: 'US' },
      envFile: '.env',
      changed: false,
      steps: steps.map(({ id, title, found }) => stepJson(id, title, found)),
      walk: [],
      diff: [],
      next: 'propiq-intercom setup',
    },
    ending(failed.length, durationMs, context),
  );
  return failed.length === 0 ? 0 : 1;
}

interface Stage {
  readonly token: Secret;
  readonly sandbox: Sandbox;
  readonly intercom: Listener;
  /** Of the receiver. */
  readonly url: URL;
  readonly happenings: Happening[];
  /** The receiver starts again, with what the env file says. */
  restart(): Promise<void>;
  stored(): Promise<number>;
  close(): Promise<void>;
}

async function openStage(inner: Context): Promise<Stage> {
  const { clock, random } = inner;
  const http = await inner.http();
  const [token, clientSecret] = [newSecret(inner), newSecret(inner)];
  const happenings: Happening[] = [];
  const sandbox = createSandbox(
    { token, clientSecret, version: VERSION, hasSubscriptions: true, timeScale: TIME_SCALE },
    { http, clock, random, told: (happening) => void happenings.push(happening) },
  );
  const limits = { maxBodyBytes: MAX_BODY_BYTES };
  const intercom = await inner.listen(LOOPBACK, limits, sandbox.application);
  const inbox = await inner.openInbox(join(inner.cwd, 'inbox.db'), 'write');
  const keyring = createKeyring({});
  const receiver = createReceiver({ inbox, keyring, webhookPath: USUAL_PATH, apiBase: intercom.origin, clock });
  const application: Application = {
    early: receiver.early,
    answer: receiver.take,
    tooLarge: receiver.tooLarge,
    overloaded: receiver.overloaded,
    unreadable: receiver.unreadable,
    failed: () => ({ status: 500, headers: [], body: '' }),
  };
  const listener = await inner.listen(LOOPBACK, limits, application);
  return {
    token,
    sandbox,
    intercom,
    url: new URL(`${listener.origin}${USUAL_PATH}`),
    happenings,
    async restart() {
      const current = (await inner.settings()).get('secret')?.value;
      keyring.replace({ ...(current && { current }) });
    },
    async stored() {
      let count = 0;
      for await (const { topic } of inbox.list({ order: 'newest-first' })) if (topic !== 'ping') count += 1;
      return count;
    },
    async close() {
      sandbox.close();
      await Promise.all([intercom.drain(DRAIN_MS), listener.drain(DRAIN_MS)]);
    },
  };
}

function newSecret({ random, protect }: Context): Secret {
  const secret = new Secret(Buffer.from(random.bytes(24)).toString('hex'));
  protect(secret);
  return secret;
}

async function prepare({ token, intercom, url, restart }: Stage, inner: Context) {
  const answers: Answers = {
    url,
    isUrlNew: true,
    version: VERSION,
    topics: wantTopics(usualTopics(VERSION), VERSION),
    mode: 'api',
    newToken: token,
    isHubDone: false,
    deploy: { command: 'start the receiver with it', isAgreed: true },
    wantsVerify: true,
    wantsTest: false,
  };
  const target = await inner.envTarget();
  const env = { path: '.env', target, options: { allowTracked: false } };
  const input = { apiBase: intercom.origin, yes: true };
  const settings = createSettings({ environment: {} });
  const joined = await setupPorts({ input, answers, settings, profile: undefined, token, env }, inner);
  const ports = {
    ...joined,
    async deploy() {
      await restart();
      return undefined;
    },
    verify: (secret: Secret | undefined) => joined.verify(secret, 'old'),
  };
  return { answers, ports };
}

/** Something happens in the workspace, and the stand-in tells the receiver, as Intercom would. */
async function deliver(
  { sandbox, happenings, stored }: Stage,
  { topics }: Answers,
  inner: Context,
): Promise<StepReport> {
  const before = await stored();
  for (const { topic } of topics) sandbox.trigger(topic.name);
  const over = new AbortController();
  const late = inner.clock.sleep(LONGEST_MS, AbortSignal.any([inner.signal, over.signal])).catch(() => undefined);
  await Promise.race([sandbox.quiet(), late]);
  over.abort();
  inner.signal.throwIfAborted();
  return deliveriesReport(topics, happenings, (await stored()) - before);
}

function opening({ output }: Context): string {
  const { paint, columns } = output;
  const text =
    'The whole journey on this computer: a stand-in for Intercom, a receiver, a folder of their own. No account is needed, and nothing leaves this computer.';
  return `\n${paint.bold('propiq-intercom setup --sandbox')}\n\n${wrap(text, Math.min(columns, 80))}\n\n`;
}

function ending(failed: number, durationMs: number, { output }: Context): string {
  const { paint, columns } = output;
  const width = Math.min(columns, 80);
  if (failed > 0)
    return `\n${paint.bold(`${failed} of these did not hold.`)} That is a bug, or this computer is in the way: run it again with --verbose.\n`;
  const truth =
    "With the real Intercom one step differs: its API takes no new subscriptions, so that setup walks you through the Developer Hub, value by value, and the secret is the app's client secret.";
  return [
    `\n${paint.bold('All of it held')}, in ${showDuration(durationMs)}. The folder is gone again.`,
    `\n${wrap(truth, width)}`,
    `\nNext, with your own receiver:\n\n  ${paint.bold('propiq-intercom setup')}\n`,
  ].join('\n');
}
