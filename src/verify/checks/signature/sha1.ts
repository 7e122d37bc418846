import { defineCheck, fail, pass, skip } from '../../check.ts';
import { isDelivered, showOutcome } from '../../outcome.ts';
import { acceptedOf, answeredPings, sendAgain } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { DELIVERING } from '../needs.ts';

/** What Intercom signs with, by its documentation. */
export const sha1 = defineCheck({
  id: 'signature/sha1',
  title: "Intercom's own signature, sha1=, is accepted",
  kind: 'signed',
  needs: DELIVERING,
  async observe(probes) {
    const pings = await answeredPings(probes);
    // before "only sha256=" is said: two instances that differ look the same
    const isDoubtful = pings !== undefined && !isDelivered(pings.sha1) && isDelivered(pings.sha256);
    return { pings, again: isDoubtful ? await sendAgain(probes) : [] };
  },
  judge({ pings, again }) {
    if (pings === undefined || acceptedOf(pings).length === 0) return skip('see signature/accepted');
    if (isDelivered(pings.sha1)) return pass('accepted');
    if (again.some(isDelivered)) return skip('refused, then accepted: see delivery/consistent');
    const limited = throttled([pings.sha1, ...again]);
    if (limited) return limited;
    return fail(
      `Only sha256= is accepted. By Intercom's documentation it signs with sha1=, so every real delivery will be refused (${showOutcome(pings.sha1)}).`,
      {
        expected: '2xx to a ping signed with sha1',
        actual: showOutcome(pings.sha1),
        remedy:
          'Accept sha1= as well: HMAC-SHA1 of the raw body, compared with what follows "sha1=". If you know from real deliveries that they carry sha256=: --skip signature/sha1.',
      },
    );
  },
  explain: {
    why: "Intercom's documentation, in every version, says X-Hub-Signature: sha1= and 40 hex digits, an HMAC-SHA1 of the body under the app's client secret. PropIQ's guide has sha256=; a receiver that takes only this refuses every real delivery with 401.",
    fix: 'Accept sha1=: hmac.new(secret, raw_body, hashlib.sha1).hexdigest() in Python, createHmac("sha1", secret).update(rawBody).digest("hex") in Node. sha256= may stay beside it. Who knows from real deliveries that they carry sha256= leaves this check out: --skip signature/sha1.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
});
