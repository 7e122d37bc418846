import Database from 'libsql';
import { expect, onTestFinished, test } from 'vitest';
import { eventId } from '../../../../src/base/event-id.ts';
import { openEngine, type Engine } from '../../../../src/adapters/stores/sqlite-engine.ts';
import { prepareFile } from '../../../../src/adapters/stores/sqlite-file.ts';
import type { Row } from '../../../../src/adapters/stores/sqlite-rows.ts';
import { event, freshPath } from '../../../support/inbox.ts';

const row = (notificationId: string | null): Row => ({ ...event({ notificationId }), headers: Buffer.from('[]') });
/** Far apart in the order of the index, as real ids are. */
const idOf = (number: number): string => `notif_${((number * 2_654_435_761) >>> 0).toString(16)}_${number}`;
/** Several generations, so that most of the ids have gone into the index. */
const MANY = 40_000;
const BATCH = 250;

function fill(engines: readonly Engine[], from: number, upTo: number): void {
  for (let at = from; at < upTo; at += BATCH) {
    const engine = engines[(at / BATCH) % engines.length];
    const rows = Array.from({ length: BATCH }, (_, more) => row(idOf(at + more)));
    expect(engine?.addAll(rows)).toEqual(rows.map((_, more) => at + more + 1));
  }
}

async function path(): Promise<string> {
  const made = freshPath();
  await prepareFile(made);
  return made;
}

function open(file: string): Engine {
  const engine = openEngine(file, 'write', 1000);
  onTestFinished(() => engine.close());
  return engine;
}

function question(file: string, sql: string): number {
  const database = new Database(file);
  const [found] = database.prepare(sql).raw().all() as number[][];
  database.close();
  return found?.[0] ?? -1;
}

const expectKnown = (engine: Engine, numbers: readonly number[]): void =>
  expect(engine.addAll(numbers.map((number) => row(idOf(number))))).toEqual(numbers.map((number) => -(number + 1)));
const SAMPLE = Array.from({ length: 400 }, (_, at) => at * 100 + 7);

test('every id stays known, in the index and before it, also to who opens the file later', async () => {
  const file = await path();
  const engine = open(file);
  fill([engine], 0, MANY);
  const indexed = question(file, 'select count(*) from ids');
  expect(indexed).toBeGreaterThan(MANY / 2);
  expect(indexed).toBeLessThan(MANY);
  expect(question(file, "select value from totals where name = 'indexed'")).toBeLessThanOrEqual(indexed);
  expectKnown(engine, SAMPLE);
  expectKnown(open(file), SAMPLE);
  for (const number of [0, 20_000, MANY - 1]) expect(engine.get(idOf(number))?.id).toBe(eventId(number + 1));
  expect(engine.stats().events.received).toBe(MANY);
});

test('two that write one file know each other’s ids', async () => {
  const file = await path();
  const engines = [open(file), open(file)];
  fill(engines, 0, MANY);
  for (const engine of engines) expectKnown(engine, SAMPLE);
  expect(engines[0]?.stats().events.received).toBe(MANY);
});

test('an id within one commit, and the ids of events that were removed', async () => {
  const file = await path();
  const engine = open(file);
  expect(engine.addAll([row('a'), row(null), row('a'), row(null), row('b'), row('a')])).toEqual([1, 2, -1, 3, 4, -1]);
  expect(engine.removeSome({ states: ['received'], before: Infinity }, 0, 0).events).toBe(4);
  for (const other of [engine, open(file)]) {
    expect(other.addAll([row('b'), row('a')])).toEqual([-4, -1]);
    expect(other.get('a')).toBeUndefined();
  }
  expect(engine.addAll([row('c')])).toEqual([5]);
});

test('a commit that fails leaves no id behind', async () => {
  const file = await path();
  const engine = open(file);
  engine.addAll([row('before')]);
  const unfit = { ...row('bad'), body: 'not bytes' as unknown as Uint8Array };
  expect(() => engine.addAll([row('lost'), unfit])).toThrow();
  expect(engine.addAll([row('lost'), row('before'), row('bad')])).toEqual([2, -1, 3]);
});

test('pings, which have no id, move the mark on too', async () => {
  const file = await path();
  const engine = open(file);
  for (let at = 0; at < MANY; at += BATCH) engine.addAll(Array.from({ length: BATCH }, () => row(null)));
  expect(question(file, "select value from totals where name = 'indexed'")).toBeGreaterThan(MANY / 2);
});
