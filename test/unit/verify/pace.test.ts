import { describe, expect, test } from 'vitest';
import type { Exchange, HeaderList } from '../../../src/base/ports.ts';
import { createPace } from '../../../src/verify/pace.ts';
import { exchange } from '../../support/exchanges.ts';
import { scriptedClock } from '../../support/scripted.ts';

const { signal } = new AbortController();

function lab(answers: readonly (readonly [status: number, headers?: HeaderList])[]) {
  const clock = scriptedClock();
  const pace = createPace(clock);
  const startedAt = clock.monotonic();
  const at: number[] = [];
  const send = async (): Promise<Exchange> => {
    at.push(clock.monotonic() - startedAt);
    const [status, headers = []] = answers[at.length - 1] ?? [200];
    return exchange(status, { headers });
  };
  return { pace, at, go: (isBurst = false) => pace.send(send, signal, isBurst) };
}

const after = (seconds: string): HeaderList => [['Retry-After', seconds]];

describe('a rate limit', () => {
  test('is waited for as long as it asks, and the request goes out once more', async () => {
    const { go, at, pace } = lab([[429, after('3')], [200]]);
    expect(await go()).toMatchObject({ status: 200 });
    expect([at, pace.wasSlowed()]).toEqual([[0, 3000], true]);
  });

  test('without a word about the time is given a second', async () => {
    const { go, at } = lab([[429], [200]]);
    await go();
    expect(at).toEqual([0, 1000]);
  });

  test.each([
    ['3 s behind the clock of the receiver', 'Sat, 10 Jan 2026 08:00:03 GMT', 3000],
    ['in the past', 'Sat, 10 Jan 2026 07:00:00 GMT', 150],
  ])('that names a date %s is waited for until then', async (_, date, ms) => {
    const { go, at } = lab([[429, [...after(date), ['Date', 'Sat, 10 Jan 2026 08:00:00 GMT']]], [200]]);
    await go();
    expect(at).toEqual([0, ms]);
  });

  test('that names a date without saying what time it is there is measured by the clock here', async () => {
    const inTwoSeconds = new Date(scriptedClock().now() + 2000).toUTCString();
    const { go, at } = lab([[429, after(inTwoSeconds)], [200]]);
    await go();
    expect(at).toEqual([0, 2000]);
  });

  test('that names a date too far away is not waited for', async () => {
    const { go, at } = lab([[429, after('Fri, 31 Dec 9999 23:59:59 GMT')]]);
    expect(await go()).toMatchObject({ status: 429 });
    expect(at).toEqual([0]);
  });

  test('that refuses again is the answer', async () => {
    const { go, at } = lab([[429], [429]]);
    expect(await go()).toMatchObject({ status: 429 });
    expect(at).toHaveLength(2);
  });

  test('makes all that comes later go at a distance', async () => {
    const { go, at } = lab([[429], [200], [200], [200]]);
    await go();
    await go();
    await go();
    expect(at.slice(1).map((ms, nth) => ms - (at[nth] ?? 0))).toEqual([1000, 150, 150]);
  });

  test('that asks for a minute is not waited for', async () => {
    const { go, at, pace } = lab([[429, after('60')]]);
    expect(await go()).toMatchObject({ status: 429 });
    expect([at, pace.wasSlowed()]).toEqual([[0], false]);
  });

  test('costs 45 s of waiting in a run and not much more', async () => {
    const { go, at } = lab(Array.from({ length: 60 }, () => [429, after('10')] as const));
    for (let nth = 0; nth < 20; nth += 1) await go();
    expect(at.at(-1)).toBeLessThan(70_000);
  });

  test('met by a burst is left to whoever sent it, who knows that there is a pause', async () => {
    const { go, at, pace } = lab([[429]]);
    expect(await go(true)).toMatchObject({ status: 429 });
    expect([at.length, pace.isPaused()]).toEqual([1, true]);
  });
});

describe('503', () => {
  test('where it worked before is a limit as well: nginx says it so', async () => {
    const { go, at } = lab([[401], [503], [401]]);
    await go();
    expect(await go()).toMatchObject({ status: 401 });
    expect(at).toHaveLength(3);
  });

  test('that stays is the answer, after a second try', async () => {
    const { go, at } = lab([[401], [503], [503], [503], [503]]);
    await go();
    expect(await go()).toMatchObject({ status: 503 });
    expect(at).toHaveLength(4);
  });

  test('where nothing worked yet is an answer', async () => {
    const { go, at } = lab([[503]]);
    expect(await go()).toMatchObject({ status: 503 });
    expect(at).toHaveLength(1);
  });
});
