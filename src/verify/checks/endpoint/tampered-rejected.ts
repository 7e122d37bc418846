import { signNotification } from '../../../intercom/signature.ts';
import { BOTH_ALGORITHMS, defineCheck } from '../../check.ts';
import { bytesOf } from '../../notifications.ts';
import { answerOf } from '../../outcome.ts';
import type { SignedProbe } from '../../probes.ts';
import { plainPing, rightPings, signedPost } from '../../requests.ts';
import { REFUSING } from '../needs.ts';
import { judgeForgeries } from './refusal.ts';

/** A signature that was once right must not carry another body. */
export const tamperedRejected = defineCheck({
  id: 'endpoint/tampered-rejected',
  title: 'A body changed after signing is refused',
  kind: 'signed',
  needs: ['env/secret-shape', ...REFUSING],
  async observe(probes) {
    const signed = await rightPings(probes);
    const outcomes = await Promise.all(BOTH_ALGORITHMS.map((algorithm) => probes.ifSecret(TAMPERED[algorithm])));
    return { forged: outcomes.flatMap((outcome) => (outcome ? [answerOf(outcome)] : [])), signed };
  },
  judge: ({ forged, signed }, { url }) =>
    judgeForgeries(forged, signed, {
      subject: 'A POST whose body was changed after signing',
      accepted: 'The signature is not compared with the body: a changed one is accepted.',
      remedy: 'Compute the HMAC over the whole raw body of this very request, and answer 401 when the header differs.',
      path: url.pathname,
    }),
  explain: {
    why: 'A signature proves nothing when it is checked against something else than the body that came with it: whoever has seen one notification could send any other.',
    fix: 'Compute the HMAC over all bytes of the request body as received, not over a part, a cached copy or an id.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
});

/** A value changes, never only white space: that would be another test. */
const tampered = (algorithm: 'sha1' | 'sha256'): SignedProbe => ({
  owner: 'endpoint/tampered-rejected',
  build(kit, secret) {
    const body = plainPing(kit);
    const text = new TextDecoder().decode(body).replace('This is a ping', 'This is no ping');
    return signedPost(kit, bytesOf(text), signNotification(body, secret, algorithm));
  },
});
const TAMPERED = { sha1: tampered('sha1'), sha256: tampered('sha256') } as const;
