import { withAnswers } from '../base/answers.ts';
import { AppError } from '../base/errors.ts';
import { orAborted } from '../base/or-aborted.ts';
import type { Secret } from '../base/secret.ts';
import type { Resolved, Settings } from '../base/settings.ts';
import { wrap } from '../base/text.ts';
import { type ApiWait, createApi } from '../intercom/api.ts';
import { apiBase } from '../intercom/regions.ts';
import type { EnvPort, SetupPorts } from '../setup/ports.ts';
import { refuseSecret } from '../setup/secret-changes.ts';
import type { Answers } from '../setup/step.ts';
import type { Context } from './context.ts';
import { noteShape } from './setup-secrets.ts';
import type { SetupInput } from './setup-input.ts';
import { arrivalAt } from './setup-arrival.ts';
import { proveByTest, proveByVerify, reachOfReceiver } from './setup-proof.ts';

export interface PortsInput {
  readonly input: SetupInput;
  readonly answers: Answers;
  readonly settings: Settings;
  readonly profile: string | undefined;
  readonly token: Secret | undefined;
  readonly env: EnvPort;
}

/** A receiver that follows its env file has taken up a new secret by then. */
const RELOAD_MS = 3000;

/** A signal to the whole group of a terminal has reached each of its processes by then. */
const SAME_KEY_MS = 250;

/** The ports of the steps, joined from what the commands are given. */
export async function setupPorts(
  { input, answers, settings, profile, token, env }: PortsInput,
  context: Context,
): Promise<SetupPorts> {
  const { output, prompts, random, signal } = context;
  const http = await context.http();
  const region = settings.get('region', input.region);
  const override = settings.get('apiBase', input.apiBase);
  const base = apiBase(region?.value ?? 'us', override?.value);
  const waiting = ({ reason, ms }: ApiWait): void =>
    output.note(`  Intercom's API: ${reason.replace('-', ' ')}, asking again in ${Math.ceil(ms / 1000)} s…`);
  const isAsking = prompts.can && input.yes !== true;
  const show = (title: string, lines: readonly string[], values: readonly string[]): void => {
    const { errorPaint: paint, errorColumns } = output;
    output.note(`\n${paint.bold(title)}`);
    for (const line of lines) output.note(wrap(line, Math.min(errorColumns, 100), '  '));
    if (values.length > 0) output.note(`\n${values.map((value) => `    ${value}`).join('\n')}\n`);
  };
  const known = (secret: Secret | undefined): Settings =>
    withAnswers(settings, {
      url: given(answers.url.href),
      topics: given(answers.topics.map(({ topic }) => topic.name)),
      ...(region && { region }),
      ...(override && { apiBase: override }),
      ...(secret && { secret: given(secret) }),
      ...(token && { token: given(token) }),
    });
  return {
    env,
    random,
    command: (words) => context.command(words, profile),
    protect: (secret) => context.protect(secret),
    now: () => context.clock.now(),
    arrival: (sinceMs) => arrivalAt(settings.get('store')?.value, sinceMs, context),
    show,
    ...(token && {
      api: createApi(
        { base, token, userAgent: `propiq-intercom/${context.version}` },
        { http, clock: context.clock, random, signal, waiting },
      ),
    }),
    ...(isAsking && {
      person: {
        pause: (message) => prompts.pause(message),
        async askSecret() {
          const secret = await prompts.secret('Client secret:', refuseSecret);
          noteShape(secret, context);
          return secret;
        },
      },
    }),
    reach: () => reachOfReceiver(known(undefined), profile, context),
    deploy: (command) => deploy(command, context),
    verify: (secret, since) => {
      const waitMs = since === 'fresh' ? input.wait : since === 'written' ? RELOAD_MS : undefined;
      return proveByVerify({ settings: known(secret), secret, profile, waitMs }, context);
    },
    sendTest: (secret) => proveByTest({ answers, settings, secret }, context),
  };
}

function given<T>(value: T): Resolved<T> {
  return { value, from: 'flag', where: 'this run' };
}

/** The command's own output goes to standard error as it comes; its end is ours to judge. */
async function deploy(command: string, context: Context): Promise<AppError | undefined> {
  const { signal, output } = context;
  output.note(output.errorPaint.dim(`\n  $ ${command}\n`));
  const child = await context.startChild({ command, stdio: 'shared' }, {});
  const { code, signal: killedBy, problem } = await orAborted(() => child.ended, signal);
  if (code === 0) return undefined;
  // Ctrl-C goes to the command and to this process, in no order: one that died of it is no failure to tell
  await context.clock.sleep(SAME_KEY_MS, signal);
  const why = problem ?? (code === null ? `It was ended by ${killedBy}` : `It ended with exit code ${code}`);
  return new AppError('setup/deploy-failed', {
    what: `The deploy command failed: ${command}`,
    why: `${why.replace(/\.$/, '')}. What it printed stands above.`,
    hint: 'Mend it, and run setup again: it goes on from here.',
  });
}
