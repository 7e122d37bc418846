import type { Reply } from '../../base/application.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { isObject } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import type { ApiVersion } from '../../intercom/topics.ts';
import type { Endpoints, Asked } from './endpoints.ts';
import { type Fault, isFault, jsonReply, NOT_FOUND } from './replies.ts';
import type { Subscription } from './subscriptions.ts';

/** The workspace and the person that the token belongs to. All made up. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly adminId: string;
  readonly createdAt: number;
}

export interface IntercomApiParts {
  readonly workspace: Workspace;
  readonly endpoints: Endpoints;
  /** Whether the archived subscriptions API is there. Today's API versions have none. */
  readonly hasSubscriptions: boolean;
  readonly ping: (subscription: Subscription) => void;
}

/** A call that passed the guard. `body` is undefined where it is no JSON object. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly version: ApiVersion;
  readonly body: Record<string, unknown> | undefined;
}

/** Intercom's routes: the reply, or a refusal in Intercom's form. */
export async function answerIntercom(call: Call, parts: IntercomApiParts): Promise<Reply | Fault> {
  const { method, path } = call;
  if (path === '/me') return method === 'GET' ? jsonReply(200, me(parts.workspace)) : NOT_FOUND;
  const [, id, part] = /^\/subscriptions(?:\/([\w-]{1,200})(?:\/(ping|sent|error))?)?$/.exec(path) ?? [];
  if (!parts.hasSubscriptions || !path.startsWith('/subscriptions')) return NOT_FOUND;
  if (id === undefined) return path === '/subscriptions' ? all(call, parts) : NOT_FOUND;
  const subscription = parts.endpoints.get(id);
  if (subscription?.via !== 'api') return NOT_FOUND;
  return part === undefined ? one(call, subscription, parts) : feeds(call, subscription, part, parts);
}

/**
 * Source: OpenAPI 2.16, `/me`, schemas `admin_with_app` and `app`.
 */
function me({ id, name, region, adminId, createdAt }: Workspace): JsonObject {
  return {
    type: 'admin',
    id: adminId,
    email: 'sandbox@example.com',
    name: 'Sandbox of propiq-intercom',
    email_verified: true,
    app: {
      type: 'app',
      id_code: id,
      name,
      created_at: createdAt,
      secure: false,
      identity_verification: false,
      timezone: 'Etc/UTC',
      region,
    },
    avatar: { type: 'avatar', image_url: null },
    has_inbox_seat: true,
  };
}

async function all(
  { method, body, version }: Call,
  { endpoints, workspace, ping }: IntercomApiParts,
): Promise<Reply | Fault> {
  if (method === 'GET') {
    const items = endpoints.all.filter(({ via }) => via === 'api').map((entry) => subscriptionJson(entry, workspace));
    return jsonReply(200, { type: 'list', items });
  }
  if (method !== 'POST') return NOT_FOUND;
  const asked = askedFor(body);
  if (isFault(asked)) return asked;
  const saved = await endpoints.add('api', asked, version);
  if (isFault(saved)) return saved;
  ping(saved);
  return jsonReply(200, subscriptionJson(saved, workspace));
}

async function one(
  call: Call,
  subscription: Subscription,
  { endpoints, workspace }: IntercomApiParts,
): Promise<Reply | Fault> {
  const told = (): JsonValue => subscriptionJson(subscription, workspace);
  if (call.method === 'GET') return jsonReply(200, told());
  if (call.method === 'DELETE') {
    endpoints.remove(subscription);
    return jsonReply(200, told());
  }
  if (call.method !== 'PUT' && call.method !== 'POST') return NOT_FOUND;
  const asked = askedFor(call.body);
  if (isFault(asked)) return asked;
  const saved = await endpoints.change(subscription, asked, call.version);
  return isFault(saved) ? saved : jsonReply(200, told());
}

function feeds({ method }: Call, subscription: Subscription, part: string, { ping }: IntercomApiParts): Reply | Fault {
  if (part === 'ping') {
    if (method !== 'POST') return NOT_FOUND;
    ping(subscription);
    return jsonReply(200, {});
  }
  if (method !== 'GET') return NOT_FOUND;
  const { entries } = part === 'sent' ? subscription.sent : subscription.errors;
  return jsonReply(200, { type: 'notification.list', notifications: [...entries] });
}

/** The fields of a request. Source: intercom-developer-hub.readme.io/reference/manage-subscriptions (archived). */
function askedFor(body: Record<string, unknown> | undefined): Asked | Fault {
  if (body === undefined) return { status: 400, code: 'bad_request', message: 'The body is not a JSON object' };
  const { url, topics, service_type: service = 'web', hub_secret: key, metadata } = body;
  if (service !== 'web')
    return { status: 422, code: 'parameter_invalid', message: 'service_type is web', field: 'service_type' };
  if (key !== undefined && key !== null && (typeof key !== 'string' || key === '' || key.length > 1000))
    return { status: 422, code: 'parameter_invalid', message: 'hub_secret is a text', field: 'hub_secret' };
  return {
    ...(url !== undefined && { url }),
    ...(topics !== undefined && { topics }),
    ...(key !== undefined && { key: typeof key === 'string' ? new Secret(key) : undefined }),
    ...(isObject(metadata) && { eventNames: metadata['event_names'] }),
  };
}

/**
 * The long form. `hub_secret` is not given back, whatever Intercom did: a secret is nothing to read out.
 * Source: intercom-developer-hub.readme.io/reference/subscription-model (archived); intercom-java Subscription.java.
 */
function subscriptionJson(subscription: Subscription, { id: appId }: Workspace): JsonObject {
  const { id, url, topics, standing, eventNames } = subscription;
  const self = `/subscriptions/${id}`;
  return {
    type: 'notification_subscription',
    id,
    created_at: Math.floor(subscription.createdAt / 1000),
    updated_at: Math.floor(subscription.updatedAt / 1000),
    service_type: 'web',
    app_id: appId,
    url: url.href,
    self: null,
    topics: [...topics],
    active: standing.state === 'live' && !subscription.isRemoved,
    hub_secret: null,
    mode: 'point',
    metadata: eventNames.length > 0 ? { event_names: [...eventNames] } : {},
    links: { sent: `${self}/sent`, retry: null, errors: `${self}/error` },
    notes: [],
  };
}
