import { defineCheck } from '../../check.ts';
import { answerOf } from '../../outcome.ts';
import { rightPings, wrongSecretPing } from '../../requests.ts';
import { REFUSING } from '../needs.ts';
import { judgeForgeries } from './refusal.ts';

/** A receiver may look for the header and never compute anything. */
export const wrongSecretRejected = defineCheck({
  id: 'endpoint/wrong-secret-rejected',
  title: 'A signature made with another secret is refused',
  kind: 'open',
  needs: REFUSING,
  async observe(probes) {
    const [sha1, sha256, signed] = await Promise.all([
      probes.once(wrongSecretPing.sha1),
      probes.once(wrongSecretPing.sha256),
      rightPings(probes),
    ]);
    return { forged: [answerOf(sha1), answerOf(sha256)], signed };
  },
  judge: ({ forged, signed }, { url }) =>
    judgeForgeries(forged, signed, {
      subject: 'A POST signed with a wrong secret',
      accepted: 'Anyone can post events here: a signature made with a made-up secret is accepted.',
      remedy:
        'Compute the HMAC of the raw body with the secret, compare it with the header, and answer 401 when they differ.',
      path: url.pathname,
    }),
  explain: {
    why: 'Some receivers look whether the header is there and never compare it, or compare it in a way that always holds. Then anyone can forge notifications.',
    fix: 'Compute the HMAC of the raw body with the secret, compare it in constant time with the digest of the header, and answer 401 when they differ. Leave no branch (debug mode, missing setting, exception) that goes on without the comparison.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
});
