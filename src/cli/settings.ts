import { resolve } from 'node:path';
import { createSettings, type Settings } from '../base/settings.ts';
import { pickProfile } from '../base/profiles.ts';

const CONFIG_FILE = 'propiq-intercom.config.json';

export interface SettingsPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly envFileFlag?: string | undefined;
  readonly profileFlag?: string | undefined;
}

/**
 * Reads the sources of settings, each only as far as it is needed to find the next: config file, profile, env file.
 * @throws AppError `settings/*` when one that is there cannot be used; nothing falls back in silence
 */
export async function loadSettings({ environment, cwd, envFileFlag, profileFlag }: SettingsPlace): Promise<Settings> {
  const { readConfigFile } = await import('../adapters/config-file.ts');
  const profiles = await readConfigFile(resolve(cwd, CONFIG_FILE), CONFIG_FILE);
  const fromEnvironment = createSettings({ environment });
  const name = fromEnvironment.get('profile', profileFlag)?.value;
  const profile = name === undefined ? undefined : { name, values: pickProfile(name, profiles) };
  const chosen = createSettings({ environment, ...(profile && { profile }) }).get('envFile', envFileFlag);
  const path = chosen?.value ?? '.env';
  const { readEnvFile } = await import('../adapters/env-file.ts');
  const envFile = await readEnvFile(resolve(cwd, path), chosen?.from !== 'default', path);
  return createSettings({ environment, ...(envFile && { envFile }), ...(profile && { profile }) });
}
