import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Http } from '../../../src/base/ports.ts';
import { createCourier } from '../../../src/deliver/sandbox/courier.ts';
import { createGate } from '../../../src/deliver/sandbox/gate.ts';
import type { DeliveryHappening, Happening } from '../../../src/deliver/sandbox/happenings.ts';
import { createPace } from '../../../src/deliver/sandbox/pace.ts';
import { newSubscription } from '../../../src/deliver/sandbox/subscriptions.ts';
import { createTally } from '../../../src/deliver/sandbox/tally.ts';
import { judgeRun, verdictJson } from '../../../src/deliver/sandbox/verdict.ts';
import { exchange } from '../../support/exchanges.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const MINUTE = 60_000;
const subscription = (): ReturnType<typeof newSubscription> =>
  newSubscription({
    id: 'nsub_1',
    via: 'hub',
    createdAt: 0,
    url: new URL('http://127.0.0.1:9/'),
    topics: ['ping'],
    eventNames: [],
    key: undefined,
  });

interface Answered {
  /** Null: none came. */
  readonly status: number | null;
  readonly ms: number;
}

function simulate(answers: readonly Answered[], timeScale = 1) {
  const clock = virtualClock();
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const happenings: Happening[] = [];
  const tally = createTally();
  let asked = 0;
  const http: Http = {
    async send(request, { signal }) {
      const { status, ms } = answers[asked++ % answers.length] ?? { status: 200, ms: 1 };
      await clock.sleep(ms, signal);
      if (status === null) throw new AppError('net/no-answer', { what: 'no answer', why: 'None came.', hint: 'Wait.' });
      return { ...exchange(status), request, address: '127.0.0.1:9' };
    },
  };
  const tell = (happening: Happening): void => {
    tally.count(happening);
    happenings.push(happening);
  };
  const pace = createPace(clock, timeScale);
  const courier = createCourier({ http, clock, pace, signal: stop.signal, tell, answerTimeoutMs: 5000 });
  return { clock, stop, happenings, tally, courier, pace };
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

describe('no notification is lost count of', () => {
  const answer = fc.record({ status: fc.constantFrom(200, 200, 204, 302, 401, 410, 429, 500, null), ms: fc.nat(5000) });
  const posting = fc.record({
    gapMs: fc.nat(30 * MINUTE),
    delayMs: fc.nat(10_000),
    duplicateAfterMs: fc.option(fc.nat(10_000), { nil: undefined }),
  });

  test('created = delivered + lost + dropped + pending, at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 20 }),
        fc.array(posting, { maxLength: 30 }),
        fc.nat(6 * 60 * MINUTE),
        fc.boolean(),
        async (answers, postings, stopAfterMs, isRemoved) => {
          const { clock, stop, tally, courier, pace } = simulate(answers);
          const to = subscription();
          let created = 0;
          const balance = (): void => {
            const read = tally.read(created, courier.waiting.notifications);
            expect(read.created).toBe(
              read.delivered + read.lost + sum(read.dropped as Record<string, number>) + read.pending,
            );
            expect(read.attempts).toBe(sum(read.answers));
          };
          for (const { gapMs, ...how } of postings) {
            courier.post({ subscription: to, topic: 'ping', notification: { id: null }, ...how });
            created += 1;
            await clock.run(gapMs);
            balance();
          }
          if (isRemoved) to.isRemoved = true;
          await clock.run(stopAfterMs);
          balance();
          stop.abort(new Error('over'));
          await courier.quiet();
          balance();
          expect(() =>
            verdictJson(judgeRun(tally.read(created, courier.waiting.notifications), pace.now())),
          ).not.toThrow();
        },
      ),
      { numRuns: 150 },
    );
  });

  test('all have a fate in the end, where nobody stops it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 20 }),
        async (answers, many) => {
          const { clock, tally, courier } = simulate(answers);
          const to = subscription();
          for (let at = 0; at < many; at += 1)
            courier.post({
              subscription: to,
              topic: 'ping',
              notification: {},
              delayMs: 0,
              duplicateAfterMs: undefined,
            });
          await clock.run();
          expect(courier.waiting).toEqual({ notifications: 0, all: 0 });
          const read = tally.read(many, 0);
          expect(read.delivered + read.lost + sum(read.dropped as Record<string, number>)).toBe(many);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('time', () => {
  test.each([1, 60, 10_000])('a retry comes a minute later, at %i times the speed', async (timeScale) => {
    const { clock, courier, happenings } = simulate([{ status: 500, ms: 0 }], timeScale);
    const startedAt = clock.monotonic();
    courier.post({
      subscription: subscription(),
      topic: 'ping',
      notification: {},
      delayMs: 0,
      duplicateAfterMs: undefined,
    });
    await clock.run();
    const [first, second, ...more] = happenings.filter((one) => one.kind === 'delivery');
    expect([(second?.at ?? 0) - (first?.at ?? 0), more.length]).toEqual([MINUTE, 0]);
    expect(clock.monotonic() - startedAt).toBeCloseTo(MINUTE / timeScale);
  });

  test('how long an answer took is ours, whatever the speed', async () => {
    const { clock, courier, happenings } = simulate([{ status: 200, ms: 400 }], 1000);
    courier.post({
      subscription: subscription(),
      topic: 'ping',
      notification: {},
      delayMs: 0,
      duplicateAfterMs: undefined,
    });
    await clock.run();
    expect(happenings.map((one) => (one as DeliveryHappening).durationMs)).toEqual([400]);
  });
});

test('what there is no room for is dropped, told and counted', async () => {
  const { courier, happenings } = simulate([{ status: 200, ms: 1000 }]);
  const to = subscription();
  const posting = { subscription: to, topic: 'ping', notification: {}, delayMs: 0, duplicateAfterMs: undefined };
  for (let at = 0; at < 10_000; at += 1) expect(courier.post(posting)).toBe(true);
  expect(courier.post(posting)).toBe(false);
  expect(happenings).toMatchObject([{ kind: 'drop', reason: 'full' }]);
});

test('who is in the fast lane goes first', async () => {
  const gate = createGate(1);
  const { signal } = new AbortController();
  const order: string[] = [];
  await gate.enter('slow', signal);
  const waiting = (['slow', 'slow', 'fast', 'fast'] as const).map((lane, at) =>
    gate.enter(lane, signal).then(() => void order.push(`${lane}${at}`)),
  );
  for (const _ of waiting) {
    gate.leave();
    await new Promise((turn) => setImmediate(turn));
  }
  await Promise.all(waiting);
  expect(order).toEqual(['fast2', 'fast3', 'slow0', 'slow1']);
});
