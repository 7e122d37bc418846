import { REFUSALS } from '../../../diagnosis/trials.ts';
import { AppError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import { defineCheck, fail, pass, skip, type Verdict, warn } from '../../check.ts';
import { compact, ping } from '../../notifications.ts';
import { isDelivered, isAnswer, type Outcome, showOutcome } from '../../outcome.ts';
import type { Kit } from '../../probes.ts';
import { algorithmFor, rightly } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { STEADY } from '../needs.ts';

const ID = 'delivery/large-body';
const LARGE_BYTES = 300 * 1024;

/** A conversation with long messages outgrows the 100 kB default of common body parsers. */
export const largeBody = defineCheck({
  id: ID,
  title: 'A notification of 300 kB is accepted',
  kind: 'signed',
  needs: STEADY,
  async observe(probes) {
    const request = probes.buildSigned(rightly(ID, largePing, await algorithmFor(probes)));
    const outcome = request && (await probes.send(ID, request));
    if (outcome instanceof AppError && outcome.code !== 'net/reset') throw outcome;
    return outcome;
  },
  judge: judgeLarge,
  explain: {
    why: 'No limit is documented. Conversations and tickets grow with their history, and the body parsers of many frameworks stop at 100 kB, proxies at 1 MB. What is too large is lost after the second try.',
    fix: 'Raise the limit of this route to 1 MB at least: express.raw({ type: "*/*", limit: "2mb" }), bodyLimit in Fastify, client_max_body_size in nginx.',
    source: 'not documented by Intercom; the limits: documentation of Express, Fastify and nginx',
  },
});

function largePing(kit: Kit): Uint8Array {
  const body: JsonObject = ping(kit);
  const message = 'This is a ping notification test message. '.repeat(Math.ceil(LARGE_BYTES / 42));
  return compact({ ...body, data: { type: 'notification_event_data', item: { type: 'ping', message } } });
}

function judgeLarge(outcome: Outcome | undefined): Verdict {
  if (outcome === undefined) return skip('Nothing could be signed.');
  if (isDelivered(outcome)) return pass(`answered with ${showOutcome(outcome)}`);
  const limited = throttled([outcome]);
  if (limited) return limited;
  const answer = { expected: '2xx', actual: showOutcome(outcome) };
  const isTooLarge = !isAnswer(outcome) || outcome.status === 413;
  if (isTooLarge) {
    return warn(`A notification of 300 kB is too large for the receiver (${answer.actual}).`, {
      ...answer,
      remedy: 'Raise the body limit of this route to 1 MB at least: conversations and tickets grow with their history.',
    });
  }
  return fail(`A rightly signed notification of 300 kB is answered with ${answer.actual}.`, {
    ...answer,
    remedy:
      isAnswer(outcome) && REFUSALS.has(outcome.status)
        ? 'A large body comes in several pieces: read all of them before the HMAC is computed, not the first one only.'
        : 'Look in the log of the receiver: a large body must be accepted like a small one, or refused with 413.',
  });
}
