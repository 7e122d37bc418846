import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { ChildEnd } from '../base/ports.ts';
import { showDuration } from '../base/quantity.ts';
import { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { parsePath } from '../base/setting-values.ts';
import { cleanLines, decodeUtf8, shorten } from '../base/text.ts';
import { USUAL_PATH } from '../intercom/webhook-url.ts';
import { waitForSpawned } from '../verify/wait-spawned.ts';
import type { Context } from './context.ts';

/** Checks that ask about a deployment or an account; an application that was just started has neither. */
export const NOT_OF_SPAWNED = {
  globs: ['env/*', 'api/*', 'url/public'],
  because: 'not asked with --spawn',
};

export interface SpawnInput {
  readonly command: string;
  /** The argument of `verify`: a path, or nothing. */
  readonly path: string | undefined;
  readonly waitMs: number | undefined;
}

/** An application that was started to be judged: where it answers, and the key that it was given. */
export interface Spawned {
  readonly url: URL;
  readonly secret: Secret;
  readonly token: Secret;
  /** For the report: what it was, what it printed last, and whether it still runs. */
  facts(): JsonObject;
  /** What it printed last, as a few lines. */
  tail(): string;
  hasEnded(): boolean;
  /** Resolves when it has ended, or after a moment: what broke a connection may be its end, which is told a little later. */
  endOrMoment(): Promise<void>;
  stop(): Promise<void>;
}

const USUAL_WAIT_MS = 60_000;
const SECRET_BYTES = 20;
const MOMENT_MS = 300;
const SHOWN_LINES = 12;
const SHOWN_CHARACTERS = 1200;
const REPORTED_CHARACTERS = 16_000;

/**
 * Starts the application on a free port, with a throw-away secret and token in its environment, and waits until it answers.
 * @throws AppError `usage/*`, `spawn/*`; then nothing of it runs any more
 */
export async function spawnApplication(input: SpawnInput, settings: Settings, context: Context): Promise<Spawned> {
  const path = pathOf(input.path, settings);
  const port = await context.freePort();
  const command = input.command.replaceAll('{port}', String(port));
  const secret = throwAway(context);
  const token = throwAway(context);
  const child = await context.startChild(
    { command, stdio: 'kept' },
    {
      PORT: String(port),
      INTERCOM_WEBHOOK_SECRET: decodeUtf8(secret.reveal()),
      INTERCOM_CLIENT_SECRET: decodeUtf8(secret.reveal()),
      INTERCOM_ACCESS_TOKEN: decodeUtf8(token.reveal()),
    },
  );
  let end: ChildEnd | undefined;
  void child.ended.then((how) => (end = how));
  const output = (): string => cleanLines(context.output.redact(decodeUtf8(child.output())));
  const tail = (): string => lastLines(output());
  try {
    const url = await untilReady({ command: input.command, path, port, ended: () => end, tail }, input.waitMs, context);
    return {
      url,
      secret,
      token,
      facts: () => ({
        command: input.command,
        output: output().slice(-REPORTED_CHARACTERS),
        ended: end === undefined ? null : { code: end.code, signal: end.signal },
      }),
      tail,
      hasEnded: () => end !== undefined,
      async endOrMoment() {
        await Promise.race([child.ended, context.clock.sleep(MOMENT_MS, context.signal)]);
      },
      stop: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

interface Starting {
  readonly command: string;
  readonly path: string;
  readonly port: number;
  ended(): ChildEnd | undefined;
  tail(): string;
}

async function untilReady(starting: Starting, waitMs = USUAL_WAIT_MS, context: Context): Promise<URL> {
  const { command, path, port, ended, tail } = starting;
  const { clock, signal, version, output } = context;
  const urls = ['127.0.0.1', '[::1]'].map((host) => new URL(`http://${host}:${port}${path}`));
  const progress = await output.progress(`Starting ${shorten(command, 60)}`);
  try {
    const wait = { http: await context.http(), clock, signal, userAgent: `propiq-intercom/${version}` };
    const url = await waitForSpawned(urls, { ...wait, hasEnded: () => ended() !== undefined }, waitMs);
    if (url) return url;
  } finally {
    progress.stop();
  }
  const printed = tail() === '' ? 'It printed nothing.' : `It printed last:\n${tail()}`;
  const end = ended();
  if (end) {
    throw new AppError('spawn/exited', {
      what: 'The application ended before it answered',
      why: `${howItEnded(end)} ${printed}`,
      hint: `Run it by hand until it stays up: PORT=${port} ${command.replaceAll('{port}', String(port))}`,
    });
  }
  throw new AppError('spawn/not-ready', {
    what: `The application does not answer on port ${port}`,
    why: `Within ${showDuration(waitMs)} nothing listened on 127.0.0.1 or ::1 there. ${printed}`,
    hint: 'Let it listen on the port that {port} in the command, or PORT in its environment, names; slower ones get time with --wait 3m.',
  });
}

function howItEnded({ code, signal, problem }: ChildEnd): string {
  if (problem !== undefined) return `It could not be started: ${problem}.`;
  return signal === null ? `Its exit code is ${code}.` : `It was ended by ${signal}.`;
}

/** A path stands for itself; without one the path of the URL that is configured is meant, as that is what will be registered. */
function pathOf(given: string | undefined, settings: Settings): string {
  if (given !== undefined) {
    if (given.startsWith('/')) return parsePath(given);
    throw new AppError('usage/conflict', {
      what: '--spawn and a URL exclude each other',
      why: 'The application that it starts is judged, on a port of this computer.',
      hint: 'Give the path of its webhook only: propiq-intercom verify /intercom/webhook --spawn "…"',
    });
  }
  const configured = settings.get('url')?.value;
  return configured !== undefined && URL.canParse(configured) ? usable(new URL(configured).pathname) : USUAL_PATH;
}

const usable = (path: string): string => (path === '/' || path === '' ? USUAL_PATH : path);

function throwAway({ random, output }: Context): Secret {
  const secret = new Secret(Buffer.from(random.bytes(SECRET_BYTES)).toString('hex'));
  output.protect(secret);
  return secret;
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  return lines.length > SHOWN_CHARACTERS ? `…${lines.slice(-SHOWN_CHARACTERS)}` : lines;
}
