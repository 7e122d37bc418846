import { defineCheck, pass } from '../../check.ts';
import { appHealth } from '../../requests.ts';
import { CONNECTED } from '../needs.ts';
import { askHealth, judgeOtherHealth } from './read-health.ts';

/** The guide's own first question: is anything deployed at all. */
export const app = defineCheck({
  id: 'health/app',
  title: 'The application says that it is healthy',
  kind: 'open',
  needs: CONNECTED,
  observe: (probes) => askHealth(probes, appHealth),
  judge(answer, { healthUrl, isHealthNamed }) {
    if (answer.status === 200 && answer.fields['status'] === 'healthy') return pass(`${healthUrl.pathname} is healthy`);
    return judgeOtherHealth(answer, {
      path: healthUrl.pathname,
      isNamed: isHealthNamed,
      expected: '200 with {"status":"healthy"}',
      remedy: `Answer GET ${healthUrl.pathname} with 200 and {"status":"healthy"}.`,
      id: 'health/app',
      flag: '--health-path',
    });
  },
  explain: {
    why: 'PropIQ\'s backend answers GET /health with {"status":"healthy"}. Intercom does not ask for it; it tells a broken deployment from a broken webhook.',
    fix: "Look whether the application is deployed and running. A receiver that is not PropIQ's need not have the route: name another with --health-path, or leave the check out with --skip health/app.",
    source: "PropIQ's guide; not asked for by Intercom",
  },
});
