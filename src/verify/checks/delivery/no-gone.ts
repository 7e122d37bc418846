import { defineCheck, fail, pass, skip } from '../../check.ts';
import { rightPings, unsignedPost } from '../../requests.ts';
import { REACHING } from '../needs.ts';

const GONE = 410;

/** The one status that ends everything at once. */
export const noGone = defineCheck({
  id: 'delivery/no-gone',
  title: 'Nothing is answered with 410',
  kind: 'open',
  needs: REACHING,
  alone: true,
  async observe(probes): Promise<{ answers: number; gone: readonly string[] }> {
    await Promise.all([probes.once(unsignedPost), rightPings(probes)]);
    const own = probes.seen().filter(({ request }) => request.url.href === probes.target.url.href);
    return {
      answers: own.length,
      gone: own.filter(({ status }) => status === GONE).map(({ request }) => request.method),
    };
  },
  judge({ answers, gone }) {
    if (answers === 0) return skip('There was no answer to look at.');
    if (gone.length === 0) return pass(`${answers} answers, none of them 410`);
    return fail(`${gone.length} of ${answers} answers were 410: Intercom disables the subscription at the first one.`, {
      expected: 'no 410',
      actual: `${gone.length} times 410`,
      remedy: 'Answer 401 to what is refused and 404 to what is not there; never 410 on this path.',
    });
  },
  explain: {
    why: 'To a 410 Intercom reacts by disabling the subscription: nothing more is sent until somebody notices.',
    fix: 'Look for the code or the rule that answers 410 (a retired route, a framework that answers so for deleted records), and answer something else.',
    source:
      'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Handling Webhook notifications)',
  },
});
