import { decodeUtf8 } from '../../../base/text.ts';
import { defineCheck, fail, pass } from '../../check.ts';
import { answerOf } from '../../outcome.ts';
import { unsignedPost } from '../../requests.ts';
import { REACHING } from '../needs.ts';

/** PropIQ's backend answers 503 while its secret or token is missing. */
export const configured = defineCheck({
  id: 'endpoint/configured',
  title: 'The receiver has its secret',
  kind: 'open',
  needs: REACHING,
  async observe(probes) {
    const { status, body } = answerOf(await probes.once(unsignedPost));
    return { status, saysSo: /not\s+configured/i.test(decodeUtf8(body)) };
  },
  judge({ status, saysSo }) {
    if (status !== 503) return pass('no 503');
    const answer = { expected: 'not 503', actual: saysSo ? '503 "not configured"' : '503' };
    return saysSo
      ? fail('The receiver answers 503: Intercom is not configured there.', {
          ...answer,
          remedy:
            'Set INTERCOM_WEBHOOK_SECRET and INTERCOM_ACCESS_TOKEN where the receiver runs (not only in .env here), and deploy again.',
        })
      : fail('The receiver answers 503: it is not configured, or the application behind it does not run.', {
          ...answer,
          remedy:
            'Look whether the application runs, and whether INTERCOM_WEBHOOK_SECRET is set there; after a deployment give it time with --wait 2m.',
        });
  },
  explain: {
    why: 'PropIQ\'s backend answers 503 ("Intercom not configured") while its secret or its access token is missing. Platforms answer 503 too while no application runs. Intercom tries such a delivery once more after a minute; then it is lost.',
    fix: 'Set INTERCOM_WEBHOOK_SECRET and INTERCOM_ACCESS_TOKEN in the settings of the host, not only in the local env file, and deploy again.',
    source: "PropIQ's guide; retry: https://developers.intercom.com/docs/references/preview/webhooks/webhook-models",
  },
});
