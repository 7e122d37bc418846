import { AppError } from '../base/errors.ts';
import type { Judgement } from '../base/prompts.ts';
import { webhookSecrets } from '../base/secret-sources.ts';
import type { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { type ApiVersion, NEWEST_API_VERSION, parseApiVersion } from '../intercom/topics.ts';
import { QUESTIONS, type Question } from '../setup/questions.ts';
import type { Answers } from '../setup/step.ts';
import { topicItems, usualTopics, wantTopics } from '../setup/topic-answer.ts';
import { requireUrl } from '../setup/url-answer.ts';
import type { Context } from './context.ts';
import type { SetupInput } from './setup-input.ts';
import { askMissingSecret, askToken, noteShape, pipedSecrets } from './setup-secrets.ts';
import { chooseUrl, withUrl } from './setup-url.ts';

/** The answers, and the settings that they were found in: another profile's, where one was picked. */
export interface Gathered {
  readonly answers: Answers;
  readonly settings: Settings;
  readonly profile?: string;
  readonly token?: Secret;
}

/**
 * Everything that has to be known before anything is done: from flags, then settings, then a person; under `--yes` a person
 * is asked only for what has no default.
 * @throws AppError `usage/missing-input` with all that is missing, and whatever is wrong with what was given
 */
export async function gatherAnswers(input: SetupInput, context: Context): Promise<Gathered> {
  const { output, prompts } = context;
  let settings = await context.settings();
  requireAll(input, settings, context);
  const piped = await pipedSecrets(input, context);
  const known = settings.get('token');
  const token = piped.token ?? known?.value ?? (await askToken(input, context));
  const chosen = await chooseUrl(input, settings, context);
  if (chosen.profile !== undefined) settings = await context.settings(chosen.profile);
  const { url } = chosen;
  const version = await chooseVersion(input, context);
  const names = settings.get('topics', input.topics)?.value;
  const picked = await chooseTopics(names, input.topics !== undefined || input.yes === true, version, context);
  const { current } = webhookSecrets(settings);
  const isRead = input.check === true || input.dryRun === true;
  const secret = piped.secret ?? current?.value ?? (await askMissingSecret(input, token !== undefined, context));
  if (piped.secret) noteShape(piped.secret, context);
  if (piped.secret && current?.from === 'environment' && !current.value.equals(piped.secret))
    output.warn(`${current.where} has another value, and the other commands here take that one first.`);
  const deploy = settings.get('deploy', input.deploy);
  const logs = settings.get('logs')?.value;
  const region = settings.get('region', input.region);
  for (const { topic, asked } of picked)
    if (asked !== undefined && input.topics !== undefined)
      output.note(`${asked} is called ${topic.name} in API ${version}.`);
  const settled = settings.get('url')?.value;
  return {
    settings,
    ...(chosen.profile !== undefined && { profile: chosen.profile }),
    ...(token && { token }),
    answers: {
      url,
      isUrlNew: settled === undefined || !isSameUrl(settled, url) || chosen.profile !== undefined,
      version,
      topics: picked,
      mode: input.mode ?? 'auto',
      ...(token && !known?.value.equals(token) && { newToken: token }),
      ...(secret && { secret }),
      isHubDone: input.hubDone === true || (!isRead && (await askHubDone(input, secret, settled, url, context))),
      ...(region?.from !== 'default' && region && { region: region.value }),
      ...(region && region.value !== settings.get('region')?.value && { newRegion: region.value }),
      ...(deploy &&
        input.skipDeploy !== true && {
          deploy: {
            command: deploy.value,
            isAgreed:
              deploy.from === 'flag' ||
              (!isRead && prompts.can && (await askDeploy(deploy.value, deploy.where, context))),
          },
        }),
      ...(logs !== undefined && { logs }),
      wantsVerify: input.verify !== false,
      wantsTest: input.test !== false,
    },
  };
}

/** Without anybody to ask, all that is missing is told at once; an address that is there and wrong is worth more. */
function requireAll(input: SetupInput, settings: Settings, context: Context): void {
  if (context.prompts.can) return;
  const given = settings.get('url', input.url);
  if (given) requireUrl(given.value, (better) => withUrl(input.url, better, context));
  const isRead = input.check === true || input.dryRun === true;
  const hasToken = input.tokenStdin === true || settings.get('token') !== undefined;
  const hasSecret = input.secretStdin === true || webhookSecrets(settings).current !== undefined;
  const isWalk = input.mode === 'guide' || (input.mode !== 'api' && !hasToken);
  const missing = new Set<Question['id']>([
    ...(given === undefined ? (['url'] as const) : []),
    ...(input.mode === 'api' && !hasToken ? (['token'] as const) : []),
    ...(isWalk && !hasSecret && !isRead ? (['secret'] as const) : []),
    ...(input.yes !== true && !isRead ? (['go'] as const) : []),
  ]);
  if (missing.size === 0) return;
  const asked = QUESTIONS.filter(({ id }) => missing.has(id));
  throw new AppError('usage/missing-input', {
    what: `setup cannot ask here, and ${asked.length === 1 ? 'an answer is' : `${asked.length} answers are`} missing`,
    why: asked.map(({ flag, asks }) => `${flag}: ${asks}.`).join(' '),
    hint: [context.retyped((words) => words), ...asked.map(({ flag }) => flag)].join(' '),
  });
}

async function chooseVersion({ apiVersion, yes }: SetupInput, { prompts }: Context): Promise<ApiVersion> {
  if (apiVersion !== undefined) return parseApiVersion(apiVersion);
  if (!prompts.can || yes) return NEWEST_API_VERSION;
  const judge = (text: string): Judgement => {
    try {
      parseApiVersion(text);
      return { fine: true, note: 'it decides what topics are called; Developer Hub, your app, API Version' };
    } catch (cause) {
      return {
        fine: false,
        problem: cause instanceof AppError ? cause.why : 'not a version',
        offer: NEWEST_API_VERSION,
      };
    }
  };
  return parseApiVersion(
    await prompts.text({ message: 'API version of the app:', initial: NEWEST_API_VERSION, judge }),
  );
}

async function chooseTopics(
  names: readonly string[] | undefined,
  isSettled: boolean,
  version: ApiVersion,
  { prompts }: Context,
): Promise<Answers['topics']> {
  const wanted = wantTopics(names ?? usualTopics(version), version);
  if (wanted.length === 0) {
    throw new AppError('usage/invalid-value', {
      what: 'There is no topic to subscribe to',
      why: 'ping is sent to every app and needs no subscription.',
      hint: 'propiq-intercom topics list',
    });
  }
  if (isSettled || !prompts.can) return wanted;
  const checked = wanted.map(({ topic }) => topic.name);
  return wantTopics(await prompts.pick({ message: 'Topics:', items: topicItems(version), checked }), version);
}

/** A second run: what can be seen from here is in place, and only the person knows about the Developer Hub. */
async function askHubDone(
  { mode, yes }: SetupInput,
  secret: Secret | undefined,
  settled: string | undefined,
  url: URL,
  { prompts }: Context,
): Promise<boolean> {
  const isSecond = secret !== undefined && settled !== undefined && isSameUrl(settled, url);
  if (!prompts.can || yes || mode === 'api' || !isSecond) return false;
  return prompts.confirm('Does the Developer Hub have this URL and these topics already?');
}

async function askDeploy(command: string, where: string, { prompts, output }: Context): Promise<boolean> {
  output.note(`  To deploy, ${where} has this command:\n\n    ${command}\n`);
  return prompts.confirm('Run it when the secret is written?');
}

function isSameUrl(text: string, url: URL): boolean {
  return URL.canParse(text) && new URL(text).href === url.href;
}
