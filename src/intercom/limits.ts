/** Intercom waits this long for an answer. Source: developers.intercom.com, webhook-models, "Handling Webhook notifications". */
export const ANSWER_TIMEOUT_MS = 5000;
/** Answers within this keep the fast lane. Source: developers.intercom.com, webhook-notifications, "Priority". */
export const FAST_LANE_MS = 500;
/** Sent with every delivery. Source: webhook-models, the example request of every version. */
export const DELIVERY_USER_AGENT = 'intercom-parrot-service-client/1.0';
