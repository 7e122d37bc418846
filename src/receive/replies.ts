import type { HeaderList } from '../base/ports.ts';
import type { Reply } from '../base/application.ts';

/** Intercom retries once, after a minute: developers.intercom.com, webhook-models, "Handling Webhook notifications". */
const RETRY_AFTER_S = 60;
const HEADERS: HeaderList = [
  ['Content-Type', 'application/json'],
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
];

export function jsonReply(status: number, body: object, more: HeaderList = []): Reply {
  return { status, headers: more.length === 0 ? HEADERS : [...HEADERS, ...more], body: JSON.stringify(body) };
}

/** One body for every reason, so that a forger learns nothing from it. */
export const UNAUTHORIZED = jsonReply(401, { detail: 'Invalid signature' });
/** The words of PropIQ's guide. */
export const NOT_CONFIGURED = jsonReply(503, { detail: 'Intercom not configured' });
/** Intercom sends HEAD when the URL is saved: developers.intercom.com, setting-up-webhooks. */
export const HEAD_OK: Reply = { status: 200, headers: HEADERS, body: '' };
export const NOT_FOUND = jsonReply(404, { detail: 'Not found' });
export const TOO_LARGE = jsonReply(413, { detail: 'The body is too large' });
/** A 503, so that Intercom sends it again; 429 would slow all notifications down, 410 would end the subscription. */
export const UNAVAILABLE = jsonReply(503, { detail: 'The event could not be stored, send it again' }, [
  ['Retry-After', String(RETRY_AFTER_S)],
]);
export const OVERLOADED = jsonReply(503, { detail: 'Too many requests at once, send it again' }, [
  ['Retry-After', String(RETRY_AFTER_S)],
]);
/** A bug of ours. */
export const FAILED = jsonReply(500, { detail: 'Internal error' });

/** RFC 5842, 7.2. */
export const LOOP = jsonReply(508, { detail: 'This receiver forwards to itself' });

export function wrongMethod(allowed: string): Reply {
  return jsonReply(405, { detail: 'Method not allowed' }, [['Allow', allowed]]);
}

/** Only who knows the secret gets to see the problem. */
export function notANotification(problem: string): Reply {
  return jsonReply(400, { detail: `Not an Intercom notification: ${problem}` });
}
