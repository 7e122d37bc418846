import { defineCheck } from '../../check.ts';
import { algorithmFor, plainPing, rightly } from '../../requests.ts';
import { STEADY } from '../needs.ts';
import { judgeTwice, sendTwice } from './twice.ts';

const ID = 'delivery/duplicate';

/** Whenever an answer is late, the same notification comes again. */
export const duplicate = defineCheck({
  id: ID,
  title: 'The same notification may come twice',
  kind: 'signed',
  needs: STEADY,
  async observe(probes) {
    const request = probes.buildSigned(rightly(ID, plainPing, await algorithmFor(probes)));
    return sendTwice(probes, ID, [request, request]);
  },
  judge: (outcomes) =>
    judgeTwice(outcomes, {
      subject: 'The same notification, sent twice, is not accepted both times',
      remedy:
        'Answer 200 to a notification id that was seen before, and do nothing else: an error makes Intercom send it once more.',
    }),
  explain: {
    why: 'Intercom sends a notification again whenever the answer takes longer than 5 s or is an error, so the same one can come twice. A receiver that answers the second with an error (a unique key violated, 409) asks for a third.',
    fix: 'Store the id of the notification with a unique key, treat a violation as "already received", and answer 200. Whether the repeat keeps the id is implied by the documentation, not said.',
    source: 'https://developers.intercom.com/docs/webhooks/webhook-notifications (Duplicate notifications)',
  },
});
