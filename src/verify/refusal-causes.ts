import { certain, likely, type PlainCause } from './plain-cause.ts';

/** Then nothing is said of signatures, and there is nothing to search for. */
export const HOST_REFUSED = 'host-refused';
const CUT_OFF = /^The receiver cut the connection off/;

/** What goes wrong where a request is refused, besides the signature. */
export const REFUSAL_CAUSES: readonly PlainCause[] = [
  {
    id: HOST_REFUSED,
    title: 'Every request to this host is refused',
    why: 'GET, HEAD and POST, signed or not, all get the same 400: the request does not come as far as the webhook. Frameworks refuse hosts that are not on their list (ALLOWED_HOSTS in Django, TrustedHostMiddleware in Starlette and FastAPI, HostFiltering in ASP.NET), and servers refuse plain HTTP on a port for TLS.',
    fix: "Put the host of this URL on the list of the framework (Django: ALLOWED_HOSTS; Starlette: TrustedHostMiddleware's allowed_hosts), deploy again, and judge again; on a port for TLS use https://.",
    source: 'https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts',
    find: (resultOf) => {
      const refused = (['endpoint/head', 'endpoint/unsigned-rejected', 'signature/accepted'] as const).every(
        (id) => resultOf(id, 'fail')?.actual === '400',
      );
      const health = resultOf('health/app', 'warn', 'fail');
      return refused && health?.actual?.startsWith('400')
        ? likely('Every request is answered with 400, GET and HEAD too: the host of this URL is refused, it seems.')
        : undefined;
    },
  },
  {
    id: 'hangs-up',
    title: 'The receiver hangs up without an answer',
    why: "An exception that nothing catches ends the connection, in some servers the whole process: a secret that is not set, a header that is missing and is read all the same, timingSafeEqual over unequal lengths in Node, a text where Python's hmac.new wants bytes. Intercom sees no answer at all.",
    fix: 'Look in the log of the receiver for the exception at that time. See that the secret is set there, take a missing header for an empty one, compare the lengths before timingSafeEqual, give hmac.new bytes, and answer 401 whatever goes wrong in the check.',
    code: 'rawBody',
    find: (resultOf) => {
      const [first, then] = [resultOf('endpoint/reaches-receiver', 'fail'), resultOf('endpoint/configured', 'fail')];
      if (first && CUT_OFF.test(first.message))
        return certain('At a POST the receiver cuts the connection off instead of answering: it breaks there.');
      return then && CUT_OFF.test(then.message)
        ? certain(
            'At a POST without a signature the receiver cuts the connection off instead of answering 401: it breaks there.',
          )
        : undefined;
    },
  },
  {
    id: 'refusal-status',
    title: 'What is signed wrongly is refused with an odd status',
    why: 'Rightly signed pings are accepted, and all others are not; but a server error fills the logs with every stranger who knocks, and 404 looks like a route that is not there. A check that throws and is caught nowhere ends as 500, and so does a missing header that is read all the same.',
    fix: 'Answer 401: catch what the check throws, or return in place of throwing (res.sendStatus(401) in Express, HTTPException(401) in FastAPI, abort(401) in Flask and Laravel, head :unauthorized in Rails, ResponseEntity.status(401) in Spring), and take a missing header for an empty one.',
    code: 'rawBody',
    find: (resultOf) => {
      const seen = resultOf('endpoint/unsigned-rejected', 'fail');
      const status = seen?.actual ?? '';
      if (!/^(?:404|405|5\d\d)$/.test(status) || !resultOf('signature/accepted', 'pass')) return undefined;
      const isBroken = status.startsWith('5');
      const isMissingOnly = resultOf('endpoint/wrong-secret-rejected', 'pass', 'warn') !== undefined;
      const what = isMissingOnly ? 'a POST without a signature' : 'whatever is not signed rightly';
      return certain(
        isBroken
          ? `The receiver accepts what is signed rightly, and breaks at ${what} (${status}): an exception is caught nowhere.`
          : `The receiver accepts what is signed rightly, and answers ${status} to ${what}: that is a refusal, but no 401.`,
      );
    },
  },
];
