import { AppError } from '../base/errors.ts';
import type { ChecklistItem } from '../base/prompts.ts';
import {
  type ApiVersion,
  findTopic,
  GUIDE_OPTIONAL_TOPICS,
  GUIDE_TOPICS,
  isInVersion,
  isMainTopic,
  nameInVersion,
  requireTopic,
  type Topic,
  topicsInVersion,
  versionsOf,
} from '../intercom/topics.ts';

/** A topic to subscribe to, under the name that the app's API version uses. */
export interface WantedTopic {
  readonly topic: Topic;
  /** As it was asked for, where that is another name of it. */
  readonly asked?: string;
}

/** The guide's three. */
export function usualTopics(version: ApiVersion): readonly string[] {
  return GUIDE_TOPICS.map((name) => nameInVersion(requireTopic(name), version));
}

/**
 * Names of topics, old or current, as what the API version calls them; of doubles the first stays, and `ping` goes, since
 * every app gets it.
 * @throws AppError `topic/unknown`, `topic/not-in-version`
 */
export function wantTopics(names: readonly string[], version: ApiVersion): readonly WantedTopic[] {
  const wanted = new Map<string, WantedTopic>();
  for (const asked of names) {
    const topic = inVersion(requireTopic(asked), version);
    if (topic.name === 'ping' || wanted.has(topic.name)) continue;
    wanted.set(topic.name, topic.name === asked ? { topic } : { topic, asked });
  }
  return [...wanted.values()];
}

function inVersion(topic: Topic, version: ApiVersion): Topic {
  const named = findTopic(nameInVersion(topic, version)) ?? topic;
  if (isInVersion(named, version) && !isMainTopic(named)) return named;
  throw new AppError('topic/not-in-version', {
    what: `API ${version} has no topic ${topic.name}`,
    why: isMainTopic(topic)
      ? 'It is a main topic of the old subscriptions API and stood for all topics below it.'
      : `It belongs to ${versionsOf(topic)}.`,
    hint: `propiq-intercom topics list --api-version ${version}`,
  });
}

/** `contact.user.created (was user.created)` */
export function bothNames(topic: Topic): string {
  const { name, legacyName, currentName } = topic;
  if (legacyName !== undefined && legacyName !== name) return `${name} (was ${legacyName})`;
  if (currentName !== undefined && currentName !== name) return `${name} (now ${currentName})`;
  return name;
}

/** The catalogue of a version as a checklist: what the guide names first, then the rest by group. */
export function topicItems(version: ApiVersion): readonly ChecklistItem[] {
  const known = topicsInVersion(version).filter(({ name }) => name !== 'ping');
  const named = (names: readonly string[]): readonly Topic[] =>
    names.flatMap((name) => known.filter((topic) => topic.name === nameInVersion(requireTopic(name), version)));
  const usual = named(GUIDE_TOPICS);
  const optional = named(GUIDE_OPTIONAL_TOPICS);
  const rest = known.filter((topic) => !usual.includes(topic) && !optional.includes(topic));
  return [
    ...usual.map((topic) => itemOf(topic, "in PropIQ's guide")),
    ...optional.map((topic) => itemOf(topic, 'optional in the guide')),
    ...rest.map((topic) => itemOf(topic, topic.group)),
  ];
}

function itemOf(topic: Topic, group: string): ChecklistItem {
  const { name, meaning, permissions, legacyName, currentName, hubLabel = '' } = topic;
  const old = legacyName !== undefined && legacyName !== name ? `was ${legacyName}` : undefined;
  const next = currentName !== undefined && currentName !== name ? `now ${currentName}` : undefined;
  const other = old ?? next;
  const [permission = 'permission not known'] = permissions;
  const any = permissions.length > 1 ? 'Permission, any of: ' : 'Permission: ';
  return {
    value: name,
    name,
    group,
    asides: other === undefined ? [permission] : [`${other}; ${permission}`, other],
    about: `${meaning} ${permissions.length > 0 ? `${any}${permissions.join(', ')}.` : ''}`.trim(),
    words: [group, hubLabel, legacyName, currentName, meaning].join(' '),
  };
}

/** The labels of the permissions that a choice of topics needs; of alternatives the first is named. */
export function permissionsFor(topics: readonly WantedTopic[]): readonly string[] {
  return [...new Set(topics.flatMap(({ topic }) => topic.permissions.slice(0, 1)))];
}
