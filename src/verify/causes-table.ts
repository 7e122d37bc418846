import { FORMS, SHA256_ONLY } from '../diagnosis/hypotheses/forms.ts';
import type { CheckId, CheckResult } from './check.ts';
import {
  certain,
  isDelivered,
  likely,
  type PlainCause,
  type ResultOf,
  SECRET_MISSING,
  type Told,
} from './plain-cause.ts';
import { REFUSAL_CAUSES } from './refusal-causes.ts';

const isAboutForgery = ({ message }: CheckResult): boolean => message.startsWith('Anyone can forge notifications: the');

/** Given to requests of any kind: by what breaks at all of them, or by a list of hosts or addresses that lacks one. */
const isBlunt = (actual: string | undefined): boolean => /^(?:400|403|5\d\d)$/.test(actual ?? '');

const NOT_RUNNING = /No receiver is reached/;
/** Of `endpoint/reaches-receiver`: a status and its mark; an address begins with digits as well. */
const ANSWERED = /^\d{3};/;
/** Of `endpoint/malformed-signature-rejected`: as good as no signature at all. */
const EMPTY_ONLY = 'is accepted: empty.';

const remedyOf = ({ remedy }: CheckResult): Partial<Told> => (remedy === undefined ? {} : { remedy });

/** A 503 of the receiver itself, not of what stands in front of one that does not run. */
function unconfigured(resultOf: ResultOf): Told | undefined {
  const refused = resultOf('endpoint/configured', 'fail');
  if (!refused?.actual?.startsWith('503')) return undefined;
  if (/is not configured there/.test(refused.message))
    return certain('The receiver says that it is not configured: its secret or its token is missing where it runs.');
  return resultOf('endpoint/head', 'pass')
    ? likely(
        'The application runs, as it answers HEAD, and answers 503 to a POST: receivers do so while their secret is missing.',
      )
    : undefined;
}

/** Where one of these is found nothing else is: any other cause may be that of one instance, or of one moment, alone. */
const DISAGREE = 'instances-disagree';
const LOCKED_OUT = 'locked-out';
export const UNSTEADY: ReadonlySet<string> = new Set([DISAGREE, LOCKED_OUT]);

export const SLOW = {
  id: 'slow',
  remedy: 'Check the signature, store the notification, answer 200, and do the work afterwards.',
} as const;
export const BREAKS_AT_ALL = 'breaks-at-all';
export const WRONG_PATH = 'wrong-path';

/** In the order of the journey: what comes first explains what comes later. */
export const PLAIN_CAUSES: readonly PlainCause[] = [
  {
    id: 'redirected',
    title: 'The address leads to another one',
    why: 'Only 2xx counts as delivered; whether Intercom follows a redirect is not documented.',
    fix: 'Register the address at the end of the redirect; where that is a login page, let the path pass without a login.',
    find: (resultOf) => {
      const seen = resultOf('http/no-redirect', 'fail');
      return seen && / is redirected /.test(seen.message) ? certain(seen.message) : undefined;
    },
  },
  {
    id: 'wall',
    title: 'Something in front of the receiver refuses',
    why: 'A sign-in, a firewall or a tunnel answers in place of the receiver. Intercom sends no login, so every delivery ends there.',
    fix: "Let the webhook's path pass without a login or a challenge; the signature is what protects it.",
    find: (resultOf) => {
      const seen = resultOf('endpoint/reaches-receiver', 'fail');
      if (seen === undefined || NOT_RUNNING.test(seen.message) || !ANSWERED.test(seen.actual ?? '')) return undefined;
      const isGuessed = seen.actual?.includes('a path that cannot exist') === true; // no vendor's mark, no login asked for
      return { ...(isGuessed ? likely : certain)(seen.message), ...remedyOf(seen) };
    },
  },
  {
    id: DISAGREE,
    title: 'The instances behind the address disagree',
    why: 'Several instances, containers or regions stand behind one address, and one of them has an older build or another secret. Each probe may have met another one, so the other results say little.',
    fix: 'Give all instances the same secret and the same build, restart them, and judge again.',
    find: (resultOf) => {
      const seen = [resultOf('delivery/consistent', 'fail'), resultOf('signature/accepted', 'fail')];
      const telling = seen.find((result) => result?.message.includes(' disagree'));
      return telling && { ...certain(telling.message), ...remedyOf(telling) };
    },
  },
  {
    id: LOCKED_OUT,
    title: 'The sender is locked out after refused requests',
    why: 'verify sends wrong signatures on purpose. Something counts them, a fail2ban, a firewall, a limit on failures, and from then on refuses everything from this address, rightly signed pings too: the results after that say little.',
    fix: "Judge from an address that is exempt, or set the limit higher while judging; never lock Intercom's addresses out for a wrong signature, as whoever can send one could stop all deliveries.",
    find: (resultOf) => {
      const seen = resultOf('delivery/consistent', 'fail');
      return seen?.message.includes('accepted before is refused now')
        ? likely(
            `Rightly signed pings were accepted at first, and are refused since then (${seen.actual ?? 'refused'}).`,
          )
        : undefined;
    },
  },
  {
    id: SECRET_MISSING.id,
    title: 'The receiver runs without its secret',
    why: 'The variable is not set where the receiver runs, is empty, or still holds a placeholder. A receiver that goes on without it can be fooled by anybody.',
    fix: SECRET_MISSING.fix,
    source: 'https://github.com/corsairdev/corsair/issues/711 (a product that signed with an empty key)',
    code: 'setSecret',
    find: (resultOf) => {
      const unset = unconfigured(resultOf);
      if (unset) return unset;
      if (resultOf('signature/accepted', 'pass')) return undefined; // then it has its secret, and takes another besides
      const empty = resultOf('endpoint/empty-key-rejected', 'fail');
      if (empty && isAboutForgery(empty))
        return certain('The receiver runs with an empty secret: a signature made with an empty key is accepted.');
      const placeholder = resultOf('endpoint/placeholder-key-rejected', 'fail');
      return placeholder && isAboutForgery(placeholder)
        ? certain("The receiver's secret is a placeholder that everybody knows.")
        : undefined;
    },
  },
  {
    id: 'guessable-key',
    title: 'A key that everybody knows is accepted beside the secret',
    why: 'A previous secret that is empty or a placeholder is tried like any other key, and anybody can sign with it.',
    fix: 'Leave keys that are empty or placeholders out of the list of those that are tried.',
    find: (resultOf) => {
      const seen = [
        resultOf('endpoint/empty-key-rejected', 'fail'),
        resultOf('endpoint/placeholder-key-rejected', 'fail'),
      ].find((result) => result && isAboutForgery(result));
      return seen && resultOf('signature/accepted', 'pass')
        ? certain('Beside its secret the receiver takes a key that anybody can guess.')
        : undefined;
    },
  },
  {
    id: 'not-running',
    title: 'The application does not run',
    why: 'Platforms and proxies answer 502, 503 or 504 while no application answers behind them.',
    fix: 'Look in the log of the platform whether the application started, and whether INTERCOM_WEBHOOK_SECRET is set there; after a deployment give it time with --wait 2m.',
    find: (resultOf) => {
      const front = resultOf('endpoint/reaches-receiver', 'fail');
      if (front && NOT_RUNNING.test(front.message)) return { ...certain(front.message), ...remedyOf(front) };
      return resultOf('endpoint/configured', 'fail')?.actual?.startsWith('503') && !unconfigured(resultOf)
        ? likely('No application answers at this address, or it answers 503 to everything.')
        : undefined;
    },
  },
  {
    id: WRONG_PATH,
    title: 'There is no receiver at this path',
    why: "404 comes from the application or from what is in front of it: the path is another one, has another prefix, or the newest code is not deployed. 405 means that the path is there, but takes no POST. PropIQ's path is /intercom/webhook.",
    fix: 'Look up the route where it is defined, with the prefix of its router and of the proxy in front, and register exactly that.',
    find: (resultOf) => {
      const seen = resultOf('endpoint/unsigned-rejected', 'fail');
      if (resultOf('signature/accepted', 'pass')) return undefined; // then there is a receiver: see refusal-status
      if (seen?.actual === '404') return certain('There is no route for a POST at this path: it is answered with 404.');
      if (seen?.actual === '405') return certain('The path is there and takes no POST: it is answered with 405.');
      return undefined;
    },
  },
  {
    id: BREAKS_AT_ALL,
    title: 'The receiver breaks at every request',
    why: 'Right, wrong and missing signatures end in the same server error: something breaks before the signature is looked at, a middleware, a setting that is missing, a database that is not there.',
    fix: 'Look in the log of the receiver for the exception, and mend that first; then judge again.',
    find: (resultOf) => {
      const [unsigned, signed] = [
        resultOf('endpoint/unsigned-rejected', 'fail'),
        resultOf('signature/accepted', 'fail'),
      ];
      return unsigned?.actual === '500' && signed?.actual === '500'
        ? certain(
            'Every POST is answered with 500, rightly signed or not: the receiver breaks before it looks at the signature.',
          )
        : undefined;
    },
  },
  ...REFUSAL_CAUSES,
  {
    id: 'accepts-forgeries',
    title: 'Wrong signatures are accepted',
    why: 'A receiver that does not compare the signature with the body lets anybody forge users and conversations.',
    fix: 'Compute the HMAC-SHA1 of the raw body, compare all of it in constant time with what follows "sha1=", and answer 401 whenever they differ.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
    code: 'rawBody',
    find: (resultOf) => {
      const accepts = (id: CheckId): boolean => isDelivered(resultOf(id, 'fail'));
      if (accepts('endpoint/wrong-secret-rejected'))
        return certain('A ping that was signed with another key is accepted.');
      if (accepts('endpoint/tampered-rejected')) return certain('A body that was changed after signing is accepted.');
      if (accepts('endpoint/unsigned-rejected')) return certain('A ping without any signature is accepted.');
      return resultOf('endpoint/malformed-signature-rejected', 'fail')?.message.includes(EMPTY_ONLY)
        ? certain('A ping with an empty signature is accepted.')
        : undefined;
    },
  },
  {
    id: 'compares-a-part',
    title: 'The signature is compared in part',
    why: 'Who compares only as many characters as were given, or only the first ones, takes a signature that anybody can guess in a few tries.',
    fix: 'Compare the whole value, of the same length, in constant time: crypto.timingSafeEqual, hmac.compare_digest, hash_equals, hmac.Equal.',
    code: 'rawBody',
    find: (resultOf) => {
      const seen = resultOf('endpoint/malformed-signature-rejected', 'fail');
      if (!isDelivered(seen) || isDelivered(resultOf('endpoint/wrong-secret-rejected', 'fail'))) return undefined;
      if (seen?.message.includes(EMPTY_ONLY)) return undefined; // told by accepts-forgeries: as good as none
      return seen && certain(seen.message);
    },
  },
  {
    id: SHA256_ONLY,
    ...pageOf(SHA256_ONLY),
    code: 'rawBody',
    find: (resultOf) => {
      const seen = resultOf('signature/sha1', 'fail');
      return seen && certain('The receiver checks HMAC-SHA256 and no other; Intercom signs with HMAC-SHA1.');
    },
  },
  {
    id: 'head-refused',
    title: 'HEAD has no answer of its own',
    why: 'Intercom sends HEAD when the URL is saved. Many frameworks answer 404 or 405 to it unless there is a route for it.',
    fix: 'Answer HEAD on the path of the webhook with 200, without asking for a signature.',
    source: 'https://developers.intercom.com/docs/webhooks/setting-up-webhooks',
    code: 'head',
    find: (resultOf) => {
      const post = resultOf('endpoint/unsigned-rejected', 'fail')?.actual;
      if (post === '404') return undefined;
      const seen = resultOf('endpoint/head', 'fail');
      const isLikeAll =
        seen?.actual === post && isBlunt(post) && resultOf('signature/accepted', 'fail')?.actual === post;
      const isUnavailable =
        seen?.actual === '503' && resultOf('endpoint/configured', 'fail')?.actual?.startsWith('503');
      if (isLikeAll || isUnavailable) return undefined; // whatever refuses every POST refuses HEAD too
      return seen && certain(`The route of the webhook does not answer HEAD with 2xx (${seen.actual ?? 'no answer'}).`);
    },
  },
  {
    id: 'null-id',
    title: 'A null id is not expected',
    why: 'Intercom\'s ping carries "id": null. A unique key, a strict model or a method call on the id breaks at it.',
    fix: 'Let the id be null, and treat notifications without one as new.',
    source: 'https://github.com/zulip/zulip/issues/23912',
    find: (resultOf) => {
      const seen = resultOf('delivery/null-id', 'fail');
      return seen && certain('The receiver needs an id, and the ping that Intercom sends has none.');
    },
  },
  {
    id: 'body-limit',
    title: 'Large bodies are refused',
    why: 'The body parsers of many frameworks stop at 100 kB, proxies at 1 MB; conversations with long messages are larger.',
    fix: 'Raise the limit of this route to 1 MB at least: express.raw({ type: "*/*", limit: "2mb" }), bodyLimit in Fastify, client_max_body_size in nginx.',
    find: (resultOf) => {
      const seen = resultOf('delivery/large-body', 'warn');
      return seen && certain(`A limit below 300 kB refuses large notifications (${seen.actual ?? 'no answer'}).`);
    },
  },
  {
    id: SLOW.id,
    title: 'The answer comes too late',
    why: 'Intercom waits 5 s, and keeps its priority lane for receivers that answer within 500 ms.',
    fix: SLOW.remedy,
    source: 'https://developers.intercom.com/docs/webhooks/webhook-notifications',
    find: (resultOf) => {
      const seen = resultOf('delivery/latency', 'warn', 'fail');
      return (
        seen &&
        likely(`The work is done before the answer, or the way is long: a ping takes ${seen.actual ?? 'too long'}.`)
      );
    },
  },
  {
    id: 'gone',
    title: 'Something answers 410',
    why: 'To a 410 Intercom reacts by disabling the subscription at once.',
    fix: 'Answer 401 to what is refused and 404 to what is not there; never 410 on this path.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models',
    find: (resultOf) => {
      const seen = resultOf('delivery/no-gone', 'fail');
      return seen && certain('A retired route or a rule answers 410, which ends the subscription.');
    },
  },
];

function pageOf(id: string): Pick<PlainCause, 'title' | 'why' | 'fix' | 'source'> {
  const { title = '', why = '', fix = '', source = '' } = FORMS.find((cause) => cause.id === id) ?? {};
  return { title, why, fix, source };
}
