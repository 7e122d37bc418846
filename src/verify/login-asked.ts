import type { Exchange } from '../base/ports.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { Cause } from '../diagnosis/hypothesis.ts';
import { LONGEST_QUOTE, refusedAlike } from './signature-not-seen.ts';

/** What is missing where a login, a token or a key is asked for. "Invalid token" and the like are also said of signatures. */
const CREDENTIAL =
  /\bauthorization header\b|\bnot authenticated\b|"Unauthenticated\."|\bauthentication (?:is )?required\b|\bcredentials (?:were |are )?(?:not provided|required|missing)\b|\b(?:no|missing|bearer|access|auth|jwt) token\b|\btoken (?:is )?(?:missing|required|not provided)\b|\bapi[ _-]?key\b|\b(?:log|sign)(?:ged)? in\b/i;
/** Who speaks of these has looked at the signature, or for it. */
const SIGNATURE = /signature|hmac|x-hub/i;

/** Its page. */
export const LOGIN_PAGE: Pick<Cause, 'id' | 'title' | 'why' | 'fix' | 'source'> = {
  id: 'login-asked',
  title: 'A login or a key is asked for, not a signature',
  why: 'A middleware for all routes (a session, a JWT, an API key) stands before the webhook, or the receiver itself asks for such a thing. Intercom sends none of them, only the signature, so every delivery is refused.',
  fix: 'Leave this one route out, its signature protects it: mount it before the middleware in Express, permission_classes = [AllowAny] and authentication_classes = [] in Django REST, permitAll() in Spring Security, skip_before_action in Rails, withoutMiddleware in Laravel, @Public() or the like in Nest. Then check X-Hub-Signature there.',
  source:
    'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (the headers of a notification)',
};

/** Whether right signatures and missing ones are refused alike, in the words of a login. @param posts all POSTs of the run */
export function loginAsked(key: Uint8Array, posts: readonly Exchange[]): Finding | undefined {
  const alike = refusedAlike(key, posts);
  if (alike === undefined || !CREDENTIAL.test(alike.text) || SIGNATURE.test(alike.text)) return undefined;
  return {
    id: LOGIN_PAGE.id,
    confidence: 'likely',
    message: `Every POST is refused in the words of a login, rightly signed ones too (${alike.status}: ${alike.text.slice(0, LONGEST_QUOTE)}): the signature is not what is asked for.`,
    remedy: LOGIN_PAGE.fix,
  };
}
