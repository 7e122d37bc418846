import { AppError } from './errors.ts';
import { isObject, locateJsonError } from './json.ts';
import { didYouMean } from './suggest.ts';

/** What a config file may say about one deployment. Secrets have no place in it. */
export interface Profile {
  url?: string;
  healthPath?: string;
  intercomHealthPath?: string;
  topics?: readonly string[];
  region?: string;
  envFile?: string;
  deploy?: string;
  logs?: string;
}

export type Profiles = Readonly<Record<string, Profile>>;
const FIELDS: readonly (keyof Profile)[] = [
  'url',
  'healthPath',
  'intercomHealthPath',
  'topics',
  'region',
  'envFile',
  'deploy',
  'logs',
];

const PROPIQ = {
  deploy: './deploy-azure.sh',
  logs: 'az webapp log tail --resource-group luntra-outreach-rg --name luntra-outreach-app',
} as const;

/** PropIQ's own two, from its guide. Used only when named or picked. */
export const BUILT_IN_PROFILES: Profiles = {
  production: { url: 'https://luntra-outreach-app.azurewebsites.net/intercom/webhook', ...PROPIQ },
  'custom-domain': { url: 'https://propiq.luntra.one/intercom/webhook', ...PROPIQ },
};

/**
 * The profiles of a config file: `{"profiles": {"staging": {"url": …}}}`.
 * @throws AppError `settings/config-file`, with the position or the field that is wrong
 */
export function parseConfigFile(text: string, path: string): Profiles {
  const broken = (why: string, hint: string): AppError =>
    new AppError('settings/config-file', { what: `The config file ${path} cannot be used`, why, hint });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    const place = locateJsonError(text.replace(/^\uFEFF/, ''));
    throw broken(
      `It is not JSON: line ${place?.line ?? 1}, column ${place?.column ?? 1} cannot stand there.`,
      'Correct that place; comments and trailing commas are not JSON.',
    );
  }
  if (!isObject(parsed))
    throw broken('It has no object at the top.', 'Write {"profiles": {"staging": {"url": "https://…"}}}.');
  for (const name of Object.keys(parsed)) {
    if (name !== 'profiles' && name !== '$schema') {
      throw broken(`It has an unknown field "${name}".`, didYouMean(name, ['profiles'], 'Only "profiles" is read.'));
    }
  }
  const profiles = parsed['profiles'] ?? {};
  if (!isObject(profiles))
    throw broken('Its "profiles" is not an object.', 'Write {"profiles": {"staging": {"url": "https://…"}}}.');
  return Object.fromEntries(
    Object.entries(profiles).map(([name, fields]) => [name, parseProfile(fields, `profiles.${name}`, broken)]),
  );
}

function parseProfile(fields: unknown, at: string, broken: (why: string, hint: string) => AppError): Profile {
  if (!isObject(fields)) throw broken(`Its "${at}" is not an object.`, `Known fields: ${FIELDS.join(', ')}.`);
  for (const [name, value] of Object.entries(fields)) {
    if (/secret|token/i.test(name)) {
      throw broken(
        `"${at}.${name}" would keep a secret in a file that is meant to be shared.`,
        'Put it into the env file and take it out here.',
      );
    }
    if (!(FIELDS as readonly string[]).includes(name)) {
      throw broken(
        `It has an unknown field "${at}.${name}".`,
        didYouMean(name, FIELDS, `Known fields: ${FIELDS.join(', ')}.`),
      );
    }
    const isFine =
      name === 'topics'
        ? Array.isArray(value) && value.every((topic) => typeof topic === 'string')
        : typeof value === 'string';
    if (!isFine)
      throw broken(
        `"${at}.${name}" is not ${name === 'topics' ? 'a list of texts' : 'a text'}.`,
        'Put the value in double quotes.',
      );
  }
  return fields;
}

/**
 * A profile by name: the config file's over the built-in one, field by field.
 * @throws AppError `settings/unknown-profile`
 */
export function pickProfile(name: string, fromFile: Profiles): Profile {
  const names = [...new Set([...Object.keys(fromFile), ...Object.keys(BUILT_IN_PROFILES)])];
  if (!names.includes(name)) {
    throw new AppError('settings/unknown-profile', {
      what: `There is no profile "${name.slice(0, 60)}"`,
      why: `Known profiles: ${names.join(', ')}.`,
      hint: didYouMean(name, names, 'Add it to propiq-intercom.config.json under "profiles".'),
    });
  }
  const own = (profiles: Profiles): Profile | undefined => (Object.hasOwn(profiles, name) ? profiles[name] : undefined);
  return { ...own(BUILT_IN_PROFILES), ...own(fromFile) };
}
