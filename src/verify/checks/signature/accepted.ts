import { defineCheck, fail, pass, type Verdict } from '../../check.ts';
import { isAnswer, isDelivered, isRedirect, type Outcome, showOutcome } from '../../outcome.ts';
import { acceptedOf, answeredPings, type RightPings, sendAgain } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { SIGNING } from '../needs.ts';

/** The proof that a 401 to strangers is not: the right signature is accepted. */
export const accepted = defineCheck({
  id: 'signature/accepted',
  title: 'A rightly signed ping is accepted',
  kind: 'signed',
  needs: SIGNING,
  async observe(probes) {
    const pings = await answeredPings(probes);
    const isRefused = pings !== undefined && acceptedOf(pings).length === 0;
    return { pings, again: isRefused ? await sendAgain(probes) : [] };
  },
  judge({ pings, again }, { url }) {
    if (pings === undefined) return fail('Nothing could be signed.', { remedy: 'Set INTERCOM_WEBHOOK_SECRET.' });
    const algorithms = acceptedOf(pings);
    if (again.some(isDelivered)) return disagreeing([pings.sha1, ...again], url.host);
    return algorithms.length > 0 ? pass(`with ${algorithms.join(' and ')}`) : refused(pings);
  },
  explain: {
    why: 'A receiver can refuse strangers properly and still refuse every real delivery: with another secret than Intercom signs with, another algorithm, or because it checks a re-serialised body. After seven days of errors Intercom suspends the webhooks of a private app.',
    fix: "Compare the secret of the receiver with the one used here: both must be the app's client secret (Developer Hub, your app, Basic Information). Then look whether the receiver computes the HMAC over the raw bytes of the body, and reads X-Hub-Signature with its prefix. propiq-intercom signature sign and signature check show what is right for a body.",
    source:
      'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications); suspension: https://developers.intercom.com/docs/webhooks/webhook-notifications',
  },
});

function disagreeing(outcomes: readonly Outcome[], host: string): Verdict {
  const actual = outcomes.map(showOutcome).join(', then ');
  return fail(
    `A rightly signed ping is refused one time and accepted another: the instances behind ${host} disagree.`,
    {
      expected: '2xx every time',
      actual,
      remedy:
        'Look for an instance with older code or another secret: deploy to all of them and restart them (propiq-intercom explain delivery/consistent).',
    },
  );
}

/** The second is told only where it differs. */
function refused({ sha1, sha256 }: RightPings): Verdict {
  const limited = throttled([sha1, sha256]);
  if (limited) return limited;
  const actual =
    showOutcome(sha1) === showOutcome(sha256)
      ? showOutcome(sha1)
      : `sha1: ${showOutcome(sha1)}, sha256: ${showOutcome(sha256)}`;
  const answer = { expected: '2xx', actual };
  const { status } = isAnswer(sha1) ? sha1 : { status: 0 };
  if ([400, 401, 403].includes(status)) {
    return fail(
      `A rightly signed ping is refused (${actual}), with sha1 and with sha256: so would every real delivery be.`,
      {
        ...answer,
        remedy:
          'Compare the secret where the receiver runs with the one used here, and deploy again after a change; then look whether the raw body is what it signs.',
      },
    );
  }
  if (isRedirect(status)) {
    return fail(`A rightly signed ping is redirected (${actual}): that is no delivery.`, {
      ...answer,
      remedy: 'Answer 200 as soon as the notification is stored.',
    });
  }
  if (status >= 500) {
    return fail(`A rightly signed ping breaks the receiver (${actual}).`, {
      ...answer,
      remedy:
        'Look in the log of the receiver for the exception; let it answer 200 to topics that it does not handle, ping among them.',
    });
  }
  return fail(`A rightly signed ping is not accepted (${actual}).`, {
    ...answer,
    remedy: 'Answer 200 as soon as the signature is checked and the notification is stored.',
  });
}
