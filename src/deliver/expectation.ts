import { AppError } from '../base/errors.ts';
import { cleanLine } from '../base/text.ts';

/** Which status counts as right. */
export interface Expectation {
  /** As it is shown: `2xx`, `200, 204`. */
  readonly text: string;
  matches(status: number): boolean;
}

/**
 * `200`, `2xx`, `4xx`, or several with commas.
 * @throws AppError `usage/invalid-value`
 */
export function parseExpectation(given: string): Expectation {
  const words = given
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  if (!words.every((word) => /^[1-5](?:\d\d|xx)$/.test(word))) {
    throw new AppError('usage/invalid-value', {
      what: `"${cleanLine(given).slice(0, 40)}" is no status to expect`,
      why: 'It takes a status, a class of them, or several with commas.',
      hint: 'Write it like --expect 2xx, --expect 401 or --expect 200,204.',
    });
  }
  return {
    text: words.join(', '),
    matches: (status) =>
      words.some((word) =>
        word.endsWith('xx') ? word.charAt(0) === String(status).charAt(0) : word === String(status),
      ),
  };
}
