import { defineCheck, fail, pass } from '../../check.ts';
import { compact, MADE_UP_TOPIC, madeUp } from '../../notifications.ts';
import { answerOf, isSuccess } from '../../outcome.ts';
import { algorithmFor, rightly } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { STEADY } from '../needs.ts';

const ID = 'delivery/unknown-topic';

/** A topic is ticked in the Developer Hub long before anybody writes code for it. */
export const unknownTopic = defineCheck({
  id: ID,
  title: 'A topic that it does not know is accepted',
  kind: 'signed',
  needs: STEADY,
  async observe(probes) {
    const request = probes.buildSigned(rightly(ID, (kit) => compact(madeUp(kit)), await algorithmFor(probes)));
    return request && answerOf(await probes.send(ID, request));
  },
  judge(answer) {
    if (answer === undefined || isSuccess(answer.status)) return pass(`answered with ${answer?.status ?? 'nothing'}`);
    const limited = throttled([answer]);
    if (limited) return limited;
    return fail(`A signed notification of an unknown topic (${MADE_UP_TOPIC}) is answered with ${answer.status}.`, {
      expected: '2xx',
      actual: String(answer.status),
      remedy: 'Answer 200 to every topic whose signature is right, and ignore those that are not handled.',
    });
  },
  explain: {
    why: 'Topics are chosen in the Developer Hub, and their payloads change with the API version: one day a notification comes that the code does not know. An error answer makes Intercom send it again, and many of them pause or suspend the webhooks. The probe carries an item without type and without id, as some real topics do.',
    fix: 'Check the signature, answer 200, and log topics that are not handled. Do not read fields of the item before the topic is known.',
    source: 'https://developers.intercom.com/docs/webhooks/webhook-notifications (pause and suspension)',
  },
});
