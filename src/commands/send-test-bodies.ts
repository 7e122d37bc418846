import { AppError } from '../base/errors.ts';
import type { Settings } from '../base/settings.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import { chooseTopics } from '../deliver/choose-topics.ts';
import { composeData, composeGuideSamples, composeSamples, type Delivery } from '../deliver/compose.ts';
import type { Variant } from '../deliver/request.ts';
import { parseAssignment } from '../deliver/set-path.ts';
import { GUIDE_TOPICS, type GuideTopic } from '../intercom/samples/guide.ts';
import { type ApiVersion, NEWEST_API_VERSION, parseApiVersion } from '../intercom/topics.ts';
import type { Context } from './context.ts';

/** The flags of `send-test`, each where it was used. */
export interface SendTestInput {
  readonly args: readonly string[];
  readonly url?: string;
  readonly all?: boolean;
  readonly data?: string;
  readonly set?: readonly string[];
  readonly id?: string;
  readonly sample?: 'intercom' | 'guide';
  readonly apiVersion?: string;
  readonly seed?: string;
  readonly algorithm?: 'auto' | 'sha1' | 'sha256';
  readonly unsigned?: boolean;
  readonly wrongSecret?: boolean;
  readonly tamper?: boolean;
  readonly expect?: string;
  readonly timeout?: string;
  readonly print?: boolean;
  readonly count?: number;
  readonly concurrency?: number;
  readonly rate?: number;
  readonly secretStdin?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export interface Bodies {
  readonly deliveries: readonly Delivery[];
  readonly about: { readonly sample: 'intercom' | 'guide' | 'data'; readonly apiVersion: ApiVersion | null };
}

const LONGEST_DATA = 64 * 1024 * 1024;

/** @throws AppError `usage/conflict` where more than one fault was asked for */
export function variantOf({ unsigned, wrongSecret, tamper }: SendTestInput): Variant {
  const asked = [
    ...(unsigned ? (['unsigned'] as const) : []),
    ...(wrongSecret ? (['wrong-secret'] as const) : []),
    ...(tamper ? (['tampered'] as const) : []),
  ];
  if (asked.length > 1) {
    throw conflict(
      '--unsigned, --wrong-secret and --tamper exclude each other',
      'Each makes one fault, so that the answer tells which one was noticed.',
      'Ask for one at a time.',
    );
  }
  return asked[0] ?? 'signed';
}

/**
 * What is to be sent: the user's bytes, the guide's samples, or ours.
 * @throws AppError `usage/*`, `topic/*`, `sample/unknown-path`, `io/read`
 */
export async function prepareBodies(input: SendTestInput, settings: Settings, context: Context): Promise<Bodies> {
  const workspaceId = settings.get('appId')?.value;
  if (input.data !== undefined) return dataBodies(input.data, input, context);
  if (input.all && input.args.length > 0)
    throw conflict(
      '--all and topics exclude each other',
      '--all names every topic that can be sent.',
      'Leave one of them out.',
    );
  const id = input.id;
  if (id === '')
    throw new AppError('usage/invalid-value', {
      what: 'The id is empty',
      why: 'A notification has an id with something in it, or null (ping).',
      hint: 'Write it like --id notif_1, or leave it out for a fresh one.',
    });
  const changes = { assignments: (input.set ?? []).map(parseAssignment), id };
  if (input.sample === 'guide') {
    if (input.apiVersion !== undefined)
      throw conflict(
        "The guide's samples have no API version",
        'They are sent as they are printed there.',
        'Leave --api-version out.',
      );
    return {
      deliveries: composeGuideSamples(guideTopics(input.args), changes, workspaceId),
      about: { sample: 'guide', apiVersion: null },
    };
  }
  const asked = input.apiVersion === undefined ? undefined : parseApiVersion(input.apiVersion);
  const version = asked ?? NEWEST_API_VERSION;
  const chosen = chooseTopics({ names: input.args, all: input.all === true, version: asked });
  const chance = { seed: input.seed, random: context.random, nowMs: context.clock.now() };
  return {
    deliveries: composeSamples(chosen, version, chance, changes, workspaceId),
    about: { sample: 'intercom', apiVersion: version },
  };
}

async function dataBodies(source: string, input: SendTestInput, { input: files, output }: Context): Promise<Bodies> {
  const others = [
    ...(input.args.length > 0 ? ['topics'] : []),
    ...(input.all ? ['--all'] : []),
    ...(input.sample ? ['--sample'] : []),
    ...(input.set ? ['--set'] : []),
    ...(input.id === undefined ? [] : ['--id']),
    ...(input.seed === undefined ? [] : ['--seed']),
    ...(input.apiVersion === undefined ? [] : ['--api-version']),
  ];
  if (others.length > 0)
    throw conflict(`--data excludes ${others.join(', ')}`, 'Its bytes are sent as they are.', 'Leave one of them out.');
  const path = source.replace(/^@/, '');
  if (path === '-' && input.secretStdin) {
    throw conflict(
      'The data and the secret cannot both come from standard input',
      'There is only one standard input.',
      'Name the data as a file: --data @notification.json',
    );
  }
  const { problem, ...delivery } = composeData(await files.bytes(path, LONGEST_DATA));
  if (problem !== null) output.warn(`The data is no notification: ${problem}. It is sent as it is.`);
  return { deliveries: [delivery], about: { sample: 'data', apiVersion: null } };
}

function guideTopics(names: readonly string[]): readonly GuideTopic[] {
  return names.map((name) => {
    const known = GUIDE_TOPICS.find((topic) => topic === name);
    if (known) return known;
    throw new AppError('usage/invalid-value', {
      what: `The guide prints no sample of "${cleanLine(name).slice(0, 60)}"`,
      why: `It prints ${GUIDE_TOPICS.join(' and ')}.`,
      hint: didYouMean(name, GUIDE_TOPICS, 'Leave --sample guide out for the shape that Intercom documents.'),
    });
  });
}

function conflict(what: string, why: string, hint: string): AppError {
  return new AppError('usage/conflict', { what, why, hint });
}
