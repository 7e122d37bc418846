import { AppError } from './errors.ts';
import type { Profile } from './profiles.ts';
import { parseDuration, parseWhole } from './quantity.ts';
import { parseApiBase, parseChoice, parseCommand, parseNames, parsePath } from './setting-values.ts';
import { Secret } from './secret.ts';

/** Where a value came from. `where` is for people: `.env line 4`. */
export interface Resolved<T> {
  readonly value: T;
  readonly from: Source;
  readonly where: string;
}
type Source = 'flag' | 'environment' | 'env-file' | 'profile' | 'default';

/** One row of the table of settings. Flags, environment twins and reference pages come from it. */
interface SettingSpec<T> {
  readonly flag?: string;
  /** Names in the environment, the first one wins wherever it stands. */
  readonly env: readonly string[];
  /** Whether the names are read from the env file too. A repository's file must not steer the tool, so few are. */
  readonly inEnvFile?: true;
  readonly profile?: keyof Profile;
  readonly fallback?: string;
  readonly about: string;
  parse(text: string, from: Source): T;
}

const asText = (text: string): string => text;
const asSecret = (text: string): Secret => new Secret(text);
const REGIONS = ['us', 'eu', 'au'] as const;

const row = <T>(spec: SettingSpec<T>): SettingSpec<T> => spec;

/** Every setting, once. `--json`, colour and verbosity are flags of one run, not settings. */
const SETTINGS = {
  url: row({
    flag: '--url',
    env: ['INTERCOM_WEBHOOK_URL'],
    inEnvFile: true,
    profile: 'url',
    parse: asText,
    about: 'full public URL of the receiver',
  }),
  secret: row({
    env: ['INTERCOM_WEBHOOK_SECRET', 'INTERCOM_CLIENT_SECRET'],
    inEnvFile: true,
    parse: asSecret,
    about: "the key that signs notifications: the app's client secret",
  }),
  previousSecret: row({
    env: ['INTERCOM_WEBHOOK_SECRET_PREVIOUS'],
    inEnvFile: true,
    parse: asSecret,
    about: 'still accepted while rotating',
  }),
  token: row({
    env: ['INTERCOM_ACCESS_TOKEN'],
    inEnvFile: true,
    parse: asSecret,
    about: "bearer token for Intercom's REST API",
  }),
  appId: row({
    env: ['INTERCOM_APP_ID'],
    inEnvFile: true,
    parse: asText,
    about: 'workspace id, the `app_id` of notifications',
  }),
  region: row({
    flag: '--region',
    env: ['INTERCOM_REGION'],
    inEnvFile: true,
    profile: 'region',
    parse: (text) => parseChoice(text.toLowerCase(), REGIONS),
    fallback: 'us',
    about: 'where the workspace lives: us, eu or au',
  }),
  apiBase: row({
    flag: '--api-base',
    env: ['INTERCOM_API_BASE'],
    inEnvFile: true,
    parse: parseApiBase,
    about: 'API host override',
  }),
  store: row({
    flag: '--store',
    env: ['PROPIQ_INTERCOM_STORE'],
    parse: asText,
    about: 'the inbox: a SQLite file or postgres://…',
  }),
  host: row({
    flag: '--host',
    env: ['PROPIQ_INTERCOM_HOST'],
    parse: asText,
    fallback: '127.0.0.1',
    about: 'address that serve listens on',
  }),
  port: row({
    flag: '--port',
    env: ['PROPIQ_INTERCOM_PORT'],
    parse: (text) => parseWhole(text, 0, 65_535),
    fallback: '8000',
    about: 'port that serve listens on; 0 takes any free one',
  }),
  timeout: row({
    flag: '--timeout',
    env: ['PROPIQ_INTERCOM_TIMEOUT'],
    parse: parseDuration,
    fallback: '5s',
    about: 'longest wait for one answer',
  }),
  reporter: row({
    flag: '--reporter',
    env: ['PROPIQ_INTERCOM_REPORTER'],
    parse: asText,
    fallback: 'pretty',
    about: 'how verify reports',
  }),
  healthPath: row({
    flag: '--health-path',
    env: [],
    profile: 'healthPath',
    parse: parsePath,
    about: "path of the application's health route",
  }),
  intercomHealthPath: row({
    flag: '--intercom-health-path',
    env: [],
    profile: 'intercomHealthPath',
    parse: parsePath,
    about: "path of the integration's health route",
  }),
  topics: row({
    flag: '--topics',
    env: [],
    profile: 'topics',
    parse: parseNames,
    about: 'topics to subscribe to, with commas between them',
  }),
  deploy: row({
    flag: '--deploy',
    env: [],
    profile: 'deploy',
    parse: parseCommand,
    about: 'command that deploys the receiver',
  }),
  logs: row({ env: [], profile: 'logs', parse: asText, about: "command that shows the receiver's log" }),
  profile: row({
    flag: '--profile',
    env: ['PROPIQ_INTERCOM_PROFILE'],
    parse: asText,
    about: 'profile of the config file',
  }),
  envFile: row({
    flag: '--env-file',
    env: ['PROPIQ_INTERCOM_ENV_FILE'],
    profile: 'envFile',
    parse: asText,
    fallback: '.env',
    about: 'file to read the INTERCOM_… settings from',
  }),
} as const;

export type SettingKey = keyof typeof SETTINGS;
export type SettingValue<K extends SettingKey> = ReturnType<(typeof SETTINGS)[K]['parse']>;

/** The only names that are ever read from an env file. */
export const ENV_FILE_KEYS: readonly string[] = Object.values(SETTINGS as Record<string, SettingSpec<unknown>>).flatMap(
  (spec) => (spec.inEnvFile ? spec.env : []),
);

/** The values of an env file, and the line each stands on (1-based; of duplicates the last, as dotenv reads them). */
export interface EnvFile {
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
  readonly lines: Readonly<Record<string, number>>;
}

export interface SettingSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile?: EnvFile;
  readonly profile?: { readonly name: string; readonly values: Profile };
}

export interface Settings {
  /**
   * Flag, then process environment, then env file, then profile, then default. An empty value counts as not set.
   * @throws AppError `settings/invalid` naming the place when the value cannot be used
   */
  get<K extends SettingKey>(key: K, flagText?: string): Resolved<SettingValue<K>> | undefined;
  /** Every value found for the setting, in order of precedence, whichever name it has. */
  all<K extends SettingKey>(key: K): readonly Resolved<SettingValue<K>>[];
}

export function createSettings(sources: SettingSources): Settings {
  const found = (key: SettingKey): readonly Resolved<string>[] => candidates(SETTINGS[key], sources);
  const parsed = <K extends SettingKey>(key: K, given: Resolved<string>): Resolved<SettingValue<K>> => ({
    ...given,
    value: parseFrom(SETTINGS[key] as unknown as SettingSpec<SettingValue<K>>, given),
  });
  return {
    get(key, flagText) {
      const { flag, fallback } = SETTINGS[key] as SettingSpec<unknown>;
      const given: Resolved<string> | undefined =
        flagText === undefined ? found(key)[0] : { value: flagText, from: 'flag', where: flag ?? 'the command line' };
      if (given) return parsed(key, given);
      return fallback === undefined
        ? undefined
        : parsed(key, { value: fallback, from: 'default', where: 'the default' });
    },
    all: (key) => found(key).map((given) => parsed(key, given)),
  };
}

function candidates(spec: SettingSpec<unknown>, { environment, envFile, profile }: SettingSources): Resolved<string>[] {
  const found: Resolved<string>[] = [];
  for (const name of spec.env) {
    const set = environment[name];
    if (set) found.push({ value: set, from: 'environment', where: `${name} in the environment` });
    const written = spec.inEnvFile ? envFile?.values[name] : undefined;
    if (envFile && written)
      found.push({ value: written, from: 'env-file', where: `${name} in ${envFile.path}${at(envFile.lines[name])}` });
  }
  const chosen = spec.profile && profile?.values[spec.profile];
  const text = typeof chosen === 'object' ? chosen.join(',') : chosen;
  if (profile && text) found.push({ value: text, from: 'profile', where: `profile "${profile.name}"` });
  return found;
}

const at = (line: number | undefined): string => (line === undefined ? '' : ` line ${line}`);

function parseFrom<T>(spec: SettingSpec<T>, given: Resolved<string>): T {
  try {
    return spec.parse(given.value, given.from);
  } catch (cause) {
    if (!(cause instanceof AppError) || given.from === 'flag') throw cause;
    throw new AppError(
      'settings/invalid',
      { what: `${given.where}: ${cause.what}`, why: cause.why, hint: cause.hint },
      { cause },
    );
  }
}
