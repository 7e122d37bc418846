import { atMost } from '../base/at-most.ts';
import { AppError, type ExitCode } from '../base/errors.ts';
import { chooseTopics } from '../deliver/choose-topics.ts';
import { deliveryFault } from '../deliver/sandbox/loopback.ts';
import { createSandbox, type Sandbox } from '../deliver/sandbox/sandbox.ts';
import { produceEvents, type Traffic } from '../deliver/sandbox/traffic.ts';
import { type ApiVersion, NEWEST_API_VERSION, parseApiVersion } from '../intercom/topics.ts';
import type { Context } from './context.ts';
import { sandboxKeys } from './sandbox-keys.ts';
import { createSandboxLog } from './sandbox-log.ts';

export interface SandboxInput {
  readonly port?: number;
  readonly deliverTo?: string;
  readonly topics?: readonly string[];
  /** A second. */
  readonly rate?: number;
  /** ms of Intercom's time. */
  readonly for?: number;
  readonly timeScale?: number;
  readonly apiVersion?: string;
  readonly legacyApi?: boolean;
  /** Percent. */
  readonly duplicates?: number;
  readonly reorder?: boolean;
  readonly seed?: string;
  readonly tokenStdin?: boolean;
}

interface Target extends Traffic {
  readonly url: URL;
}

const HOST = '127.0.0.1';
const USUAL_PORT = 8010;
const USUAL_PER_SECOND = 12 / 60;
const MAX_BODY_BYTES = 256 * 1024;
const DRAIN_MS = 1000;
/** What is under way when the time is over may still be answered: the 5 s, and a little. */
const LAST_ANSWERS_MS = 5500;

/** Listens, says so, makes things happen where it was asked to, and ends with the verdict. */
export async function runSandbox(input: SandboxInput, context: Context): Promise<ExitCode> {
  const { clock, random, signal } = context;
  const version = input.apiVersion === undefined ? NEWEST_API_VERSION : parseApiVersion(input.apiVersion);
  const target = targetOf(input, version);
  const keys = await sandboxKeys({ tokenStdin: input.tokenStdin === true, hasReceiver: target !== undefined }, context);
  const log = createSandboxLog(context);
  const { token, clientSecret, region, workspaceId } = keys;
  const timeScale = input.timeScale ?? 1;
  const hasSubscriptions = input.legacyApi !== false;
  const duplicates = (input.duplicates ?? 0) / 100;
  const sandbox = createSandbox(
    {
      token,
      clientSecret,
      version,
      region,
      hasSubscriptions,
      timeScale,
      duplicates,
      reorders: input.reorder === true,
      ...(workspaceId !== undefined && { workspaceId }),
      ...(input.seed !== undefined && { seed: input.seed }),
    },
    { http: await context.http(), clock, random, told: log.happened },
  );
  const address = { host: HOST, port: input.port ?? USUAL_PORT };
  const listener = await context.listen(address, { maxBodyBytes: MAX_BODY_BYTES }, sandbox.application);
  try {
    const url = listener.origin;
    const envFile = await keys.save(url, sandbox.workspaceId);
    await log.ready({
      url,
      envFile,
      isSecretOwn: keys.isSecretOwn,
      version,
      timeScale,
      hasSubscriptions,
      workspaceId: sandbox.workspaceId,
    });
    if (target) await sandbox.saveEndpoint(target.url, target.topics);
    sandbox.pace.restart();
    await play(sandbox, target, input.for, signal);
    await atMost(LAST_ANSWERS_MS, sandbox.finish(), clock, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    await listener.drain(DRAIN_MS);
    sandbox.close();
  }
  const verdict = sandbox.verdict();
  await log.end(verdict);
  return verdict.isGood ? 0 : 1;
}

/** Until the time is over. @throws the signal's reason */
async function play(
  { pace, trigger }: Sandbox,
  target: Target | undefined,
  forMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const end = pace.sleepUntil(forMs ?? Infinity, either);
  await Promise.race([end, ...(target ? [produceEvents({ pace, trigger }, target, either)] : [])]).finally(() =>
    over.abort(),
  );
}

/** @throws AppError `usage/*`, `topic/*` */
function targetOf({ deliverTo, topics, rate }: SandboxInput, version: ApiVersion): Target | undefined {
  if (deliverTo === undefined) {
    if (topics === undefined && rate === undefined) return undefined;
    throw new AppError('usage/missing-input', {
      what: `${topics ? '--topics' : '--rate'} needs --deliver-to`,
      why: 'Without it nobody is notified.',
      hint: 'Name your receiver: --deliver-to http://127.0.0.1:8000/intercom/webhook',
    });
  }
  const fault = deliveryFault(deliverTo);
  if (fault !== undefined) {
    throw new AppError('usage/invalid-value', {
      what: 'The sandbox does not deliver to that address',
      why: `It cannot be used: ${fault}.`,
      hint: 'Name a receiver on this computer: --deliver-to http://127.0.0.1:8000/intercom/webhook',
    });
  }
  const names = (topics ?? []).flatMap((given) => given.split(',')).flatMap((name) => name.trim() || []);
  const chosen = chooseTopics({ names, all: false, version });
  return {
    url: new URL(deliverTo),
    topics: chosen.map(({ topic }) => topic.name),
    perSecond: rate ?? USUAL_PER_SECOND,
  };
}
