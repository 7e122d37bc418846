import { AppError } from '../base/errors.ts';
import { webhookSecrets } from '../base/secret-sources.ts';
import { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import type { Credential } from '../diagnosis/hypothesis.ts';
import type { Context } from './context.ts';

/**
 * Every other value that a receiver may have taken for its secret, in its own name: a diagnosis tries them as keys.
 * Another profile whose files cannot be read has none to offer; it was not asked for.
 * @param inUse the secret that is used already
 */
export async function otherCredentials(
  settings: Settings,
  context: Context,
  inUse = webhookSecrets(settings).current?.value,
): Promise<readonly Credential[]> {
  const { previous } = webhookSecrets(settings);
  const token = settings.get('token');
  const appId = settings.get('appId');
  const others: Credential[] = [
    ...(token ? [{ kind: 'access-token' as const, where: token.where, value: token.value }] : []),
    ...(previous ? [{ kind: 'previous-secret' as const, where: previous.where, value: previous.value }] : []),
    ...settings.all('secret').map(({ where, value }) => ({ kind: 'other-secret' as const, where, value })),
    ...(appId ? [{ kind: 'app-id' as const, where: appId.where, value: new Secret(appId.value) }] : []),
    ...(await secretsOfProfiles(context)),
  ];
  const seen: Secret[] = inUse ? [inUse] : [];
  return others.filter(({ value }) => {
    const isNew = !seen.some((known) => known.equals(value));
    seen.push(value);
    return isNew;
  });
}

async function secretsOfProfiles(context: Context): Promise<readonly Credential[]> {
  const found: Credential[] = [];
  for (const name of await context.profiles()) {
    try {
      const secret = webhookSecrets(await context.settings(name)).current;
      if (secret)
        found.push({ kind: 'other-profile', where: `the profile "${name}" (${secret.where})`, value: secret.value });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return found;
}
