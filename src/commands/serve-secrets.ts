import { conflictWarning, type WebhookSecrets, webhookSecrets } from '../base/secret-sources.ts';
import type { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { decodeUtf8 } from '../base/text.ts';
import { isPlaceholder, judgeSecretShape } from '../intercom/secret-shape.ts';
import type { Keyring, Secrets } from '../receive/keyring.ts';
import type { Context, SettingsChange } from './context.ts';

/** The secrets of the settings, or the current one from standard input; what is odd about them is warned of. */
export async function findSecrets(isPiped: boolean, settings: Settings, { input, output }: Context): Promise<Secrets> {
  const sources = webhookSecrets(settings);
  const previous = sources.previous && { previous: sources.previous.value };
  if (isPiped) return { current: await input.secret(), ...previous };
  for (const warning of warningsAbout(sources)) output.warn(warning);
  return { ...(sources.current && { current: sources.current.value }), ...previous };
}

/**
 * Exchanges the secrets in force for those of the settings whenever these change. What is in force is never given up for
 * nothing: a file that cannot be used, or has lost its secret, changes nothing and is told.
 * @param isPiped whether the current one came from standard input: then no file replaces it
 */
export async function followSecrets(
  keyring: Keyring,
  first: Secrets,
  isPiped: boolean,
  { output, onSettingsChange }: Context,
): Promise<void> {
  let inForce = first;
  await onSettingsChange((change) => {
    const because = change.why === 'SIGHUP' ? 'SIGHUP' : 'the env file changed';
    const found = secretsOf(change, inForce, isPiped);
    if ('problem' in found) {
      output.warn(`Read again (${because}): ${found.problem} The secrets that were in force stay in force.`);
      return;
    }
    const { secrets, warnings } = found;
    if (isSame(secrets.current, inForce.current) && isSame(secrets.previous, inForce.previous)) {
      if (change.why === 'SIGHUP') output.note('Read again (SIGHUP): the secrets are the same as before.');
      return;
    }
    keyring.replace(secrets);
    inForce = secrets;
    for (const warning of warnings) output.warn(warning);
    const and = secrets.previous ? ' The previous one is accepted too.' : ' There is no previous one any more.';
    output.note(`Read again (${because}): the secrets were exchanged.${and}`);
  });
}

function secretsOf(
  change: SettingsChange,
  inForce: Secrets,
  isPiped: boolean,
): { secrets: Secrets; warnings: readonly string[] } | { problem: string } {
  if ('problem' in change) return { problem: change.problem.message };
  const sources = webhookSecrets(change.settings);
  const previous = sources.previous && { previous: sources.previous.value };
  if (isPiped) return { secrets: { ...(inForce.current && { current: inForce.current }), ...previous }, warnings: [] };
  const current = sources.current?.value;
  if (inForce.current && !current) return { problem: 'INTERCOM_WEBHOOK_SECRET is not set any more.' };
  if (inForce.current && current && isPlaceholder(decodeUtf8(current.reveal())))
    return { problem: `${sources.current?.where} is only a placeholder.` };
  return { secrets: { ...(current && { current }), ...previous }, warnings: warningsAbout(sources) };
}

function isSame(one: Secret | undefined, other: Secret | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

function warningsAbout(sources: WebhookSecrets): readonly string[] {
  const conflict = conflictWarning(sources);
  const shapes = [sources.current, sources.previous].flatMap((source) => {
    if (!source) return [];
    const { verdict, problem, remedy } = judgeSecretShape(source.value);
    return verdict === 'sound' ? [] : [`${source.where}: ${problem} ${remedy}`];
  });
  return conflict === undefined ? shapes : [conflict, ...shapes];
}
