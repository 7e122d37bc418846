import type { JsonObject } from '../base/json.ts';
import type { Random } from '../base/ports.ts';
import { cleanLine, shorten } from '../base/text.ts';
import { parseNotification } from '../intercom/notification.ts';
import { createDice } from '../intercom/samples/dice.ts';
import { GUIDE_TOPICS, guideSample, type GuideTopic } from '../intercom/samples/guide.ts';
import { buildSample, createStage } from '../intercom/samples/index.ts';
import { seededRandom } from '../intercom/samples/seeded-random.ts';
import type { Origin } from '../intercom/samples/shapes.ts';
import {
  type ApiVersion,
  findTopic,
  isLegacyName,
  isOtherSpelling,
  requireTopic,
  type Topic,
} from '../intercom/topics.ts';
import type { ChosenTopic } from './choose-topics.ts';
import { applyAssignments, type Assignment } from './set-path.ts';

/** A notification that is ready to be sent, and what there is to say about it. */
export interface Delivery {
  /** Null where the bytes are no notification. */
  readonly topic: string | null;
  readonly notificationId: string | null;
  readonly body: Uint8Array;
  /** How far the shape can be trusted; null where the bytes are the user's or the guide's. */
  readonly origin: Origin | null;
  readonly basis: string | null;
  /** What current API versions call the topic, where that differs. */
  readonly currentName: string | null;
}

/** Where everything that is not fixed comes from; with a seed all of it repeats. */
export interface Chance {
  readonly seed: string | undefined;
  readonly random: Random;
  readonly nowMs: number;
}

export interface Changes {
  readonly assignments: readonly Assignment[];
  readonly id: string | undefined;
}

/** Stands in the guide's samples where the workspace is not known. */
const SOME_WORKSPACE = 'x7k2p9qd';
/** Under a seed it is always some moment of the days after this one: 10 January 2026. */
const SEEDED_SINCE_MS = 1_768_003_200_000;
const SEEDED_RANGE_S = 30 * 86_400;

/**
 * The samples of a run. All tell of the same people; each has its own id and, without a seed, the time of the run.
 * @throws AppError `sample/unknown-path`
 */
export function composeSamples(
  chosen: readonly ChosenTopic[],
  version: ApiVersion,
  { seed, random, nowMs }: Chance,
  changes: Changes,
  workspaceId: string | undefined,
): readonly Delivery[] {
  const chance = (part: string): Random => (seed === undefined ? random : seededRandom(`${seed}/${part}`));
  const at =
    seed === undefined ? nowMs : SEEDED_SINCE_MS + createDice(chance('time')).whole(0, SEEDED_RANGE_S) * 1000 + 240;
  const stage = createStage(chance('stage'), at, workspaceId);
  const seen = new Map<string, number>();
  return chosen.map(({ topic, shape }) => {
    const again = seen.get(topic.name) ?? 0;
    seen.set(topic.name, again + 1);
    const sample = buildSample(stage, { shape, version, random: chance(`${topic.name}#${again}`) });
    const notification = change(sample, changes, topic.name);
    return { ...told(topic, notification), body: bytesOf(JSON.stringify(notification)), ...pickOrigin(shape) };
  });
}

/**
 * The guide's samples as they are printed there; changed ones keep its layout.
 * @throws AppError `sample/unknown-path`
 */
export function composeGuideSamples(
  topics: readonly GuideTopic[],
  changes: Changes,
  workspaceId = SOME_WORKSPACE,
): readonly Delivery[] {
  return (topics.length > 0 ? topics : GUIDE_TOPICS).map((name) => composeGuideSample(name, changes, workspaceId));
}

function composeGuideSample(name: GuideTopic, changes: Changes, workspaceId: string): Delivery {
  const printed = JSON.parse(guideSample(name, workspaceId)) as JsonObject;
  const notification = change(printed, changes, name);
  const body = bytesOf(JSON.stringify(notification, null, 2));
  return { ...told(requireTopic(name), notification), body, origin: null, basis: null };
}

/** The user's bytes, untouched, under whatever topic they name. */
export function composeData(body: Uint8Array): Delivery & { readonly problem: string | null } {
  const parsed = parseNotification(body);
  if (!parsed.ok) {
    return {
      topic: null,
      notificationId: null,
      body,
      origin: null,
      basis: null,
      currentName: null,
      problem: parsed.problem,
    };
  }
  const { topic: name, id } = parsed.notification;
  const topic = findTopic(name);
  const about = {
    topic: shown(name),
    notificationId: id === null ? null : shown(id),
    currentName: topic ? currentNameOf(topic) : null,
  };
  return { ...about, body, origin: null, basis: null, problem: null };
}

/** Bytes may come from anywhere, and what they name is printed. */
function shown(text: string): string {
  return shorten(cleanLine(text), 100);
}

function change(sample: JsonObject, { assignments, id }: Changes, topic: string): JsonObject {
  const changed = applyAssignments(sample, assignments, `the sample of ${topic}`);
  return id === undefined ? changed : { ...changed, id };
}

function told(topic: Topic, notification: JsonObject): Pick<Delivery, 'topic' | 'notificationId' | 'currentName'> {
  const { id } = notification;
  return {
    topic: topic.name,
    notificationId: typeof id === 'string' ? id : null,
    currentName: currentNameOf(topic),
  };
}

function currentNameOf(topic: Topic): string | null {
  return isLegacyName(topic) || isOtherSpelling(topic) ? (topic.currentName ?? null) : null;
}

function pickOrigin({ origin, basis }: ChosenTopic['shape']): Pick<Delivery, 'origin' | 'basis'> {
  return { origin, basis };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
