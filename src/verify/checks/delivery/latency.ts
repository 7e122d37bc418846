import { AppError } from '../../../base/errors.ts';
import { showDuration } from '../../../base/quantity.ts';
import { ANSWER_TIMEOUT_MS, FAST_LANE_MS } from '../../../intercom/limits.ts';
import { defineCheck, fail, pass, unjudged, warn } from '../../check.ts';
import { isDelivered, isAnswer } from '../../outcome.ts';
import { algorithmFor, plainPing, rightly } from '../../requests.ts';
import { STEADY } from '../needs.ts';

const ID = 'delivery/latency';
const ROUNDS = 5;

/** Intercom sends to those first who answer within half a second, and gives up after five. */
export const latency = defineCheck({
  id: ID,
  title: 'A ping is answered within 500 ms',
  kind: 'signed',
  needs: STEADY,
  alone: true,
  async observe(probes): Promise<readonly number[]> {
    const probe = rightly(ID, plainPing, await algorithmFor(probes));
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const request = probes.buildSigned(probe);
      const outcome = request && (await probes.send(ID, request));
      if (outcome instanceof AppError) throw outcome;
      if (isDelivered(outcome) && isAnswer(outcome)) times.push(outcome.durationMs);
    }
    return times;
  },
  judge(times) {
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    if (median === undefined) {
      return unjudged('No ping was accepted any more, so nothing could be timed.', {
        remedy: 'Run it again: a receiver whose answers differ from one time to the next has instances that disagree.',
      });
    }
    const actual = showDuration(median);
    const answer = { expected: 'within 500 ms', actual };
    const remedy =
      'Answer before the work is done: check the signature, store the notification, answer 200, handle it afterwards.';
    if (median > ANSWER_TIMEOUT_MS)
      return fail(`A ping is answered after ${actual}; Intercom gives up after 5 s and sends it again.`, {
        ...answer,
        remedy,
      });
    if (median > FAST_LANE_MS)
      return warn(`A ping is answered after ${actual}; Intercom's fast lane ends at 500 ms.`, { ...answer, remedy });
    return pass(`${actual} (median of ${times.length})`);
  },
  explain: {
    why: 'Intercom waits 5 s for an answer, then counts the delivery as failed and tries it once more. Receivers that answer within 500 ms keep the priority lane; slower ones get their notifications later.',
    fix: 'Check the signature, store the notification, answer 200, and do the work in the background. A sleeping instance that has to start first needs "always on" or a minimum number of instances.',
    source: 'https://developers.intercom.com/docs/webhooks/webhook-notifications (Priority; Duplicate notifications)',
  },
});
