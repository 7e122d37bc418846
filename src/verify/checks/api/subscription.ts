import { AppError } from '../../../base/errors.ts';
import { plural } from '../../../base/text.ts';
import type { Subscription } from '../../../intercom/api-answers.ts';
import { findTopic } from '../../../intercom/topics.ts';
import { defineCheck, fail, pass, skip, warn } from '../../check.ts';
import { cannotAsk, NO_TOKEN } from './unanswered.ts';

const HIDDEN = "Intercom's API does not show webhooks that are set up in the Developer Hub";
const LOOK = 'Compare it in the Developer Hub, your app, Webhooks: https://app.intercom.com/a/apps/_/developer-hub';
/** What says that the API has no such thing for this app, as Intercom documents it for all but old ones. */
const CLOSED: ReadonlySet<string> = new Set([
  'api/not-found',
  'api/gone',
  'api/forbidden',
  'api/unauthorized',
  'api/invalid',
  'api/unexpected-answer',
]);

/** Only apps of old have subscriptions that the API can tell of; of all others nothing can be said, and nothing is. */
export const subscription = defineCheck({
  id: 'api/subscription',
  title: 'A subscription for this URL has the topics that are wanted',
  kind: 'api',
  needs: ['api/token'],
  observe: async ({ local: { api } }) => ({ wanted: api?.topics ?? [], list: await api?.subscriptions() }),
  judge({ wanted, list }, { url }) {
    if (list === undefined) return skip(NO_TOKEN);
    if (list instanceof AppError) return CLOSED.has(list.code) ? skip(HIDDEN) : cannotAsk(list);
    const own = list.subscriptions.filter((one) => isSame(one.url, url));
    if (own.length === 0) {
      if (list.subscriptions.length === 0 || !list.isComplete) return skip(`${HIDDEN}, and lists none for this URL`);
      return warn(`${plural(list.subscriptions.length, 'subscription')} made through the API, none for ${url.href}.`, {
        expected: url.href,
        actual: 'other addresses',
        remedy: LOOK,
      });
    }
    if (own.every(({ isActive }) => isActive === false))
      return fail('The subscription for this URL is not active: nothing is sent.', {
        expected: 'active',
        actual: 'not active',
        remedy: 'A 410 from the receiver, or errors for seven days, end it. Mend the receiver, then set it live again.',
      });
    const missing = wanted.filter((topic) => !own.some((one) => covers(one, topic)));
    if (missing.length === 0)
      return pass(`subscribed: ${[...new Set(own.flatMap(({ topics }) => topics))].join(', ')}`);
    return fail(`The subscription for this URL lacks ${missing.join(', ')}.`, {
      expected: wanted.join(', '),
      actual: [...new Set(own.flatMap(({ topics }) => topics))].join(', '),
      remedy: 'propiq-intercom setup adds them.',
    });
  },
  explain: {
    why: 'Without a subscription for exactly this URL nothing is delivered. Only subscriptions that were once made through the API can be read; those of the Developer Hub cannot, and then this is skipped.',
    fix: LOOK,
    source: 'https://developers.intercom.com/docs/webhooks (FAQ: topics are subscribed to in the Developer Hub only)',
  },
});

function isSame(text: string, url: URL): boolean {
  return URL.canParse(text) && new URL(text).href === url.href;
}

/** Under its old or its new name, or under a main topic that stands for it. */
function covers({ topics }: Subscription, wanted: string): boolean {
  const topic = findTopic(wanted);
  const names = [wanted, topic?.legacyName, topic?.currentName].filter((name) => name !== undefined);
  return topics.some((held) => held === 'all' || names.some((name) => name === held || name.startsWith(`${held}.`)));
}
