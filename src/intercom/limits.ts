/** Intercom waits this long for an answer. Source: developers.intercom.com, webhook-models, "Handling Webhook notifications". */
export const ANSWER_TIMEOUT_MS = 5000;
/** Answers within this keep the fast lane. Source: developers.intercom.com, webhook-notifications, "Priority". */
export const FAST_LANE_MS = 500;
/** Sent with every delivery. Source: webhook-models, the example request of every version. */
export const DELIVERY_USER_AGENT = 'intercom-parrot-service-client/1.0';
/** An error or no answer: one more attempt after this, and no other. Source: webhook-models. */
export const RETRY_AFTER_MS = 60_000;
/** 429: all notifications of the subscription are delayed, from this … Source: webhook-models. */
export const THROTTLE_LEAST_MS = 60_000;
/** … to this; one that is delayed for longer is dropped. Source: webhook-models. */
export const THROTTLE_MOST_MS = 7_200_000;
/** More consecutive error codes than this … Source: developers.intercom.com, webhook-notifications. */
export const PAUSE_ERRORS = 1000;
/** … within this … */
export const PAUSE_WINDOW_MS = 900_000;
/** … pause the notifications for this long; webhook-models says that they are dropped meanwhile. */
export const PAUSE_MS = 900_000;
/** Errors for longer than this suspend the webhooks of a private app until "Set live". Source: webhook-notifications. */
export const SUSPEND_AFTER_MS = 604_800_000;
