import { AppError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { decodeUtf8, wrap } from '../base/text.ts';
import { judgeSecretShape } from '../intercom/secret-shape.ts';
import { refuseSecret, requireUsable } from '../setup/secret-changes.ts';
import type { Context, Output } from './context.ts';
import type { SetupInput } from './setup-input.ts';

/**
 * What comes through standard input: the token or the secret.
 * @throws AppError `usage/conflict`, `settings/secret-unusable`, `settings/secret-input`
 */
export async function pipedSecrets(
  { tokenStdin, secretStdin }: SetupInput,
  { input }: Context,
): Promise<{ token?: Secret; secret?: Secret }> {
  if (tokenStdin && secretStdin) {
    throw new AppError('usage/conflict', {
      what: '--token-stdin and --secret-stdin exclude each other',
      why: 'There is only one standard input, and it can be read once.',
      hint: 'Put the token into INTERCOM_ACCESS_TOKEN and pipe the secret in.',
    });
  }
  if (tokenStdin) {
    const token = await input.secret();
    const problem = tokenProblem(token);
    if (problem === undefined) return { token };
    throw new AppError('settings/secret-unusable', {
      what: 'The access token cannot be used',
      why: problem,
      hint: 'Copy it again, in one piece, and pipe in exactly that: printf %s "$TOKEN"',
    });
  }
  if (!secretStdin) return {};
  const secret = await input.secret();
  requireUsable(secret);
  return { secret };
}

/** What is odd about a secret that can be used all the same. */
export function noteShape(secret: Secret, { output }: Context): void {
  const { verdict, problem, remedy } = judgeSecretShape(secret);
  if (verdict === 'note') output.warn(`${problem} ${remedy}`);
}

function tokenProblem(token: Secret): string | undefined {
  const text = decodeUtf8(token.reveal());
  if (/^bearer\b/i.test(text)) return 'It starts with "Bearer": only what follows is the token.';
  if (/[\s\p{Cc}]/u.test(text)) return 'It has white space in it.';
  if (/^["'`]|["'`]$/.test(text)) return 'There are quotes around it.';
  return /^<.*>$/.test(text) ? 'It is a placeholder.' : undefined;
}

/** The token, or undefined where the person goes on without. */
export async function askToken({ mode, yes }: SetupInput, { prompts, output }: Context): Promise<Secret | undefined> {
  if (!prompts.can || (yes && mode !== 'api')) return undefined;
  tell('Developer Hub, your app, Configure, Authentication: the access token. Intercom is asked with it.', output);
  const isNeeded = mode === 'api';
  const typed = await prompts.secret(
    isNeeded ? 'Access token:' : 'Access token (Enter alone goes on without):',
    (secret) =>
      secret.byteLength === 0 ? (isNeeded ? 'It is needed for --mode api.' : undefined) : tokenProblem(secret),
  );
  return typed.byteLength === 0 ? undefined : typed;
}

function tell(text: string, { note, errorPaint, errorColumns }: Output): void {
  note(errorPaint.dim(wrap(text, Math.min(errorColumns, 100), '  ')));
}

/** Under `--yes` nobody walks, so that the secret of the Developer Hub is asked for at once. */
export async function askMissingSecret(
  { mode, yes, check, dryRun }: SetupInput,
  hasToken: boolean,
  context: Context,
): Promise<Secret | undefined> {
  const isWalk = mode === 'guide' || (mode !== 'api' && !hasToken);
  if (!context.prompts.can || !yes || !isWalk || check || dryRun) return undefined;
  const secret = await context.prompts.secret('Client secret:', refuseSecret);
  noteShape(secret, context);
  return secret;
}
