import { defineCheck, pass, skip } from '../../check.ts';
import { isDelivered } from '../../outcome.ts';
import { acceptedOf, answeredPings } from '../../requests.ts';
import { DELIVERING } from '../needs.ts';

/** The PropIQ guide's signature. Intercom does not send it, so a receiver may refuse it. */
export const sha256 = defineCheck({
  id: 'signature/sha256',
  title: "Whether the guide's signature, sha256=, is accepted",
  kind: 'signed',
  needs: DELIVERING,
  observe: answeredPings,
  judge(pings) {
    if (acceptedOf(pings).length === 0) return skip('see signature/accepted');
    return pass(
      isDelivered(pings?.sha256)
        ? 'accepted'
        : "not accepted, and need not be: Intercom signs with sha1=; only PropIQ's guide has sha256=",
    );
  },
  explain: {
    why: "PropIQ's guide documents X-Hub-Signature: sha256=, but by Intercom's documentation notifications carry sha1=. Accepting sha256= does no harm; accepting only sha256= refuses every real delivery (see signature/sha1).",
    fix: 'Nothing has to be done. Tools and tests built after the guide need a receiver that takes both.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
});
