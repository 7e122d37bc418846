import { isObject } from '../base/json.ts';

/** Whom a token belongs to. Names and addresses of people are not kept. */
export interface Me {
  readonly adminId: string;
  /** Null where the answer names no workspace, which the reference allows. */
  readonly app: Workspace | null;
}

interface Workspace {
  /** What deliveries carry as `app_id`. */
  readonly idCode: string;
  readonly name: string | null;
  /** As it was spelt: `US`. See `parseRegion`. */
  readonly region: string | null;
}

/** A subscription of the archived API. Its `hub_secret` is never read back. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  readonly topics: readonly string[];
  /** Undefined where the answer does not say. */
  readonly isActive: boolean | undefined;
}

export interface SubscriptionList {
  readonly subscriptions: readonly Subscription[];
  /** False where the answer says that there are further pages; which parameters they take is not documented. */
  readonly isComplete: boolean;
}

/**
 * `GET /me`: an admin, with the workspace as `app`. Undefined where it is anything else.
 * Source: OpenAPI 2.16, `/me`, `admin_with_app`, `app` (may be null).
 */
export function parseMe(value: unknown): Me | undefined {
  if (!isObject(value) || value['type'] !== 'admin') return undefined;
  const { id, app = null } = value;
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') return undefined;
  if (app === null) return { adminId: String(id), app };
  if (!isObject(app) || typeof app['id_code'] !== 'string' || app['id_code'] === '') return undefined;
  return {
    adminId: String(id),
    app: { idCode: app['id_code'], name: textOrNull(app['name']), region: textOrNull(app['region']) },
  };
}

/**
 * A subscription: `type` `notification_subscription`, an id that can stand in a path, a URL and a list of topics. The long
 * form that intercom-ruby's spec_helper shows is wrapped in `request`. Undefined where it is anything else.
 * Source: intercom-developer-hub.readme.io/reference/subscription-model (archived).
 */
export function parseSubscription(value: unknown): Subscription | undefined {
  if (!isObject(value)) return undefined;
  const held = isObject(value['request']) ? value['request'] : value;
  const { type, id, url, topics, active } = held;
  if (type !== 'notification_subscription' || typeof id !== 'string' || !/^[\w-]{1,200}$/.test(id)) return undefined;
  if (typeof url !== 'string' || !isTexts(topics)) return undefined;
  return { id, url, topics, isActive: typeof active === 'boolean' ? active : undefined };
}

/** Which field holds a list of subscriptions is not documented; these are the names that Intercom's lists have. */
const LIST_FIELDS = ['items', 'subscriptions', 'data'] as const;

/** An object with one list in it, of nothing but subscriptions. Undefined where it is anything else. */
export function parseSubscriptionList(value: unknown): SubscriptionList | undefined {
  if (!isObject(value)) return undefined;
  const lists = LIST_FIELDS.map((field) => value[field]).filter((list) => Array.isArray(list));
  const [entries] = lists as (readonly unknown[])[];
  if (entries === undefined || lists.length > 1) return undefined;
  const subscriptions = entries.map(parseSubscription);
  if (!subscriptions.every((entry) => entry !== undefined)) return undefined;
  return { subscriptions, isComplete: !(isObject(value['pages']) && (value['pages']['next'] ?? null) !== null) };
}

/** One entry of an `error.list`, in either form: up to some old version `type` stood for `code`. Source: intercom-ruby request.rb. */
export interface ApiFault {
  readonly code: string;
  readonly message: string | null;
  readonly field: string | null;
}

export interface ErrorList {
  readonly requestId: string | null;
  readonly faults: readonly ApiFault[];
}

const MOST_FAULTS = 20;

/** Source: OpenAPI 2.16, schema `error`. Undefined where it is anything else. */
export function parseErrorList(value: unknown): ErrorList | undefined {
  if (!isObject(value) || value['type'] !== 'error.list' || !Array.isArray(value['errors'])) return undefined;
  const faults = value['errors'].slice(0, MOST_FAULTS).flatMap((entry: unknown): ApiFault[] => {
    if (!isObject(entry)) return [];
    const code = textOrNull(entry['code']) ?? textOrNull(entry['type']);
    return code === null ? [] : [{ code, message: textOrNull(entry['message']), field: textOrNull(entry['field']) }];
  });
  return { requestId: textOrNull(value['request_id']), faults };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
