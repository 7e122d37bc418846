import { AppError } from '../base/errors.ts';
import { conflictWarning, webhookSecrets } from '../base/secret-sources.ts';
import type { Secret } from '../base/secret.ts';
import { decodeUtf8 } from '../base/text.ts';
import { inventSecret } from '../deliver/request.ts';
import type { Context } from './context.ts';

export interface SandboxKeys {
  readonly token: Secret;
  readonly clientSecret: Secret;
  readonly workspaceId: string | undefined;
  /** As `/me` spells it. */
  readonly region: string;
  /** Whether the client secret is the user's own. */
  readonly isSecretOwn: boolean;
  /**
   * Keeps what was invented in an env file of its own, for `--env-file`: nothing secret is printed, not even what is
   * thrown away at the end. Null where nothing was invented.
   */
  save(origin: string, workspaceId: string): Promise<string | null>;
}

/**
 * Token and client secret: the user's own where they are set, so that one env file serves the receiver and the sandbox;
 * they are compared and signed with, and go nowhere. What is not set is invented.
 * @param hasReceiver whether a receiver is notified that must know the secret already
 * @throws AppError `settings/secret-missing`
 */
export async function sandboxKeys(
  { tokenStdin, hasReceiver }: { readonly tokenStdin: boolean; readonly hasReceiver: boolean },
  { settings: load, input, output, random, keepPrivate }: Context,
): Promise<SandboxKeys> {
  const settings = await load();
  const secrets = webhookSecrets(settings);
  const conflict = conflictWarning(secrets);
  if (conflict !== undefined) output.warn(conflict);
  const ownToken = tokenStdin ? await input.secret() : settings.get('token')?.value;
  const ownSecret = secrets.current?.value;
  if (hasReceiver && ownSecret === undefined) {
    throw new AppError('settings/secret-missing', {
      what: 'The receiver and the sandbox share no secret',
      why: 'Deliveries are signed, and INTERCOM_WEBHOOK_SECRET is neither in the environment nor in the env file.',
      hint: 'Put INTERCOM_WEBHOOK_SECRET=… into .env (any text will do for trying), and start both with it.',
    });
  }
  const invent = (): Secret => {
    const invented = inventSecret(random);
    output.protect(invented);
    return invented;
  };
  const token = ownToken ?? invent();
  const clientSecret = ownSecret ?? invent();
  return {
    token,
    clientSecret,
    isSecretOwn: ownSecret !== undefined,
    workspaceId: settings.get('appId')?.value,
    region: (settings.get('region')?.value ?? 'us').toUpperCase(),
    async save(origin, workspaceId) {
      if (ownToken && ownSecret) return null;
      const lines = [
        '# Made up by `propiq-intercom sandbox`, and removed with it.',
        ...(ownToken ? [] : [`INTERCOM_ACCESS_TOKEN=${decodeUtf8(token.reveal())}`]),
        ...(ownSecret ? [] : [`INTERCOM_WEBHOOK_SECRET=${decodeUtf8(clientSecret.reveal())}`]),
        `INTERCOM_API_BASE=${origin}`,
        `INTERCOM_APP_ID=${workspaceId}`,
      ];
      return keepPrivate('sandbox.env', `${lines.join('\n')}\n`);
    },
  };
}
