import { AppError } from '../../base/errors.ts';
import type { Http } from '../../base/ports.ts';
import type { Secret } from '../../base/secret.ts';
import { shorten } from '../../base/text.ts';
import { DELIVERY_USER_AGENT } from '../../intercom/limits.ts';
import type { Dice } from '../../intercom/samples/dice.ts';
import { type ApiVersion, findTopic, isInVersion } from '../../intercom/topics.ts';
import type { Tell } from './happenings.ts';
import { deliveryFault } from './loopback.ts';
import type { Pace } from './pace.ts';
import { type Fault, invalid, NOT_FOUND } from './replies.ts';
import { newSubscription, type Subscription } from './subscriptions.ts';

export interface EndpointParts {
  readonly http: Http;
  readonly pace: Pace;
  readonly dice: Dice;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  readonly answerTimeoutMs: number;
  /** Unix ms. */
  readonly now: () => number;
}

/** What is to be saved, as it came: nothing in it is checked yet. */
export interface Asked {
  readonly url?: unknown;
  readonly topics?: unknown;
  /** Undefined: as it was. */
  readonly key?: Secret | undefined;
  readonly eventNames?: unknown;
}

/** The URLs that notifications go to. */
export interface Endpoints {
  readonly all: readonly Subscription[];
  get(id: string): Subscription | undefined;
  /** The app's one endpoint, saved in the Developer Hub. */
  readonly hub: Subscription | undefined;
  add(via: Subscription['via'], asked: Asked, version: ApiVersion): Promise<Subscription | Fault>;
  change(subscription: Subscription, asked: Asked, version: ApiVersion): Promise<Subscription | Fault>;
  remove(subscription: Subscription): void;
}

/** Source: intercom-developer-hub.readme.io/reference/manage-subscriptions (archived). */
const MOST_SUBSCRIPTIONS = 250;
const MOST_TOPICS = 300;
const LONGEST_URL = 2000;

type Checked = Pick<Subscription, 'url' | 'topics' | 'eventNames'>;

export function createEndpoints(parts: EndpointParts): Endpoints {
  const { pace, dice, tell } = parts;
  const saved = new Map<string, Subscription>();

  async function add(via: Subscription['via'], asked: Asked, version: ApiVersion): Promise<Subscription | Fault> {
    const { url, topics, eventNames = [] } = asked;
    if (url === undefined) return { status: 422, code: 'parameter_missing', message: 'url is missing', field: 'url' };
    if (topics === undefined)
      return { status: 422, code: 'parameter_missing', message: 'topics are missing', field: 'topics' };
    const checked = await check({ url, topics, eventNames }, version);
    if ('code' in checked) return checked;
    const there = via === 'hub' ? hub() : undefined; // saved by somebody else while HEAD was asked
    if (there !== undefined) return put(there, checked);
    if (saved.size >= MOST_SUBSCRIPTIONS)
      return { status: 422, code: 'unprocessable_entity', message: `At most ${MOST_SUBSCRIPTIONS} subscriptions` };
    const subscription = newSubscription({
      id: `nsub_${dice.uuid()}`,
      via,
      createdAt: parts.now(),
      key: asked.key,
      url: checked.url,
      topics: checked.topics,
      eventNames: checked.eventNames,
    });
    saved.set(subscription.id, subscription);
    told(subscription, 'created');
    return subscription;
  }

  async function change(subscription: Subscription, asked: Asked, version: ApiVersion): Promise<Subscription | Fault> {
    const { url = subscription.url.href, topics = subscription.topics, eventNames = subscription.eventNames } = asked;
    const checked = await check({ url, topics, eventNames }, version);
    if ('code' in checked) return checked;
    if (subscription.isRemoved) return NOT_FOUND;
    return put(subscription, { ...checked, ...('key' in asked && { key: asked.key }) });
  }

  function put(subscription: Subscription, changes: Checked & { readonly key?: Secret | undefined }): Subscription {
    Object.assign(subscription, changes, { updatedAt: parts.now() });
    told(subscription, 'updated');
    return subscription;
  }

  const hub = (): Subscription | undefined => [...saved.values()].find(({ via }) => via === 'hub');

  async function check(
    asked: { readonly url: unknown; readonly topics: unknown; readonly eventNames: unknown },
    version: ApiVersion,
  ): Promise<Checked | Fault> {
    const topics = topicsOf(asked.topics, version);
    if ('code' in topics) return topics;
    const eventNames = asked.eventNames;
    if (!isTexts(eventNames)) return invalid('metadata', 'metadata.event_names is a list of texts');
    if (topics.includes('event.created') && eventNames.length === 0)
      return invalid('metadata', 'event.created asks for metadata.event_names');
    if (typeof asked.url !== 'string' || asked.url.length > LONGEST_URL) return invalid('url', 'url is not a URL');
    const fault = deliveryFault(asked.url);
    if (fault !== undefined) return invalid('url', `Invalid URL: ${fault}`);
    const url = new URL(asked.url);
    url.hash = '';
    return (await validate(url)) ?? { url, topics, eventNames };
  }

  /**
   * HEAD, as when a URL is saved in the Developer Hub (setting-up-webhooks). Which answers pass, and whether another one keeps
   * the URL from being saved, is not documented: here only 2xx passes.
   */
  async function validate(url: URL): Promise<Fault | undefined> {
    const limits = { timeoutMs: parts.answerTimeoutMs, maxBytes: 1024, signal: parts.signal };
    const request = { method: 'HEAD', url, headers: [['User-Agent', DELIVERY_USER_AGENT]] as const };
    const outcome = await parts.http.send(request, limits).catch((cause: unknown) => {
      if (parts.signal.aborted || !(cause instanceof AppError)) throw cause;
      return cause;
    });
    const error = outcome instanceof AppError ? outcome : null;
    const status = outcome instanceof AppError ? null : outcome.status;
    tell({ kind: 'head', at: pace.now(), url: url.href, status, error });
    if (status !== null && status >= 200 && status < 300) return undefined;
    const words = error === null ? `was answered ${status}` : `was not answered (${error.what})`;
    const fault = invalid('url', `HEAD ${shorten(url.href, 200)} ${words}; a 2xx is expected when a URL is saved`);
    return error === null ? fault : { ...fault, cause: error };
  }

  function told({ id, via, url, topics, key }: Subscription, action: 'created' | 'updated' | 'removed'): void {
    const isSigned = key !== undefined;
    tell({ kind: 'subscription', at: pace.now(), subscriptionId: id, action, via, url: url.href, topics, isSigned });
  }

  return {
    get all() {
      return [...saved.values()];
    },
    get: (id) => saved.get(id),
    get hub() {
      return hub();
    },
    add,
    change,
    remove(subscription) {
      saved.delete(subscription.id);
      subscription.isRemoved = true;
      told(subscription, 'removed');
    },
  };
}

/** One app has one endpoint, one list of topics and one client secret. Source: setting-up-webhooks. */
export function saveHub(
  endpoints: Endpoints,
  asked: Pick<Asked, 'url' | 'topics'>,
  { clientSecret, version }: { readonly clientSecret: Secret; readonly version: ApiVersion },
): Promise<Subscription | Fault> {
  const { hub } = endpoints;
  return hub ? endpoints.change(hub, asked, version) : endpoints.add('hub', { ...asked, key: clientSecret }, version);
}

/** `ping` is always among them. Names are taken as the API version has them: an old one under a new version is refused. */
function topicsOf(value: unknown, version: ApiVersion): readonly string[] | Fault {
  if (!isTexts(value) || value.length === 0 || value.length > MOST_TOPICS)
    return invalid('topics', 'topics is a list of one or more topics');
  for (const name of value) {
    const topic = findTopic(name);
    if (topic === undefined) return invalid('topics', `${shorten(name, 60)} is no topic`);
    if (!isInVersion(topic, version)) {
      const current =
        topic.currentName === undefined || topic.currentName === name
          ? ''
          : `; it is called ${topic.currentName} there`;
      return invalid('topics', `${name} is no topic of API version ${version}${current}`);
    }
  }
  return [...new Set([...value, 'ping'])];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string' && entry.length <= 200);
}
