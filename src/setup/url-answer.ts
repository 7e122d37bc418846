import { AppError } from '../base/errors.ts';
import type { Judgement } from '../base/prompts.ts';
import { shellWord } from '../base/text.ts';
import { reachOf, readWebhookUrl, USUAL_PATH } from '../intercom/webhook-url.ts';

/**
 * The address to register, from what a person typed.
 * @param retyped the command that has a corrected address
 * @throws AppError `url/*` with that command
 */
export function requireUrl(
  text: string,
  retyped = (url: string): string => `propiq-intercom setup --url ${shellWord(url)}`,
): URL {
  return readUrl(text, retyped);
}

/** What is thought of an address while it is typed. */
export function judgeUrl(text: string): Judgement {
  // nothing is wrong yet with what is still being typed
  if ('https://'.startsWith(text) || 'http://'.startsWith(text))
    return { fine: false, problem: 'The full address is needed, like https://propiq.example/intercom/webhook.' };
  let corrected: string | undefined;
  try {
    const url = readUrl(text, (better) => (corrected = better));
    return { fine: true, note: noteOn(url) };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const problem = cause.why;
    return corrected === undefined || corrected === text
      ? { fine: false, problem }
      : { fine: false, problem, offer: corrected };
  }
}

function readUrl(text: string, correct: (url: string) => string): URL {
  const url = readWebhookUrl(text, correct);
  if (/^\/*$/.test(url.pathname)) {
    const whole = new URL(url);
    whole.pathname = USUAL_PATH;
    throw new AppError('url/invalid', {
      what: `${url.origin} has no path`,
      why: 'The webhook has a path of its own; the domain alone is not enough.',
      hint: correct(whole.href),
    });
  }
  if (url.protocol === 'http:' && reachOf(url) === 'public') {
    const secure = new URL(url);
    secure.protocol = 'https:';
    throw new AppError('url/insecure', {
      what: `${url.origin} is plain http`,
      why: 'Intercom posts to https:// addresses only.',
      hint: correct(secure.href),
    });
  }
  return url;
}

function noteOn(url: URL): string {
  return reachOf(url) === 'public'
    ? 'full address, https and a path'
    : 'on this computer or a private network: Intercom needs a tunnel to it';
}
