import { BUILT_IN_PROFILES } from '../base/profiles.ts';
import type { Settings } from '../base/settings.ts';
import { judgeUrl, requireUrl } from '../setup/url-answer.ts';
import type { Context } from './context.ts';
import type { SetupInput } from './setup-input.ts';

interface ChosenUrl {
  readonly url: URL;
  readonly profile?: string;
}

/**
 * The address: a flag's or a profile's as it is, else what is known already and the profiles are offered.
 * @throws AppError `url/*`
 */
export async function chooseUrl(
  { url: flag, yes }: SetupInput,
  settings: Settings,
  context: Context,
): Promise<ChosenUrl> {
  const { prompts } = context;
  const given = settings.get('url', flag);
  const retyped = (better: string): string => withUrl(flag, better, context);
  const isSettled = given?.from === 'flag' || given?.from === 'profile';
  if (given && (isSettled || !prompts.can || yes)) return { url: requireUrl(given.value, retyped) };
  const known = given === undefined ? undefined : { url: given.value, where: given.where };
  type Pick = { readonly url?: string; readonly profile?: string };
  const names = [...new Set([...(await context.profiles()), ...Object.keys(BUILT_IN_PROFILES)])];
  const profiles: { value: Pick; name: string; about: string }[] = [];
  for (const profile of names) {
    const url = (await context.settings(profile)).get('url');
    if (url?.from === 'profile')
      profiles.push({ value: { profile, url: url.value }, name: url.value, about: `profile "${profile}"` });
    else if (profile in BUILT_IN_PROFILES && BUILT_IN_PROFILES[profile]?.url !== undefined)
      profiles.push({
        value: { profile, url: BUILT_IN_PROFILES[profile].url },
        name: BUILT_IN_PROFILES[profile].url,
        about: `profile "${profile}", PropIQ's own`,
      });
  }
  const choices = [
    ...(known ? [{ value: { url: known.url } as Pick, name: known.url, about: `from ${known.where}` }] : []),
    { value: {} as Pick, name: 'another address: I type it', about: 'https://…/intercom/webhook' },
    ...profiles.filter(({ name }) => name !== known?.url),
  ];
  const pick = await prompts.choose('Which address does Intercom send to?', choices);
  if (pick.url !== undefined && judgeUrl(pick.url).fine)
    return { url: requireUrl(pick.url), ...(pick.profile !== undefined && { profile: pick.profile }) };
  const typed = await prompts.text({
    message: 'Webhook URL:',
    judge: judgeUrl,
    ...(pick.url !== undefined && { initial: pick.url }),
  });
  return { url: requireUrl(typed) };
}

/** The command line of this run with the right address. */
export function withUrl(flag: string | undefined, better: string, { retyped }: Context): string {
  if (flag === undefined) return retyped((words) => [...words, '--url', better]);
  return retyped((words) =>
    words.map((word) => (word === flag ? better : word === `--url=${flag}` ? `--url=${better}` : word)),
  );
}
