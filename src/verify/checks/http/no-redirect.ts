import { type Exchange, headerValue } from '../../../base/ports.ts';
import { cleanLine, shorten } from '../../../base/text.ts';
import { defineCheck, fail, pass, type Target, type Verdict } from '../../check.ts';
import { isAnswer, isRedirect, type Outcome, someAnswered } from '../../outcome.ts';
import { headRequest, unsignedPost } from '../../requests.ts';
import { wallOf } from '../../walls.ts';
import { CONNECTED } from '../needs.ts';

/** A redirect turns a POST into a GET, or is not followed at all. */
export const noRedirect = defineCheck({
  id: 'http/no-redirect',
  title: 'Nothing is redirected',
  kind: 'open',
  needs: CONNECTED,
  async observe(probes) {
    const [head, post] = await Promise.all([probes.once(headRequest), probes.once(unsignedPost)]);
    someAnswered([post, head]);
    return { head, post };
  },
  judge({ head, post }, target) {
    if (redirects(post)) return redirected('POST', post, target);
    if (redirects(head)) return { ...redirected('HEAD', head, target), blocks: ['endpoint/head'] };
    return pass('no redirect');
  },
  explain: {
    why: 'Only 2xx counts as delivered. Whether Intercom follows a redirect is not documented, and most senders either do not, or turn the POST into a GET and lose the body.',
    fix: 'Register the address at the end of the redirect: with https, with or without the final slash as the receiver wants it. If it leads to a login page, let this path pass without a login.',
    source:
      'not documented; what counts as delivered: https://developers.intercom.com/docs/references/preview/webhooks/webhook-models',
  },
});

function redirects(outcome: Outcome): outcome is Exchange {
  return isAnswer(outcome) && isRedirect(outcome.status);
}

function redirected(method: string, answer: Exchange, { url }: Target): Verdict {
  const { status, headers } = answer;
  const wall = wallOf(answer);
  const location = cleanLine(headerValue(headers, 'location') ?? '');
  const to = location !== '' && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const shown = to ? shorten(showUrl(to), 200) : 'nowhere (it has no usable Location)';
  const by = wall ? ` by ${wall.what}` : '';
  return fail(`A ${method} is redirected (${status})${by} to ${shown}. Only a 2xx answer counts as delivered.`, {
    expected: 'an answer by the receiver itself',
    actual: `${status} to ${shown}`,
    remedy: wall ? wall.remedy : to ? remedyFor(to, url) : 'Let the receiver answer this path itself.',
  });
}

function remedyFor(to: URL, from: URL): string {
  if (to.href === from.href)
    return 'It redirects to itself: look at the https and slash rules of the proxy in front of it.';
  const isElsewhere = to.host !== from.host && !isSameSite(to.hostname, from.hostname);
  if (isElsewhere || /log-?in|sign-?in|\bauth|sso|oauth|saml/i.test(to.pathname)) {
    return `That looks like a login page: let ${from.pathname} pass without a login; the signature is what protects it.`;
  }
  return `Register the final address, and check it first: propiq-intercom verify ${shorten(showUrl(to), 200)}`;
}

function isSameSite(one: string, other: string): boolean {
  return one.endsWith(`.${other}`) || other.endsWith(`.${one}`);
}

/** Without credentials: they could be anybody's. */
function showUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
