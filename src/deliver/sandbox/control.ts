import type { Reply } from '../../base/application.ts';
import { AppError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import type { ApiVersion } from '../../intercom/topics.ts';
import { setLive } from '../policy.ts';
import { type Endpoints, saveHub } from './endpoints.ts';
import type { Faults } from './faults.ts';
import type { Tell } from './happenings.ts';
import type { Call } from './intercom-api.ts';
import type { Pace } from './pace.ts';
import { type Fault, invalid, isFault, jsonReply, NOT_FOUND } from './replies.ts';
import type { Subscription } from './subscriptions.ts';

export interface ControlParts {
  readonly endpoints: Endpoints;
  readonly faults: Faults;
  readonly clientSecret: Secret;
  /** The app's. */
  readonly version: ApiVersion;
  readonly pace: Pace;
  readonly tell: Tell;
  /** How many subscriptions it is sent to. @throws AppError `topic/*` */
  readonly trigger: (topic: string) => number;
  readonly verdict: () => JsonObject;
}

const MOST_AT_ONCE = 1000;

/**
 * The sandbox's own routes, for what a person does in the Developer Hub, and for tests:
 * `GET /sandbox` tells all, `PUT /sandbox/hub` saves the endpoint, `POST /sandbox/trigger`, `/set-live`, `/faults`.
 */
export async function answerControl(call: Call, parts: ControlParts): Promise<Reply | Fault> {
  const { method, path, body = {} } = call;
  switch (`${method} ${path}`) {
    case 'GET /sandbox':
      return jsonReply(200, { ...parts.verdict(), subscriptions: parts.endpoints.all.map((one) => told(one, parts)) });
    case 'PUT /sandbox/hub': {
      const saved = await saveHub(parts.endpoints, { url: body['url'], topics: body['topics'] }, parts);
      return isFault(saved) ? saved : jsonReply(200, told(saved, parts));
    }
    case 'DELETE /sandbox/hub':
      if (parts.endpoints.hub) parts.endpoints.remove(parts.endpoints.hub);
      return jsonReply(200, {});
    case 'POST /sandbox/trigger':
      return trigger(body, parts);
    case 'POST /sandbox/set-live':
      return revive(parts);
    case 'POST /sandbox/faults':
      return parts.faults.add(call.body) ?? jsonReply(200, {});
    case 'DELETE /sandbox/faults':
      parts.faults.clear();
      return jsonReply(200, {});
    default:
      return NOT_FOUND;
  }
}

function trigger({ topic, count = 1 }: Record<string, unknown>, parts: ControlParts): Reply | Fault {
  if (typeof topic !== 'string') return invalid('topic', 'topic is missing');
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST_AT_ONCE)
    return invalid('count', `count is a whole number from 1 to ${MOST_AT_ONCE}`);
  try {
    let sentTo = 0;
    for (let sent = 0; sent < count; sent += 1) sentTo += parts.trigger(topic);
    return jsonReply(202, { topic, notifications: sentTo });
  } catch (cause) {
    if (cause instanceof AppError) return invalid('topic', cause.message);
    throw cause;
  }
}

/** "Set live" on the Webhooks page. Source: webhook-notifications. */
function revive({ endpoints, pace, tell }: ControlParts): Reply {
  for (const subscription of endpoints.all) {
    if (subscription.standing.state === 'live') continue;
    subscription.standing = setLive(subscription.standing);
    tell({ kind: 'change', at: pace.now(), subscriptionId: subscription.id, change: 'set-live' });
  }
  return jsonReply(200, {});
}

function told({ id, via, url, topics, standing, key }: Subscription, { pace }: ControlParts): JsonObject {
  const now = pace.now();
  return {
    id,
    via,
    url: url.href,
    topics: [...topics],
    signed: key !== undefined,
    state: standing.state === 'live' && now < standing.pausedUntil ? 'paused' : standing.state,
    throttled: standing.throttle !== undefined && now < standing.throttle.until,
    lane: standing.lane,
    consecutiveErrors: standing.errorTimes.length,
  };
}
