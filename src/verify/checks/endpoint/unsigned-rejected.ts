import { defineCheck } from '../../check.ts';
import { answerOf } from '../../outcome.ts';
import { rightPings, unsignedPost } from '../../requests.ts';
import { RECEIVING } from '../needs.ts';
import { judgeRefusal } from './refusal.ts';

/** Anyone can find the URL; only the signature tells Intercom from everyone else. */
export const unsignedRejected = defineCheck({
  id: 'endpoint/unsigned-rejected',
  title: 'A POST without a signature is refused',
  kind: 'open',
  needs: RECEIVING,
  async observe(probes) {
    const [unsigned, signed] = await Promise.all([probes.once(unsignedPost), rightPings(probes)]);
    return { status: answerOf(unsigned).status, signed };
  },
  judge: (seen, { url }) =>
    judgeRefusal(seen, {
      subject: 'An unsigned POST',
      accepted: 'Anyone can post events here: no signature is asked for.',
      remedy: 'Check the signature first, and answer 401 when it is missing.',
      path: url.pathname,
    }),
  explain: {
    why: 'The URL of a webhook is no secret. A receiver that takes unsigned requests lets anyone forge users and conversations.',
    fix: 'Compute the HMAC of the raw body with the secret before anything else, compare it in constant time with X-Hub-Signature, and answer 401 when the header is missing or wrong.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
});
