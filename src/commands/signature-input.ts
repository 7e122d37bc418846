import { AppError } from '../base/errors.ts';
import { missingSecret, webhookSecrets } from '../base/secret-sources.ts';
import type { Secret } from '../base/secret.ts';
import type { Context } from './context.ts';

const LONGEST_BODY = 64 * 1024 * 1024;

/** What `signature sign` and `signature check` both need: the bytes and the keys. */
export async function signatureInput(
  input: { readonly body?: string; readonly secretStdin?: boolean },
  context: Context,
): Promise<{ body: Uint8Array; secrets: readonly [Secret, ...Secret[]] }> {
  const source = input.body ?? '-';
  if (source === '-' && input.secretStdin) {
    throw new AppError('usage/conflict', {
      what: 'The body and the secret cannot both come from standard input',
      why: 'There is only one standard input.',
      hint: 'Name the body as a file: --body @notification.json',
    });
  }
  const secrets = await secretsFor(input.secretStdin === true, context);
  const body = await context.input.bytes(source.replace(/^@/, ''), LONGEST_BODY);
  return { body, secrets };
}

async function secretsFor(isPiped: boolean, context: Context): Promise<readonly [Secret, ...Secret[]]> {
  if (isPiped) return [await context.input.secret()];
  const { current, previous } = webhookSecrets(await context.settings());
  if (current) return previous ? [current.value, previous.value] : [current.value];
  const typed = context.prompts.can
    ? await context.prompts.secret('Webhook secret (the client secret of the app):')
    : undefined;
  if (typed === undefined || typed.byteLength === 0) throw missingSecret();
  return [typed];
}
