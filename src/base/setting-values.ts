import { AppError } from './errors.ts';
import { didYouMean } from './suggest.ts';

/** @throws AppError `usage/invalid-value` naming the choices */
export function parseChoice<const C extends string>(text: string, choices: readonly C[]): C {
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw invalid(
    `"${text.slice(0, 40)}" is not one of ${choices.join(', ')}`,
    'Only these are known.',
    didYouMean(text, choices, `Use one of ${choices.join(', ')}.`),
  );
}

/** @throws AppError `usage/invalid-value` */
export function parsePath(text: string): string {
  if (/^\/[^\s?#]*$/.test(text) && !text.startsWith('//')) return text;
  throw invalid(
    `"${text.slice(0, 60)}" is not a path`,
    'A path starts with one slash and has no spaces, ? or #.',
    'Write it like /health.',
  );
}

/**
 * A command for a shell.
 * @throws AppError `usage/invalid-value` when it is empty
 */
export function parseCommand(text: string): string {
  if (text.trim() !== '') return text;
  throw invalid('The command is empty', 'There is nothing to run.', 'Write the command, or leave it out.');
}

/**
 * `a,b` → names; empty ones are left out.
 * @throws AppError `usage/invalid-value` when there is none
 */
export function parseNames(text: string): readonly string[] {
  const names = text
    .split(/[\s,]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > 0) return names;
  throw invalid('The list of names is empty', 'At least one is needed.', 'Write it like a,b with commas between.');
}

/**
 * A repository's env file must not send the token elsewhere, and nothing sends it in the clear.
 * @throws AppError `usage/invalid-value`
 */
export function parseApiBase(text: string, from: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback)) {
    throw invalid(
      'The API base is not an https:// address',
      'The access token goes there; plain http is for loopback only.',
      'Use https://api.intercom.io, https://api.eu.intercom.io or https://api.au.intercom.io.',
    );
  }
  if (from === 'env-file' && !isLoopback && !url.hostname.endsWith('.intercom.io')) {
    throw invalid(
      `The API base ${url.host} is not Intercom's`,
      'An env file may only name *.intercom.io or loopback, because the access token is sent there.',
      `If that host is right, say so with --api-base ${url.origin}.`,
    );
  }
  return url;
}

function invalid(what: string, why: string, hint: string): AppError {
  return new AppError('usage/invalid-value', { what, why, hint });
}
