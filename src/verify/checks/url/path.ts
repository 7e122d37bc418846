import { USUAL_PATH } from '../../../intercom/webhook-url.ts';
import { defineCheck, fail, pass } from '../../check.ts';
import { hasNoPath } from '../../target.ts';

/** The bare domain is the most common mistake of the guide's users. */
export const path = defineCheck({
  id: 'url/path',
  title: "The URL has the webhook's path",
  kind: 'local',
  needs: [],
  observe: async ({ target }) => target.url,
  judge(url) {
    if (!hasNoPath(url)) return pass(url.pathname);
    const full = new URL(url);
    full.pathname = USUAL_PATH;
    return fail('The URL is only a domain: it has no path, and Intercom posts to exactly what is registered.', {
      expected: USUAL_PATH,
      actual: url.pathname,
      remedy: `propiq-intercom verify ${full.href}`,
    });
  },
  explain: {
    why: 'Intercom posts to exactly the URL that is registered; nothing is added to it. A domain without the path reaches the start page instead of the receiver.',
    fix: `Use the full URL with the path, in PropIQ ${USUAL_PATH}. Any other path is judged as given.`,
    source: 'https://developers.intercom.com/docs/webhooks/setting-up-webhooks',
  },
});
