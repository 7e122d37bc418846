import { AppError } from '../base/errors.ts';
import { closeMatches, didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import { TOPICS } from './topics-table.ts';

export { TOPICS } from './topics-table.ts';

/** One kind of notification that an app can subscribe to. */
export interface Topic {
  readonly name: string;
  readonly group: string;
  readonly meaning: string;
  /** Labels of permissions in the Developer Hub; one of them is enough (our reading of the reference). */
  readonly permissions: readonly string[];
  /** What API versions up to 2.4 call it. */
  readonly legacyName?: string;
  /** What API versions from 2.5 on call it. */
  readonly currentName?: string;
  /** API versions that know the name, as far as established: `2.6`, `1.0 to 2.4`, `preview`. */
  readonly since?: string;
  /** `data.item.type` on the wire; null where the item has no type, `*` for the old main topics. */
  readonly itemType: string | null;
  /** Whether the item type was seen in a delivery, printed in the reference, or is assumed from its tables. */
  readonly itemTypeFrom: 'capture' | 'reference example' | 'assumed from the reference table';
  readonly scopes?: readonly string[];
  /** The label in the Developer Hub, where it is known. */
  readonly hubLabel?: string;
  readonly note?: string;
  readonly confidence: 'documented' | 'seen in code' | 'unsure';
  readonly sources: readonly string[];
}

/**
 * API versions, oldest first. 1.0 to 2.16 and Preview: `intercom_version` of Intercom's OpenAPI description; 2.17 and 2.18
 * exist in the reference (developers.intercom.com/docs/references/2.17).
 */
export const API_VERSIONS = [
  '1.0',
  '1.1',
  '1.2',
  '1.3',
  '1.4',
  '2.0',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
  '2.6',
  '2.7',
  '2.8',
  '2.9',
  '2.10',
  '2.11',
  '2.12',
  '2.13',
  '2.14',
  '2.15',
  '2.16',
  '2.17',
  '2.18',
  'Preview',
] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

/** What `--api-version` is when it is not given: the newest numbered version. */
export const NEWEST_API_VERSION: ApiVersion = '2.18';

/**
 * An API version as typed; the case does not matter.
 * @throws AppError `usage/invalid-value`
 */
export function parseApiVersion(text: string): ApiVersion {
  const known = API_VERSIONS.find((version) => version.toLowerCase() === text.trim().toLowerCase());
  if (known) return known;
  throw new AppError('usage/invalid-value', {
    what: `"${cleanLine(text).slice(0, 40)}" is no API version of Intercom`,
    why: `Known are ${API_VERSIONS[0]} to ${NEWEST_API_VERSION} and Preview.`,
    hint: didYouMean(text, API_VERSIONS, `Write it like --api-version ${NEWEST_API_VERSION}.`),
  });
}

/** Whether a version is at or after another. */
export function isAtLeast(version: ApiVersion, other: ApiVersion): boolean {
  return API_VERSIONS.indexOf(version) >= API_VERSIONS.indexOf(other);
}

/** What PropIQ's guide subscribes to, under its own, old names. */
export const GUIDE_TOPICS = ['user.created', 'conversation.user.created', 'conversation.admin.replied'] as const;
/** What it calls optional. */
export const GUIDE_OPTIONAL_TOPICS = [
  'user.deleted',
  'user.unsubscribed',
  'conversation.user.replied',
  'conversation.admin.closed',
] as const;

const byName: ReadonlyMap<string, Topic> = new Map(TOPICS.map((topic) => [topic.name, topic]));
const TOPIC_NAMES: readonly string[] = TOPICS.map(({ name }) => name);

/** A topic by its legacy or current name, or undefined. */
export function findTopic(name: string): Topic | undefined {
  return byName.get(name);
}

/** The other names of a topic: the current one, the legacy one, other spellings; nearest first, without the name itself. */
export function namesOfSameTopic(name: string): readonly string[] {
  const topic = findTopic(name);
  if (topic === undefined) return [];
  const spellings = TOPICS.filter(({ currentName }) => currentName !== undefined && currentName === topic.currentName);
  const names = [topic.currentName, topic.legacyName, ...spellings.map((other) => other.name)];
  return [...new Set(names)].filter((other): other is string => other !== undefined && other !== name);
}

/** @throws AppError `topic/unknown` with close matches */
export function requireTopic(name: string): Topic {
  const topic = findTopic(name);
  if (topic) return topic;
  throw new AppError('topic/unknown', {
    what: `There is no topic "${cleanLine(name).slice(0, 60)}"`,
    why:
      closeMatches(name, TOPIC_NAMES).length > 0
        ? 'It is not in the catalogue.'
        : `It is not among the ${TOPICS.length} topics of the catalogue.`,
    hint: didYouMean(name, TOPIC_NAMES, 'propiq-intercom topics list'),
  });
}

/** Whether a topic's name ended with API 2.4. */
export function isLegacyName(topic: Topic): boolean {
  return topic.currentName !== topic.name && topic.legacyName === topic.name;
}

/** Whether a topic is an old main topic: it stood for all below it, and nothing was delivered under its own name. */
export function isMainTopic(topic: Topic): boolean {
  return topic.itemType === '*';
}

/**
 * Whether a name is another spelling of a topic that has a name of its own, in old references or on Intercom's pages:
 * `contact.archive`, `contact.unarchive`.
 */
export function isOtherSpelling(topic: Topic): boolean {
  return topic.currentName !== undefined && topic.currentName !== topic.name && topic.since?.startsWith('2.') === true;
}

/** Whether an API version knows a topic's name, as far as it is established; an unknown start counts as "since 2.5". */
export function isInVersion(topic: Topic, version: ApiVersion): boolean {
  const since = topic.since;
  if (topic.name === 'ping') return true;
  if (isMainTopic(topic)) return !isAtLeast(version, '2.5');
  if (since === undefined) return isAtLeast(version, '2.5');
  if (since === '1.0') return !(topic.legacyName === topic.name) || version === '1.0';
  if (since === '1.0 to 2.4') return !isAtLeast(version, '2.5');
  if (since === '2.4 or earlier') return true;
  if (since === 'after 2.5') return isAtLeast(version, '2.6');
  if (since === 'preview') return version === 'Preview';
  if (since === 'preview or 2.15+') return isAtLeast(version, '2.15');
  return isAtLeast(version, since as ApiVersion);
}

/** The name that an API version uses for a topic: the legacy one up to 2.4, the current one from 2.5 on. */
export function nameInVersion(topic: Topic, version: ApiVersion): string {
  const name = isAtLeast(version, '2.5') ? topic.currentName : topic.legacyName;
  return name ?? topic.name;
}

/** The topics of an API version under the names that it delivers them by: no other spellings, no main topics. */
export function topicsInVersion(version: ApiVersion): readonly Topic[] {
  return TOPICS.filter(
    (topic) =>
      isInVersion(topic, version) &&
      !isMainTopic(topic) &&
      !(isOtherSpelling(topic) && isInVersion(findTopic(topic.currentName ?? '') ?? topic, version)),
  );
}

/** Which API versions know a name, in words. */
export function versionsOf(topic: Topic): string {
  const { since } = topic;
  if (topic.name === 'ping') return 'all';
  if (isMainTopic(topic)) return 'up to 2.4 (the old subscriptions API)';
  if (since === undefined) return '2.5 and later (the first one is not established)';
  if (since === '1.0' && topic.legacyName === topic.name) return '1.0';
  if (since === '1.0') return 'all';
  if (/^2\.\d+$/.test(since)) return `${since} and later`;
  if (since === 'after 2.5') return 'later than 2.5 (the first one is not established)';
  if (since === '2.4 or earlier') return 'all, or nearly (the first one is not established)';
  return since === 'preview' ? 'Preview' : since;
}
