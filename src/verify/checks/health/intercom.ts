import { defineCheck, fail, pass } from '../../check.ts';
import { intercomHealth } from '../../requests.ts';
import { CONNECTED } from '../needs.ts';
import { askHealth, judgeOtherHealth } from './read-health.ts';

/** Whether the receiver knows its own secret, in its own words. */
export const intercom = defineCheck({
  id: 'health/intercom',
  title: 'The integration says that it is configured',
  kind: 'open',
  needs: CONNECTED,
  observe: (probes) => askHealth(probes, intercomHealth),
  judge(answer, { intercomHealthUrl, isIntercomHealthNamed }) {
    const { pathname } = intercomHealthUrl;
    const isConfigured = answer.fields['intercom_configured'];
    if (answer.status === 200 && isConfigured === true) return pass('intercom_configured: true');
    if (isConfigured === false) {
      return fail(`${pathname} says intercom_configured: false: the receiver has no secret or no token.`, {
        expected: 'intercom_configured: true',
        actual: 'intercom_configured: false',
        remedy:
          'Set INTERCOM_WEBHOOK_SECRET and INTERCOM_ACCESS_TOKEN where the receiver runs (not only in .env here), and deploy again.',
      });
    }
    return judgeOtherHealth(answer, {
      path: pathname,
      isNamed: isIntercomHealthNamed,
      expected: '200 with "intercom_configured":true',
      remedy: `Answer GET ${pathname} with 200 and {"status":"healthy","intercom_configured":true}.`,
      id: 'health/intercom',
      flag: '--intercom-health-path',
    });
  },
  explain: {
    why: "PropIQ's backend answers GET /intercom/health with intercom_configured, which is false while its secret or token is missing. Intercom does not ask for it.",
    fix: "Set INTERCOM_WEBHOOK_SECRET and INTERCOM_ACCESS_TOKEN where the receiver runs, and deploy again. A receiver that is not PropIQ's need not have the route: name another with --intercom-health-path, or leave the check out with --skip health/intercom.",
    source: "PropIQ's guide; not asked for by Intercom",
  },
});
