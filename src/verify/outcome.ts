import { AppError } from '../base/errors.ts';
import type { Exchange } from '../base/ports.ts';
import { showDuration } from '../base/quantity.ts';

/** What became of a probe: an answer, or the reason why there was none. */
export type Outcome = Exchange | AppError;

export function isAnswer(outcome: Outcome | undefined): outcome is Exchange {
  return outcome !== undefined && !(outcome instanceof AppError);
}

/** Whether Intercom would call it delivered: only 2xx is. Source: developers.intercom.com, webhook-models. */
export function isDelivered(outcome: Outcome | undefined): boolean {
  return isAnswer(outcome) && isSuccess(outcome.status);
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** @throws the AppError when there was no answer, so that the engine judges it */
export function answerOf(outcome: Outcome): Exchange {
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}

/**
 * The outcomes, when at least one of them is an answer.
 * @throws the first AppError when none is
 */
export function someAnswered(outcomes: readonly Outcome[]): readonly Outcome[] {
  const [first] = outcomes;
  if (first instanceof AppError && !outcomes.some(isAnswer)) throw first;
  return outcomes;
}

/** An outcome in two or three words: `401`, `no answer`, `connection reset`. */
export function showOutcome(outcome: Outcome): string {
  if (isAnswer(outcome)) return String(outcome.status);
  if (outcome.code === 'net/reset') return 'connection cut off';
  if (outcome.code === 'net/refused') return 'connection refused';
  if (outcome.code === 'net/protocol') return 'an answer that is not HTTP';
  return 'no answer';
}

/** The same for several, each named once: `200, 401`. */
export function showOutcomes(outcomes: readonly Outcome[]): string {
  return [...new Set(outcomes.map(showOutcome))].join(', ');
}

/** `5 s`, `400 ms`: a wait as it was set. */
export function showWait(timeoutMs: number): string {
  return timeoutMs % 1000 === 0 ? `${timeoutMs / 1000} s` : showDuration(timeoutMs);
}
