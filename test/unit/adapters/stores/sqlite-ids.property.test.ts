import Database from 'libsql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEngine } from '../../../../src/adapters/stores/sqlite-engine.ts';
import { prepareFile } from '../../../../src/adapters/stores/sqlite-file.ts';
import { createIdFilter } from '../../../../src/adapters/stores/sqlite-id-filter.ts';
import { createKnownIds } from '../../../../src/adapters/stores/sqlite-ids.ts';
import { freshPath } from '../../../support/inbox.ts';

/** Who adds events to a file, with sizes so small that ids are always on their way from one place to another. */
function createWriter(file: string) {
  const database = new Database(file);
  const filter = createIdFilter(database, { fewest: 16, most: 256, portion: 40 });
  const known = createKnownIds(database, filter, { fewest: 8, most: 12 });
  const add = (keys: readonly string[]): number[] => {
    const [[last]] = database.prepare("select value from totals where name = 'sequence'").raw().all() as [[number]];
    let next = last;
    known.begin(last, keys);
    const found = keys.map((key) => {
      const sequence = known.claim(key, next + 1);
      if (sequence !== next + 1) return sequence;
      next += 1;
      database
        .prepare(
          "insert into events (sequence, notification_id, topic, received_at, due_at) values (?, ?, 'ping', 1, 0)",
        )
        .run([next, key]);
      return next;
    });
    database.prepare("update totals set value = ? where name = 'sequence'").run([next]);
    known.end(next, next - last);
    return found;
  };
  return {
    add(keys: readonly string[]): number[] {
      database.exec('begin immediate');
      const found = add(keys);
      database.exec('commit');
      return found;
    },
    addInVain(keys: readonly string[]): void {
      database.exec('begin immediate');
      add(keys);
      database.exec('rollback');
      known.forget();
    },
    close: () => database.close(),
  };
}

const keys = fc.array(
  fc.nat(150).map((number) => `notif_${number}`),
  { minLength: 1, maxLength: 12 },
);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('add'), who: fc.nat(1), keys }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add in vain'), who: fc.nat(1), keys }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('prune'), who: fc.nat(1), keys }) },
);

test('two that add and prune, and fail now and then, know every id under its first number', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
      const file = freshPath();
      await prepareFile(file);
      const engine = openEngine(file, 'write', 1000);
      const writers = [createWriter(file), createWriter(file)];
      const expected = new Map<string, number>();
      for (const { kind, who, keys: given } of steps) {
        if (kind === 'prune') engine.removeSome({ states: ['received'], before: Infinity }, 0, 0);
        else if (kind === 'add in vain') writers[who]?.addInVain(given);
        else {
          for (const key of given) if (!expected.has(key)) expected.set(key, expected.size + 1);
          expect(writers[who]?.add(given)).toEqual(given.map((key) => expected.get(key)));
        }
      }
      for (const writer of writers) writer.close();
      engine.close();
    }),
    { numRuns: 100 },
  );
});
