import { resolve } from 'node:path';
import { createSettings, type Settings } from '../base/settings.ts';
import { pickProfile, type Profile, type Profiles } from '../base/profiles.ts';

const CONFIG_FILE = 'propiq-intercom.config.json';

export interface SettingsPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly envFileFlag?: string | undefined;
  readonly profileFlag?: string | undefined;
  /** The command writes the env file: it may be missing, also where it was named. */
  readonly writesEnvFile?: boolean;
}

/** What the settings of a run are read from. */
export interface SettingsSources {
  readonly profile?: { readonly name: string; readonly values: Profile };
  readonly envFile: { readonly path: string; readonly isNamed: boolean };
}

/** The profiles of the config file, without the built-in ones. @throws AppError `settings/config-file` */
export async function readProfiles(cwd: string): Promise<Profiles> {
  const { readConfigFile } = await import('../adapters/config-file.ts');
  return readConfigFile(resolve(cwd, CONFIG_FILE), CONFIG_FILE);
}

/** Reads config file and profile, as far as it takes to know the env file. @throws AppError `settings/*` */
export async function findSources(place: SettingsPlace): Promise<SettingsSources> {
  const { environment, cwd, envFileFlag, profileFlag } = place;
  const profiles = await readProfiles(cwd);
  const name = createSettings({ environment }).get('profile', profileFlag)?.value;
  const profile = name === undefined ? undefined : { name, values: pickProfile(name, profiles) };
  const chosen = createSettings({ environment, ...(profile && { profile }) }).get('envFile', envFileFlag);
  const envFile = { path: chosen?.value ?? '.env', isNamed: chosen !== undefined && chosen.from !== 'default' };
  return { envFile, ...(profile && { profile }) };
}

/**
 * Reads the sources of settings, each only as far as it is needed to find the next: config file, profile, env file.
 * @throws AppError `settings/*` when one that is there cannot be used; nothing falls back in silence
 */
export async function loadSettings(place: SettingsPlace): Promise<Settings> {
  const { environment, cwd } = place;
  const { profile, envFile: chosen } = await findSources(place);
  const { readEnvFile } = await import('../adapters/env-file.ts');
  const use = place.writesEnvFile ? 'target' : chosen.isNamed ? 'named' : 'default';
  const envFile = await readEnvFile(resolve(cwd, chosen.path), use, chosen.path);
  return createSettings({ environment, ...(envFile && { envFile }), ...(profile && { profile }) });
}
