import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Random } from '../../../src/base/ports.ts';
import { chooseTopics } from '../../../src/deliver/choose-topics.ts';
import {
  type Chance,
  composeData,
  composeGuideSamples,
  composeSamples,
  type Delivery,
} from '../../../src/deliver/compose.ts';
import { parseAssignment } from '../../../src/deliver/set-path.ts';
import { guideSample } from '../../../src/intercom/samples/guide.ts';
import { seededRandom } from '../../../src/intercom/samples/seeded-random.ts';

const PAYLOADS = join(import.meta.dirname, '../../fixtures/payloads');
const NOW_MS = Date.UTC(2026, 5, 1);
/** Never the same twice, as the system's. */
let draws = 0;
const system: Random = { bytes: (count) => seededRandom(`draw ${(draws += 1)}`).bytes(count) };
const chance = (seed?: string): Chance => ({ seed, random: system, nowMs: NOW_MS });
const UNCHANGED = { assignments: [], id: undefined };

function compose(
  names: readonly string[],
  seed?: string,
  changes: Parameters<typeof composeSamples>[3] = UNCHANGED,
): readonly Delivery[] {
  const chosen = chooseTopics({ names, all: false, version: undefined });
  return composeSamples(chosen, '2.18', chance(seed), changes, undefined);
}
const text = (delivery: Delivery | undefined): string => Buffer.from(delivery?.body ?? []).toString();
const parsed = (delivery: Delivery | undefined): Record<string, unknown> => JSON.parse(text(delivery)) as never;

describe('samples', () => {
  test('have a fresh id and the time of the run without a seed', () => {
    const [one, two] = [compose(['contact.deleted']), compose(['contact.deleted'])].map(([delivery]) => delivery);
    expect(one?.notificationId).not.toBe(two?.notificationId);
    expect(parsed(one)).toMatchObject({ created_at: NOW_MS / 1000, id: one?.notificationId });
  });

  test('are the same bytes under the same seed, alone or among others, and two of one kind differ', () => {
    const [alone] = compose(['contact.deleted'], 'x');
    const [, among, again] = compose(['ping', 'contact.deleted', 'contact.deleted'], 'x');
    expect(text(among)).toBe(text(alone));
    expect(again?.notificationId).not.toBe(among?.notificationId);
    expect(text(compose(['contact.deleted'], 'y')[0])).not.toBe(text(alone));
  });

  test('carry the workspace that is configured', () => {
    const chosen = chooseTopics({ names: ['ping'], all: false, version: undefined });
    const [delivery] = composeSamples(chosen, '2.18', chance(), UNCHANGED, 'abc123de');
    expect(parsed(delivery)).toMatchObject({ app_id: 'abc123de' });
  });

  test('are changed by --set and --id, a ping too', () => {
    const changes = { assignments: [parseAssignment('data.item.message=Hello')], id: 'notif_1' };
    const [delivery] = compose(['ping'], undefined, changes);
    expect(parsed(delivery)).toMatchObject({ id: 'notif_1', data: { item: { message: 'Hello' } } });
    expect(delivery?.notificationId).toBe('notif_1');
  });

  test('say what current versions call an old name', () => {
    expect(compose(['user.created', 'contact.archive', 'ping']).map(({ currentName }) => currentName)).toEqual([
      'contact.user.created',
      'contact.archived',
      null,
    ]);
  });
});

describe("the guide's samples", () => {
  test('are its bytes when nothing is changed', () => {
    const [one, two] = composeGuideSamples([], UNCHANGED, 'abc123de');
    expect([text(one), text(two)]).toEqual([
      guideSample('user.created', 'abc123de'),
      guideSample('conversation.user.created', 'abc123de'),
    ]);
  });

  test('keep their layout when something is', () => {
    const [delivery] = composeGuideSamples(['user.created'], { ...UNCHANGED, id: 'notif_2' });
    expect(text(delivery)).toBe(guideSample('user.created', 'x7k2p9qd').replace('notif_abc123', 'notif_2'));
  });
});

describe('data', () => {
  test.each(['ping.spaced.json', 'user.created.json'])('%s is left as it is', (file) => {
    const body = readFileSync(join(PAYLOADS, file));
    expect(composeData(body)).toMatchObject({ body, problem: null, origin: null });
  });

  test('names its topic, and what it is called today', () => {
    const body = readFileSync(join(PAYLOADS, 'user.created.json'));
    expect(composeData(body)).toMatchObject({ topic: 'user.created', currentName: 'contact.user.created' });
  });

  test('cannot speak to a terminal through what it names', () => {
    const hostile = { type: 'notification_event', topic: '\u001b[2Jping\u202e', id: `\u0007${'x'.repeat(500)}` };
    const { topic, notificationId, body } = composeData(new TextEncoder().encode(JSON.stringify(hostile)));
    expect(topic).toBe('ping');
    expect(notificationId).toMatch(/^x{99}…$/);
    expect(Buffer.from(body).toString()).toBe(JSON.stringify(hostile));
  });

  test.each([
    ['', 'it is empty'],
    ['[]', 'it is JSON, but not an object'],
    ['{', 'it is not JSON'],
  ])('"%s" is no notification, and is sent all the same', (given, problem) => {
    const body = new TextEncoder().encode(given);
    expect(composeData(body)).toMatchObject({ topic: null, notificationId: null, body, problem });
  });
});
