import { AppError } from '../base/errors.ts';
import { conflictWarning, missingSecret, webhookSecrets } from '../base/secret-sources.ts';
import type { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { decodeUtf8 } from '../base/text.ts';
import { inventSecret, type Variant } from '../deliver/request.ts';
import { seededRandom } from '../intercom/samples/seeded-random.ts';
import { isPlaceholder, judgeSecretShape } from '../intercom/secret-shape.ts';
import { isLoopbackHost, parseWebhookUrl, requireSafeForSigned, USUAL_PATH } from '../intercom/webhook-url.ts';
import type { Context, Output } from './context.ts';

/**
 * Where to send, and what the settings have configured.
 * @throws AppError `url/*`
 */
export function prepareUrl(
  flag: string | undefined,
  settings: Settings,
  variant: Variant,
  output: Output,
): { url: URL; configured: string | undefined } {
  const configured = settings.get('url');
  const given = settings.get('url', flag);
  if (given === undefined) {
    throw new AppError('url/missing', {
      what: 'No address to send to',
      why: 'Neither --url nor INTERCOM_WEBHOOK_URL is set.',
      hint: `propiq-intercom send-test --url http://127.0.0.1:8000${USUAL_PATH}`,
    });
  }
  const url = given.from === 'flag' ? parseWebhookUrl(given.value, 'send-test --url') : parseConfigured(given);
  if (variant !== 'unsigned') requireSafeForSigned(url);
  if (url.pathname === '/') output.warn(`${url.href} has no path; PropIQ's receiver is at ${USUAL_PATH}.`);
  return { url, configured: configured?.value };
}

function parseConfigured({ value, where }: { value: string; where: string }): URL {
  try {
    return parseWebhookUrl(value, 'send-test --url');
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError(cause.code, { what: `${where}: ${cause.what}`, why: cause.why, hint: cause.hint }, { cause });
  }
}

/**
 * What to sign with. A placeholder would prove nothing and is refused; a secret whose form is odd otherwise is used, loudly.
 * @throws AppError `settings/secret-missing`, `settings/secret-unusable`, `settings/secret-input`
 */
export async function prepareKey(
  input: { readonly secretStdin?: boolean; readonly seed?: string },
  variant: Variant,
  settings: Settings,
  context: Context,
): Promise<{ key: Secret | undefined; isGuideSecret: boolean }> {
  if (variant === 'unsigned') return { key: undefined, isGuideSecret: false };
  if (variant === 'wrong-secret') {
    const random = input.seed === undefined ? context.random : seededRandom(`${input.seed}/wrong-secret`);
    return { key: inventSecret(random), isGuideSecret: false };
  }
  const key = await findSecret(input.secretStdin === true, settings, context);
  const shape = judgeSecretShape(key);
  if (isPlaceholder(decodeUtf8(key.reveal()))) {
    throw new AppError('settings/secret-unusable', {
      what: 'The webhook secret cannot be used',
      why: `${shape.problem} What is signed with it proves nothing.`,
      hint: shape.remedy,
    });
  }
  if (shape.verdict === 'unusable')
    context.output.warn(
      `The webhook secret looks wrong: ${lowerFirst(shape.problem)} ${shape.remedy} It is used as it is.`,
    );
  return { key, isGuideSecret: shape.verdict === 'note' };
}

async function findSecret(isPiped: boolean, settings: Settings, context: Context): Promise<Secret> {
  if (isPiped) return context.input.secret();
  const secrets = webhookSecrets(settings);
  const warning = conflictWarning(secrets);
  if (warning !== undefined) context.output.warn(warning);
  if (secrets.current) return secrets.current.value;
  const typed = context.prompts.can
    ? await context.prompts.secret('Webhook secret (the client secret of the app):')
    : undefined;
  if (typed === undefined || typed.byteLength === 0) throw missingSecret();
  return typed;
}

/**
 * Samples make a receiver act; they do not go to a host that nobody configured without somebody saying so.
 * @throws AppError `usage/needs-yes`
 */
export async function requireConsent(
  url: URL,
  configured: string | undefined,
  yes: boolean,
  { prompts }: Context,
): Promise<void> {
  if (yes || configured === undefined || isSameHost(url, configured)) return;
  const known = URL.canParse(configured) ? new URL(configured).host : 'another one';
  const question = `Send to ${url.host}? Configured is ${known}.`;
  if (prompts.can && (await prompts.confirm(question))) return;
  throw new AppError('usage/needs-yes', {
    what: `${url.host} is not the configured host`,
    why: `Configured is ${known}, and what is signed with its secret should not go elsewhere by mistake.`,
    hint: 'Add --yes if it is meant.',
  });
}

/** All names of this computer are one host; the port does not matter. */
function isSameHost(url: URL, configured: string): boolean {
  if (!URL.canParse(configured)) return false;
  const bare = (host: string): string =>
    host
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '')
      .toLowerCase();
  const [one, other] = [bare(url.hostname), bare(new URL(configured).hostname)];
  return one === other || (isLoopbackHost(one) && isLoopbackHost(other));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
