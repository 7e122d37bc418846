import { AppError } from './errors.ts';
import type { Secret } from './secret.ts';
import type { Resolved, Settings } from './settings.ts';

/** The secrets that the settings know: the one in use, the one being rotated out, and one that contradicts the first. */
export interface WebhookSecrets {
  readonly current?: Resolved<Secret>;
  readonly previous?: Resolved<Secret>;
  /** Another value under the alias or in another source: not used, but worth a warning. */
  readonly other?: Resolved<Secret>;
}

export function webhookSecrets(settings: Settings): WebhookSecrets {
  const [current, ...rest] = settings.all('secret');
  const previous = settings.get('previousSecret');
  const other =
    current && rest.find(({ value, where }) => !value.equals(current.value) && isOtherName(where, current.where));
  return { ...(current && { current }), ...(previous && { previous }), ...(other && { other }) };
}

/** Only the other *name* contradicts; the same name in the environment and in the file is ordinary precedence. */
function isOtherName(where: string, used: string): boolean {
  return where.split(' ')[0] !== used.split(' ')[0];
}

/** The warning for two names with two values, or undefined. */
export function conflictWarning({ current, other }: WebhookSecrets): string | undefined {
  if (!current || !other) return undefined;
  return `Two different secrets are set: ${current.where} is used, ${other.where} is not. Remove the wrong one.`;
}

/** @throws AppError `settings/secret-missing` */
export function missingSecret(): AppError {
  return new AppError('settings/secret-missing', {
    what: 'No webhook secret is set',
    why: "Notifications are signed with the app's client secret, and INTERCOM_WEBHOOK_SECRET is neither in the environment nor in the env file.",
    hint: 'Put INTERCOM_WEBHOOK_SECRET=… into .env (Developer Hub, your app, Basic Information, Client secret), or let `propiq-intercom secret set` do it.',
  });
}
