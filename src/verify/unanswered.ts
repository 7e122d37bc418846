import type { AppError } from '../base/errors.ts';
import { cleanLine } from '../base/text.ts';
import { ANSWER_TIMEOUT_MS } from '../intercom/limits.ts';
import { type CheckId, fail, unjudged, type Verdict } from './check.ts';
import { showWait } from './outcome.ts';
import type { Probes } from './probes.ts';

/**
 * The verdict of a check whose probe got no answer. A receiver that takes the connection and then says nothing, or that
 * answers other probes and cuts this one off, has failed: that is what Intercom would see. All else cannot be judged.
 */
export function judgeUnanswered(error: AppError, probes: Probes): Verdict {
  const parts = { actual: actualOf(error), remedy: error.hint };
  if (error.code === 'net/no-answer') {
    const { timeoutMs } = probes.target;
    const waits = timeoutMs === ANSWER_TIMEOUT_MS ? 'Intercom does not wait longer either' : 'Intercom waits 5 s';
    return fail(`The receiver took the connection and did not answer within ${showWait(timeoutMs)}; ${waits}.`, {
      expected: 'an answer within 5 s',
      actual: `no answer within ${showWait(timeoutMs)}`,
      remedy: 'Answer before the work is done: store the notification, answer 200, handle it afterwards.',
    });
  }
  const answeredBefore = probes.seen().length > 0;
  if (answeredBefore && (error.code === 'net/reset' || error.code === 'net/protocol')) {
    const how = error.code === 'net/reset' ? 'cut the connection off' : 'answered with something that is not HTTP';
    return fail(`The receiver ${how}, although it answered other probes.`, {
      ...parts,
      expected: 'an HTTP answer',
      remedy: 'Look in the log of the receiver for an exception or a crash at that time.',
    });
  }
  if (answeredBefore && error.code === 'net/refused') {
    return unjudged('The receiver answered earlier in this run and now refuses connections.', {
      ...parts,
      remedy: 'Look in its log: it may have crashed or restarted at one of the probes.',
    });
  }
  return unjudged(`${error.what}. ${error.why}`, parts);
}

/** A check that threw something else: a bug of ours, which must not take the others down. */
export function judgeCrash(id: CheckId, error: unknown): Verdict {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return unjudged(`The check itself failed: ${cleanLine(text).slice(0, 200)}`, {
    remedy: `This is a bug of propiq-intercom: report it with "${id}" and the output of --version. Until then: --skip ${id}`,
  });
}

function actualOf(error: AppError): string {
  return error.what.charAt(0).toLowerCase() + error.what.slice(1);
}
