import { isObject, type JsonObject } from '../base/json.ts';
import { wrap } from '../base/text.ts';
import { buildSample, createStage } from '../intercom/samples/index.ts';
import { seededRandom } from '../intercom/samples/seeded-random.ts';
import { findShape, type Shape } from '../intercom/samples/shapes.ts';
import { type ApiVersion, isAtLeast, isLegacyName, isMainTopic, type Topic, versionsOf } from '../intercom/topics.ts';
import type { Output } from './context.ts';

const KNOWN_FROM: Readonly<Record<Topic['itemTypeFrom'], string>> = {
  capture: 'seen in a delivery',
  'reference example': "printed in Intercom's reference",
  'assumed from the reference table': "assumed from the tables of Intercom's reference",
};
/** The page is the same whenever it is asked for: 10 January 2026. */
const SAMPLE_TIME_MS = 1_768_032_000_240;

interface ShownSample {
  /** Whose shape it is: a name that ended with 2.4 has that of 2.4, whatever version was asked for. */
  readonly version: ApiVersion;
  readonly shape: Shape;
  readonly notification: JsonObject;
}

function sampleOf(topic: Topic, version: ApiVersion): ShownSample | undefined {
  const shape = findShape(topic.name, version);
  if (!shape) return undefined;
  const random = seededRandom(topic.name);
  const stage = createStage(random, SAMPLE_TIME_MS, 'x7k2p9qd');
  const own = isLegacyName(topic) && isAtLeast(version, '2.5') ? '2.4' : version;
  return { version: own, shape, notification: buildSample(stage, { shape, version, random }) };
}

export function topicText(topic: Topic, version: ApiVersion, { paint, columns }: Output): string {
  const sample = sampleOf(topic, version);
  const rows: readonly (readonly [string, string])[] = [
    ['group', topic.group],
    ['old name', topic.legacyName === topic.name ? '' : (topic.legacyName ?? '')],
    ['current name', topic.currentName === topic.name ? '' : (topic.currentName ?? '')],
    ['API versions', versionsOf(topic)],
    ['permission', topic.permissions.join(', or ') || 'not established'],
    ['scopes', (topic.scopes ?? []).join(', ')],
    ['in the Hub', topic.hubLabel ?? ''],
    ['item type', itemTypeText(topic, sample)],
    ['note', topic.note ?? ''],
    ['certainty', topic.confidence],
  ];
  return [
    paint.bold(topic.name),
    wrap(topic.meaning, columns, '  '),
    '',
    ...rows.filter(([, value]) => value !== '').map(([label, value]) => field(label, value, columns)),
    ...topic.sources.map((source, at) => field(at === 0 ? 'sources' : '', source, columns)),
    '',
    ...sampleText(topic, version, sample, columns),
  ].join('\n');
}

function field(label: string, value: string, columns: number): string {
  const indent = ' '.repeat(16);
  return `  ${label.padEnd(14)}${wrap(value, columns, indent).trimStart()}`;
}

function itemTypeText({ itemType, itemTypeFrom }: Topic, sample: ShownSample | undefined): string {
  if (itemType === '*') return 'none: nothing is delivered under this name';
  const listed = `${itemType ?? 'none'} (${KNOWN_FROM[itemTypeFrom]})`;
  const shown = sample && itemTypeOf(sample.notification);
  if (shown === undefined || shown === itemType) return listed;
  return `${listed}; the sample has ${shown === null ? 'no type' : shown}`;
}

function itemTypeOf({ data }: JsonObject): string | null {
  const item = isObject(data) ? data['item'] : undefined;
  const type = isObject(item) ? item['type'] : undefined;
  return typeof type === 'string' ? type : null;
}

function sampleText(
  topic: Topic,
  version: ApiVersion,
  sample: ShownSample | undefined,
  columns: number,
): readonly string[] {
  if (sample === undefined) {
    if (isMainTopic(topic)) return ['  No sample: it stood for all topics below it.'];
    return [
      wrap(`No sample: its shape${version === 'Preview' ? '' : ` in API ${version}`} is not known.`, columns, '  '),
      '  Send one that you captured: propiq-intercom send-test --data @notification.json',
    ];
  }
  const { origin, basis } = sample.shape;
  return [
    wrap(`Sample (API ${sample.version}), ${origin}. ${basis}`, columns, '  '),
    '',
    JSON.stringify(sample.notification, null, 2),
  ];
}

export function topicJson(topic: Topic, version: ApiVersion): JsonObject {
  const sample = sampleOf(topic, version);
  return {
    name: topic.name,
    group: topic.group,
    meaning: topic.meaning,
    permissions: [...topic.permissions],
    scopes: [...(topic.scopes ?? [])],
    legacyName: topic.legacyName ?? null,
    currentName: topic.currentName ?? null,
    versions: versionsOf(topic),
    hubLabel: topic.hubLabel ?? null,
    itemType: topic.itemType,
    itemTypeFrom: topic.itemTypeFrom,
    note: topic.note ?? null,
    confidence: topic.confidence,
    sources: [...topic.sources],
    sample: sample
      ? {
          apiVersion: sample.version,
          origin: sample.shape.origin,
          basis: sample.shape.basis,
          notification: sample.notification,
        }
      : null,
  };
}
