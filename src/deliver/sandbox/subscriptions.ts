import type { JsonObject } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import { NEW_STANDING, type Standing } from '../policy.ts';

/** Where notifications go: the app's one endpoint of the Developer Hub, or one made through the archived API. */
export interface Subscription {
  readonly id: string;
  readonly via: 'hub' | 'api';
  readonly createdAt: number;
  updatedAt: number;
  url: URL;
  topics: readonly string[];
  /** Asked for with `event.created`. */
  eventNames: readonly string[];
  /** Undefined: its deliveries are not signed, as the archived API documents it without a `hub_secret`. */
  key: Secret | undefined;
  standing: Standing;
  /** Removed while notifications were on their way. */
  isRemoved: boolean;
  readonly sent: Feed;
  readonly errors: Feed;
}

/** The newest entries of a feed; older ones are forgotten. */
interface Feed {
  add(entry: JsonObject): void;
  readonly entries: readonly JsonObject[];
}

const LONGEST_FEED = 20;

function createFeed(): Feed {
  const entries: JsonObject[] = [];
  return {
    entries,
    add(entry) {
      entries.unshift(entry);
      if (entries.length > LONGEST_FEED) entries.pop();
    },
  };
}

export type NewSubscription = Pick<Subscription, 'id' | 'via' | 'createdAt' | 'url' | 'topics' | 'eventNames' | 'key'>;

export function newSubscription(asked: NewSubscription): Subscription {
  return {
    ...asked,
    updatedAt: asked.createdAt,
    standing: NEW_STANDING,
    isRemoved: false,
    sent: createFeed(),
    errors: createFeed(),
  };
}

/**
 * Whether a subscription gets a topic. An old main topic (`user`, `all`) stands for all below it; a ping always arrives.
 * Source: intercom-developer-hub.readme.io/reference/manage-subscriptions (archived).
 */
export function wants({ topics }: Pick<Subscription, 'topics'>, topic: string): boolean {
  return topic === 'ping' || topics.some((name) => name === topic || name === 'all' || topic.startsWith(`${name}.`));
}
