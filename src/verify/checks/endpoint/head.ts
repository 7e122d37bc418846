import { defineCheck, fail, pass } from '../../check.ts';
import { answerOf, isSuccess } from '../../outcome.ts';
import { headRequest } from '../../requests.ts';
import { throttledStatus } from '../../throttled.ts';
import { REACHING } from '../needs.ts';

/** The one request that Intercom sends when the URL is saved. */
export const head = defineCheck({
  id: 'endpoint/head',
  title: 'HEAD is answered with 2xx',
  kind: 'open',
  needs: REACHING,
  observe: async (probes) => answerOf(await probes.once(headRequest)),
  judge({ status }, { url }) {
    if (isSuccess(status)) return pass(`answered with ${status}`);
    const limited = throttledStatus(status);
    if (limited) return limited;
    return fail(
      `HEAD is answered with ${status}. Intercom sends HEAD when the URL is saved; which refusals it forgives is not documented.`,
      { expected: '2xx', actual: String(status), remedy: remedyFor(status, url.pathname) },
    );
  },
  explain: {
    why: 'Intercom sends a HEAD request when the URL is saved in the Developer Hub, and the endpoint must be able to answer it. Which refusals it forgives is not documented: one public report has test pings arriving although HEAD was refused.',
    fix: 'Answer HEAD on the same path with 200, without asking for a signature: HEAD has no body to sign. FastAPI: @app.head("/intercom/webhook"); Express: app.head("/intercom/webhook", (req, res) => res.sendStatus(200)); Fastify: a HEAD route beside the POST.',
    source:
      'https://developers.intercom.com/docs/webhooks/setting-up-webhooks; https://github.com/zulip/zulip/pull/24001',
  },
});

function remedyFor(status: number, path: string): string {
  if (status === 404) return `Look whether ${path} is the path of the receiver; if it is, answer HEAD there with 200.`;
  if (status === 401 || status === 403)
    return `Answer HEAD ${path} with 200 before the signature is looked for: HEAD has no body to sign.`;
  return `Answer HEAD ${path} with 200; frameworks often need a route of its own for it (FastAPI: @app.head("${path}")).`;
}
