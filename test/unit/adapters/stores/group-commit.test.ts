import { describe, expect, test } from 'vitest';
import { createGroupCommit, type GroupCommitOptions } from '../../../../src/adapters/stores/group-commit.ts';
import { failureOf } from '../../../support/http.ts';

/** A group commit whose commits end when told. */
function controlled(changed: Partial<GroupCommitOptions<string, string>> = {}) {
  const batches: (readonly string[])[] = [];
  const gates: { done: () => void; failed: (cause: unknown) => void }[] = [];
  const group = createGroupCommit<string, string>({
    commit: (items) =>
      new Promise((resolve, reject) => {
        batches.push(items);
        gates.push({ done: () => resolve(items.map((item) => `${item}!`)), failed: reject });
      }),
    sizeOf: (item) => item.length,
    maxWaiting: 5,
    maxWaitingBytes: 20,
    ...changed,
  });
  return { group, batches, gates };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (): Promise<void> => {
  await turn();
  await turn();
};

describe('a group commit', () => {
  test('takes what arrives in one turn together', async () => {
    const { group, batches, gates } = controlled();
    const results = Promise.all(['a', 'b', 'c'].map((item) => group.add(item)));
    await turns();
    expect(batches).toEqual([['a', 'b', 'c']]);
    gates[0]?.done();
    expect(await results).toEqual(['a!', 'b!', 'c!']);
  });

  test('lets what arrives while it runs wait for the next one, and answers nobody before', async () => {
    const { group, batches, gates } = controlled();
    const first = group.add('a');
    await turns();
    let isAnswered = false;
    const later = Promise.all([group.add('b'), group.add('c')]).finally(() => (isAnswered = true));
    await turns();
    expect(batches).toEqual([['a']]);
    gates[0]?.done();
    expect(await first).toBe('a!');
    await turns();
    expect(batches).toEqual([['a'], ['b', 'c']]);
    expect(isAnswered).toBe(false);
    gates[1]?.done();
    expect(await later).toEqual(['b!', 'c!']);
  });

  test('hands a second commit over when enough have gathered, and no third', async () => {
    const { group, batches, gates } = controlled({ maxWaiting: 1000, maxWaitingBytes: 1000 });
    const results = Promise.all(Array.from({ length: 50 }, (_, at) => group.add(String(at))));
    expect(batches.map(({ length }) => length)).toEqual([16, 16]);
    await turns();
    expect(batches).toHaveLength(2);
    gates[0]?.done();
    await turns();
    expect(batches.map(({ length }) => length)).toEqual([16, 16, 18]);
    gates[1]?.done();
    gates[2]?.done();
    expect(await results).toEqual(Array.from({ length: 50 }, (_, at) => `${at}!`));
  });

  test('fails those of the commit that failed, and goes on with the next', async () => {
    const { group, gates } = controlled();
    const failed = Promise.allSettled([group.add('a'), group.add('b')]);
    await turns();
    const next = group.add('c');
    gates[0]?.failed(new Error('disk'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turns();
    gates[1]?.done();
    expect(await next).toBe('c!');
  });

  test.each([
    ['items', ['a', 'b', 'c', 'd', 'e'], 'f'],
    ['bytes', ['aaaaaaaaaa', 'bbbbbbbbb'], 'cc'],
  ])('refuses what is too much by its %s, and takes more once there is room', async (_, fits, more) => {
    const { group, batches, gates } = controlled();
    const waiting = Promise.all(fits.map((item) => group.add(item)));
    expect(await failureOf(group.add(more))).toMatchObject({ code: 'inbox/busy', exitCode: 5 });
    await turns();
    expect(batches).toEqual([fits]);
    const taken = group.add(more);
    gates[0]?.done();
    await waiting;
    await turns();
    gates[1]?.done();
    expect(await taken).toBe(`${more}!`);
  });

  test('takes one that is larger than the bound when nothing else waits', async () => {
    const { group, gates } = controlled();
    const large = group.add('x'.repeat(100));
    await turns();
    gates[0]?.done();
    expect(await large).toHaveLength(101);
  });

  test('is closed when all that waited was committed, and takes nothing after', async () => {
    const { group, gates } = controlled();
    const waiting = group.add('a');
    let isClosed = false;
    const closing = group.close().then(() => (isClosed = true));
    expect(await failureOf(group.add('b'))).toMatchObject({ code: 'inbox/busy', why: 'It is being closed.' });
    await turns();
    expect(isClosed).toBe(false);
    gates[0]?.done();
    await closing;
    expect(await waiting).toBe('a!');
  });
});
