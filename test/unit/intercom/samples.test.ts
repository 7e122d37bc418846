import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isObject, type JsonObject, type JsonValue } from '../../../src/base/json.ts';
import { parseNotification } from '../../../src/intercom/notification.ts';
import { guideSample } from '../../../src/intercom/samples/guide.ts';
import { buildSample, createStage, ITEM_BUILDERS } from '../../../src/intercom/samples/index.ts';
import { seededRandom } from '../../../src/intercom/samples/seeded-random.ts';
import { findShape, type Shape, SHAPES } from '../../../src/intercom/samples/shapes.ts';
import {
  API_VERSIONS,
  type ApiVersion,
  findTopic,
  isAtLeast,
  NEWEST_API_VERSION,
  TOPICS,
  topicsInVersion,
} from '../../../src/intercom/topics.ts';

const PAYLOADS = join(import.meta.dirname, '../../fixtures/payloads');
const NOW_MS = Date.UTC(2026, 0, 10, 8, 0, 0, 240);

function sample(topic: string, version: ApiVersion, seed = 'seed'): JsonObject {
  const shape = findShape(topic, version);
  if (!shape) throw new Error(`no shape for ${topic} in ${version}`);
  const random = seededRandom(seed);
  return buildSample(createStage(random, NOW_MS), { shape, version, random });
}

const item = (notification: JsonObject): JsonObject => (notification['data'] as { item: JsonObject }).item;
const fixture = (file: string): JsonObject => JSON.parse(readFileSync(join(PAYLOADS, file), 'utf8')) as JsonObject;

/** Every place in a value with the kind of what stands there; places in lists have no index, so lists may differ in length. */
function structure(value: JsonValue, path = ''): readonly string[] {
  if (Array.isArray(value)) return [`${path}[]`, ...value.flatMap((entry) => structure(entry, `${path}[]`))];
  if (isObject(value)) {
    return [`${path}{}`, ...Object.entries(value).flatMap(([name, entry]) => structure(entry, `${path}.${name}`))];
  }
  return [`${path}: ${value === null ? 'null' : typeof value}`];
}
const sameStructure = (one: JsonObject, other: JsonObject): void =>
  expect([...new Set(structure(one))]).toEqual([...new Set(structure(other))]);

describe('a sample has exactly the fields, in order, and the kinds of values of', () => {
  test.each([
    ['ping.json', 'ping', NEWEST_API_VERSION],
    ['ping.spaced.json', 'ping', '1.0'],
    ['user.created.json', 'user.created', NEWEST_API_VERSION],
    ['user.deleted.json', 'user.deleted', NEWEST_API_VERSION],
    ['user.unsubscribed.json', 'user.unsubscribed', NEWEST_API_VERSION],
    ['contact.created.json', 'contact.created', NEWEST_API_VERSION],
    ['contact.user.created.json', 'contact.user.created', NEWEST_API_VERSION],
    ['contact.lead.created.json', 'contact.lead.created', NEWEST_API_VERSION],
    ['contact.deleted.json', 'contact.deleted', NEWEST_API_VERSION],
    ['contact.unsubscribed.json', 'contact.unsubscribed', '2.7'],
    ['contact.unsubscribed.json', 'contact.unsubscribed', NEWEST_API_VERSION],
    ['granular.unsubscribe.json', 'granular.unsubscribe', NEWEST_API_VERSION],
    ['company.created.json', 'company.created', NEWEST_API_VERSION],
    ['company.deleted.json', 'company.deleted', NEWEST_API_VERSION],
    ['company.contact.attached.json', 'company.contact.attached', NEWEST_API_VERSION],
    ['conversation.user.created.json', 'conversation.user.created', '2.4'],
    ['conversation.user.replied.json', 'conversation.user.replied', '2.4'],
    ['conversation.admin.replied.json', 'conversation.admin.replied', '2.4'],
    ['conversation.admin.assigned.json', 'conversation.admin.assigned', '2.4'],
    ['conversation.admin.closed.json', 'conversation.admin.closed', '2.4'],
    ['conversation.admin.noted.json', 'conversation.admin.noted', '2.4'],
    ['conversation.operator.replied.json', 'conversation.operator.replied', '2.14'],
    ['conversation_part.redacted.json', 'conversation_part.redacted', '2.14'],
    ['conversation.deleted.json', 'conversation.deleted', NEWEST_API_VERSION],
    ['ticket.created.json', 'ticket.created', '2.14'],
    ['event.created.json', 'event.created', NEWEST_API_VERSION],
    ['composed/conversation.user.created.json', 'conversation.user.created', NEWEST_API_VERSION],
    ['composed/conversation.user.replied.json', 'conversation.user.replied', NEWEST_API_VERSION],
    ['composed/conversation.admin.replied.json', 'conversation.admin.replied', NEWEST_API_VERSION],
    ['composed/conversation.admin.assigned.json', 'conversation.admin.assigned', NEWEST_API_VERSION],
    ['composed/conversation.admin.closed.json', 'conversation.admin.closed', NEWEST_API_VERSION],
  ] as const)('%s (%s, API %s)', (file, topic, version) => {
    sameStructure(sample(topic, version), fixture(file));
    expect(item(sample(topic, version))['type']).toBe(item(fixture(file))['type']);
  });

  test('every fixture stands for a topic that has a sample', () => {
    const files = readdirSync(PAYLOADS).filter((file) => file.endsWith('.json'));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const topic = fixture(file)['topic'] as string;
      expect(SHAPES.map((shape) => shape.topic)).toContain(topic);
    }
  });

  test.each(['user.created', 'conversation.user.created'] as const)("the guide's %s", (topic) => {
    sameStructure(JSON.parse(guideSample(topic, 'x7k2p9qd')) as JsonObject, fixture(`guide/${topic}.json`));
  });
});

test("the guide's sample is what the guide prints, with the workspace filled in", () => {
  const printed = guideSample('user.created', 'x7k2p9qd');
  expect(printed.split('\n').slice(0, 3)).toEqual(['{', '  "type": "notification_event",', '  "app_id": "x7k2p9qd",']);
  expect(JSON.stringify(JSON.parse(printed), null, 2)).toBe(printed);
  expect(printed).toContain('"name": "John Doe"');
  expect(guideSample('user.created', 'a"$&b')).toContain('"app_id": "a\\"$&b"');
});

/** Each shape once per range of versions, in the first and the last version that it holds for. */
const everywhere = SHAPES.flatMap((shape) => {
  const versions = API_VERSIONS.filter((version) => findShape(shape.topic, version) === shape);
  return [...new Set([versions.at(0), versions.at(-1)])].map((version) => [shape.topic, version, shape] as const);
});

describe('the catalogue', () => {
  test('every topic has one shape at most in a version, and every shape a topic and a version', () => {
    for (const [topic, version, shape] of everywhere) {
      expect(findTopic(topic), topic).toBeDefined();
      expect(version, `${topic} (${shape.item})`).toBeDefined();
    }
    for (const version of API_VERSIONS) {
      for (const { topic } of SHAPES) {
        const holding = SHAPES.filter((shape) => shape.topic === topic && findShape(topic, version) === shape);
        expect(holding.length, `${topic} in ${version}`).toBeLessThan(2);
      }
    }
  });

  test('what has no sample is what nobody knows the shape of', () => {
    const without = TOPICS.map(({ name }) => name).filter((name) => !SHAPES.some(({ topic }) => topic === name));
    expect([...new Set(without.map((name) => name.replace(/\..*/, '')))].toSorted()).toEqual(
      (
        'api article audience call company contact content_import_source content_snippet content_stat conversation ' +
        'data_connector job messenger procedure ticket user'
      ).split(' '),
    );
    expect(without.filter((name) => /^(?:company|contact|conversation|ticket|user)/.test(name)).toSorted()).toEqual([
      'company',
      'contact',
      'conversation',
      'conversation.admin.replied.translated',
      'ticket.admin.replied.translated',
      'ticket.rating.provided',
      'user',
    ]);
  });

  test.each(API_VERSIONS)('API %s has samples, and none of another generation', (version) => {
    const names = topicsInVersion(version).filter(({ name }) => findShape(name, version));
    expect(names.length).toBeGreaterThan(20);
    const isNew = isAtLeast(version, '2.5');
    expect(names.some(({ name }) => name === 'user.created')).toBe(!isNew);
    expect(names.some(({ name }) => name === 'contact.user.created')).toBe(isNew);
    expect(names.some(({ name }) => name === 'contact.archive')).toBe(version === '2.5');
    expect(names.some(({ name }) => name === 'contact.unarchive')).toBe(false);
  });

  test('the list of builders and the folder agree', () => {
    const files = readdirSync(join(import.meta.dirname, '../../../src/intercom/samples')).map((file) =>
      file.replace('.ts', ''),
    );
    const others = ['cast', 'conversation-model', 'conversation-part', 'dice', 'guide', 'index', 'scene'];
    const more = ['seeded-random', 'shapes', 'ticket-model'];
    expect(files.toSorted()).toEqual([...Object.keys(ITEM_BUILDERS), ...others, ...more].toSorted());
    expect(new Set(SHAPES.map((shape) => shape.item))).toEqual(new Set(Object.keys(ITEM_BUILDERS)));
  });
});

describe.each(everywhere)('%s in API %s', (topic, version, shape: Shape) => {
  const notification = sample(topic, version as ApiVersion);
  const text = JSON.stringify(notification);

  test('is a notification of its topic, with the id of its kind', () => {
    const parsed = parseNotification(text);
    expect(parsed).toMatchObject({ ok: true, notification: { topic } });
    if (topic === 'ping') expect(notification).toMatchObject({ id: null, delivery_status: null });
    else
      expect(notification['id']).toMatch(/^notif_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(notification['app_id']).toMatch(/^[a-z][a-z0-9]{7}$/);
  });

  test('says what it rests on', () => {
    expect(shape.basis).toMatch(/^[A-Za-z].*\.$/);
    expect(shape.basis.startsWith('Never captured.')).toBe(shape.origin === 'composed');
  });

  test('is about people at example.com only', () => {
    const addresses = text.match(/[\w.+-]+@[\w.-]+/g) ?? [];
    expect(addresses.filter((address) => !address.endsWith('@example.com'))).toEqual([]);
  });

  test('tells of nothing that happens after it was made, but the end of a snooze', () => {
    const now = NOW_MS / 1000;
    for (const [, seconds] of text.matchAll(/"(?!snoozed_until)\w+":(1[67]\d{8})\b/g)) {
      expect(Number(seconds)).toBeLessThanOrEqual(now);
      expect(Number(seconds)).toBeGreaterThan(now - 366 * 86_400);
    }
    for (const [iso] of text.matchAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|\+00:00)/g)) {
      expect(Date.parse(iso)).toBeLessThanOrEqual(NOW_MS);
    }
  });

  test('is made again by the same seed, and only by it', () => {
    expect(JSON.stringify(sample(topic, version as ApiVersion))).toBe(text);
    expect(JSON.stringify(sample(topic, version as ApiVersion, 'other'))).not.toBe(text);
  });

  test('has HTML up to API 2.14 and plain text since', () => {
    const bodies = [...text.matchAll(/"(?:body|subject)":"([^"]+)"/g)].map(([, body = '']) => body);
    const isLegacy = shape.item.includes('legacy');
    for (const body of bodies.filter((words) => words !== '' && words !== 'Your viewing')) {
      expect(body.startsWith('<p>')).toBe(isLegacy || !isAtLeast(version as ApiVersion, '2.15'));
    }
  });

  test('counts the parts that it holds, and dates them after what they belong to', () => {
    const whole = item(notification);
    const parent = (whole['ticket'] ?? whole) as JsonObject;
    const list = (parent['conversation_parts'] ?? parent['ticket_parts']) as JsonObject | undefined;
    if (list === undefined) return;
    const parts = (list['conversation_parts'] ?? list['ticket_parts']) as JsonObject[];
    expect(list['total_count']).toBe(parts.length);
    const times = parts.map((part) => part['created_at'] as number);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const time of times) expect(time).toBeGreaterThanOrEqual(parent['created_at'] as number);
    expect(new Set(parts.map((part) => part['id'])).size).toBe(parts.length);
  });
});

describe('shapes differ by version where Intercom says so', () => {
  test('contact.unsubscribed is the contact up to API 2.6 and wraps it since', () => {
    sameStructure(item(sample('contact.unsubscribed', '2.6')), item(sample('contact.user.created', '2.6')));
    expect(item(sample('contact.unsubscribed', '2.6'))).toMatchObject({ unsubscribed_from_emails: true });
    expect(item(sample('contact.unsubscribed', '2.7'))['type']).toBe('contact_unsubscribe');
  });

  test('ticket.closed is flat up to API 2.14 and nested since, ticket.resolved is flat', () => {
    const flat = item(sample('ticket.created', '2.14'));
    expect(Object.keys(item(sample('ticket.closed', '2.14')))).toEqual(Object.keys(flat));
    expect(item(sample('ticket.closed', '2.15'))).toMatchObject({ ticket: { type: 'ticket' } });
    expect(Object.keys(item(sample('ticket.resolved', '2.15')))).toEqual(Object.keys(flat));
  });

  test('a conversation has a user and a message up to API 2.4, contacts and a source since', () => {
    expect(item(sample('conversation.user.created', '2.4'))).toHaveProperty('conversation_message');
    expect(item(sample('conversation.user.created', '2.5'))).toHaveProperty('source');
  });

  test('a company has no plan, size, website and industry before API 2.10', () => {
    const [before, since] = (['2.9', '2.10'] as const).map((version) =>
      Object.keys(item(sample('company.updated', version))),
    );
    expect(since?.filter((name) => !before?.includes(name))).toEqual(['plan', 'size', 'website', 'industry']);
  });

  test('ticket assignees are texts, those of conversations numbers or null', () => {
    expect(item(sample('ticket.created', '2.14'))['admin_assignee_id']).toBe('0');
    expect(item(sample('conversation.admin.replied', '2.14'))['admin_assignee_id']).toBeTypeOf('number');
    expect(item(sample('conversation.user.created', '2.14'))['admin_assignee_id']).toBeNull();
  });
});

test('one run tells of the same people: who writes is who was made', () => {
  const version = '2.14';
  const stage = createStage(seededRandom('run'), NOW_MS, 'x7k2p9qd');
  const one = (topic: string): JsonObject => {
    const shape = findShape(topic, version);
    if (!shape) throw new Error(topic);
    return buildSample(stage, { shape, version, random: seededRandom(topic) });
  };
  const lead = item(one('contact.lead.created'));
  expect(item(one('conversation.user.replied'))).toMatchObject({ contacts: { contacts: [{ id: lead['id'] }] } });
  expect(one('ping')['app_id']).toBe('x7k2p9qd');
  expect(one('contact.user.created')['id']).not.toBe(one('contact.user.updated')['id']);
});
