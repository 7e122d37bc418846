import { AppError } from '../base/errors.ts';
import { findShape, type Shape } from '../intercom/samples/shapes.ts';
import {
  type ApiVersion,
  findTopic,
  GUIDE_TOPICS,
  isInVersion,
  isLegacyName,
  isMainTopic,
  isOtherSpelling,
  nameInVersion,
  NEWEST_API_VERSION,
  requireTopic,
  type Topic,
  topicsInVersion,
  versionsOf,
} from '../intercom/topics.ts';

/** A topic that can be sent: one whose shape is known. */
export interface ChosenTopic {
  readonly topic: Topic;
  readonly shape: Shape;
}

export interface TopicRequest {
  /** Empty: the guide's three, under the names of the API version. */
  readonly names: readonly string[];
  readonly all: boolean;
  /** Undefined: nobody asked for a version, so the newest. */
  readonly version: ApiVersion | undefined;
}

/**
 * The topics to send, in the order asked for. A legacy name may always be asked for, whatever the version.
 * @throws AppError `topic/unknown`, `topic/not-in-version`, `topic/unknown-shape`
 */
export function chooseTopics({ names, all, version: asked }: TopicRequest): readonly ChosenTopic[] {
  const version = asked ?? NEWEST_API_VERSION;
  if (all) {
    return topicsInVersion(version).flatMap((topic) => {
      const shape = findShape(topic.name, version);
      return shape ? [{ topic, shape }] : [];
    });
  }
  const wanted = names.length > 0 ? names : GUIDE_TOPICS.map((name) => nameInVersion(requireTopic(name), version));
  return wanted.map((name) => {
    const topic = requireTopic(name);
    if (asked !== undefined) requireInVersion(topic, asked);
    const shape = findShape(topic.name, version);
    if (!shape) throw unknownShape(topic, version);
    return { topic, shape };
  });
}

function requireInVersion(topic: Topic, version: ApiVersion): void {
  if (isInVersion(topic, version) || isLegacyName(topic) || isOtherSpelling(topic)) return;
  const name = nameInVersion(topic, version);
  const twin = name === topic.name ? undefined : findTopic(name);
  throw new AppError('topic/not-in-version', {
    what: `API ${version} has no topic ${topic.name}`,
    why: `It belongs to ${versionsOf(topic)}.${twin ? ` API ${version} calls it ${name}.` : ''}`,
    hint: twin
      ? `propiq-intercom send-test ${name} --api-version ${version}`
      : `propiq-intercom topics list --api-version ${version}`,
  });
}

function unknownShape(topic: Topic, version: ApiVersion): AppError {
  if (isMainTopic(topic)) {
    return new AppError('topic/unknown-shape', {
      what: `Nothing is delivered under the name "${topic.name}"`,
      why: 'It is a main topic of the old subscriptions API and stood for all topics below it.',
      hint: `propiq-intercom topics list ${topic.name}`,
    });
  }
  return new AppError('topic/unknown-shape', {
    what: `The shape of ${topic.name} is not known${version === NEWEST_API_VERSION ? '' : ` for API ${version}`}`,
    why: "Intercom's reference names the topic, but what a delivery of it looks like is not established, and a made-up body would prove nothing.",
    hint: 'Send one that you captured: propiq-intercom send-test --data @notification.json',
  });
}
