import Database from 'libsql';
import { expect, test } from 'vitest';
import { createIdFilter } from '../../../../src/adapters/stores/sqlite-id-filter.ts';

const PORTION = 1000;
const ids = (prefix: string): string[] => Array.from({ length: 5000 }, (_, at) => `${prefix}_${at}`);

test('suspects all ids that are known, and of new ones few once it has seen the whole index', () => {
  const database = new Database(':memory:');
  database.exec('create table ids (notification_id text primary key, sequence integer not null) strict, without rowid');
  const insert = database.prepare('insert into ids values (?, 1)');
  for (const id of ids('indexed')) insert.run([id]);
  const filter = createIdFilter(database, { fewest: 2 ** 14, most: 2 ** 14, portion: PORTION });
  for (let seen = 0; seen <= 5000; seen += PORTION) {
    expect(filter.suspects(ids('new'))).toHaveLength(5000);
    filter.learn(10_000, () => ids('on the way'));
  }
  for (const id of ids('added')) filter.add(id);
  for (const known of ['indexed', 'on the way', 'added']) expect(filter.suspects(ids(known))).toEqual(ids(known));
  expect(filter.suspects(ids('new')).length).toBeLessThan(100);
  filter.restart();
  expect(filter.suspects(ids('new'))).toHaveLength(5000);
});
