import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Clock, Exchange, Http } from '../../../src/base/ports.ts';
import { Secret } from '../../../src/base/secret.ts';
import { composeData, composeGuideSamples, type Delivery } from '../../../src/deliver/compose.ts';
import { parseExpectation } from '../../../src/deliver/expectation.ts';
import { createLoadSource } from '../../../src/deliver/load-bodies.ts';
import { loadJson, loadText, progressBar } from '../../../src/deliver/load-report.ts';
import { percentiles } from '../../../src/deliver/load-stats.ts';
import { type LoadPlan, runLoad } from '../../../src/deliver/load.ts';
import type { SendOptions } from '../../../src/deliver/send-test.ts';
import { PLAIN } from '../../../src/base/paint.ts';
import { seededRandom } from '../../../src/intercom/samples/seeded-random.ts';

const URL_ = new URL('http://127.0.0.1/intercom/webhook');
const notification = (text = '{"type":"notification_event","topic":"user.created","id":"notif_1"}'): Delivery =>
  composeData(new TextEncoder().encode(text));
const options: SendOptions = {
  url: URL_,
  variant: 'signed',
  key: new Secret('not-a-real-key'),
  algorithm: 'auto',
  expect: parseExpectation('2xx'),
  timeoutMs: 5000,
  isGuideSecret: false,
};
const plan = (changed: Partial<LoadPlan>): LoadPlan => ({
  count: 10,
  concurrency: 1,
  perSecond: undefined,
  ...changed,
});

/** Time that passes only where somebody sleeps; whoever sleeps shortest wakes first. */
function simulatedClock(): Clock {
  let now = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  let isTicking = false;
  const tick = (): void => {
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    isTicking = next !== undefined;
    if (!next) return;
    now = Math.max(now, next.at);
    next.wake();
    setImmediate(tick);
  };
  return {
    now: () => now,
    monotonic: () => now,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ at: now + ms, wake });
        if (!isTicking) setImmediate(tick);
        isTicking = true;
      }),
  };
}

type Told = { status: number; afterMs: number } | AppError;

/** A receiver in simulated time. */
function http(clock: Clock, answer: (nth: number, signature: string) => Told): Http & { readonly bodies: string[] } {
  const bodies: string[] = [];
  return {
    bodies,
    async send(request): Promise<Exchange> {
      bodies.push(Buffer.from(request.body ?? '').toString());
      const signature = request.headers.find(([name]) => name === 'X-Hub-Signature')?.[1] ?? '';
      const told = answer(bodies.length - 1, signature);
      if (told instanceof AppError) throw told;
      await clock.sleep(told.afterMs);
      return {
        request,
        status: told.status,
        headers: [],
        body: new Uint8Array(),
        bodyEnd: 'complete',
        address: '127.0.0.1:80',
        durationMs: told.afterMs,
      };
    },
  };
}

const signal = new AbortController().signal;
const source = (): ReturnType<typeof createLoadSource> =>
  createLoadSource([notification()], seededRandom('load'), false);

describe('latency', () => {
  test('without a rate is that of the answer', async () => {
    const clock = simulatedClock();
    const ports = { http: http(clock, () => ({ status: 200, afterMs: 100 })), clock, signal };
    const outcome = await runLoad(source(), plan({}), options, ports);
    expect(outcome.latencies).toEqual({ p50: 100, p95: 100, p99: 100, max: 100 });
    expect(outcome.elapsedMs).toBe(900);
  });

  test('with a rate counts from the moment of the schedule: a receiver that takes 100 ms cannot hide at 20/s', async () => {
    const clock = simulatedClock();
    const ports = { http: http(clock, () => ({ status: 200, afterMs: 100 })), clock, signal };
    const outcome = await runLoad(source(), plan({ count: 11, perSecond: 20 }), options, ports);
    // the n-th of the schedule should have left at n * 50 ms and is answered at (n + 1) * 100 ms
    expect(outcome.latencies).toEqual({ p50: 300, p95: 550, p99: 550, max: 550 });
    const text = loadText(outcome, plan({ count: 11, perSecond: 20 }), { paint: PLAIN, columns: 80 });
    expect(text).toContain('1 answer took longer than 500 ms');
    expect(text).toContain('The rate was not held: one left 450 ms late');
  });

  test('with a rate and room for all is that of the answer, and one that stalls harms no other', async () => {
    const clock = simulatedClock();
    const answer = (nth: number): Told => ({ status: 200, afterMs: nth === 3 ? 2000 : 10 });
    const ports = { http: http(clock, answer), clock, signal };
    const outcome = await runLoad(source(), plan({ count: 101, concurrency: 5, perSecond: 100 }), options, ports);
    expect(outcome.latencies).toEqual({ p50: 10, p95: 10, p99: 10, max: 2000 });
    const text = loadText(outcome, plan({ count: 101, concurrency: 5, perSecond: 100 }), { paint: PLAIN, columns: 80 });
    expect(text).toContain('rate       100/s for 2.0 s, asked for were 100/s, up to 5 at a time');
    expect(text).not.toContain('not held');
  });
});

describe('what is sent', () => {
  test('has an id of its own each time, and nothing else is changed', async () => {
    const clock = simulatedClock();
    const receiver = http(clock, () => ({ status: 200, afterMs: 1 }));
    await runLoad(source(), plan({ count: 500, concurrency: 7 }), options, { http: receiver, clock, signal });
    const ids = receiver.bodies.map((body) => (JSON.parse(body) as { id: string }).id);
    expect(new Set(ids).size).toBe(500);
    expect(
      ids.every((id) => /^notif_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
    expect(new Set(receiver.bodies.map((body) => body.replace(/notif_[0-9a-f-]+/, 'notif_1')))).toEqual(
      new Set([notification().body].map((body) => Buffer.from(body).toString())),
    );
  });

  test('keeps an id that somebody chose, and a ping has none', () => {
    const kept = createLoadSource([notification()], seededRandom('x'), true);
    expect([kept(0), kept(5)]).toEqual([notification(), notification()]);
    const ping = composeData(Buffer.from('{"type":"notification_event","topic":"ping","id":null}'));
    expect(createLoadSource([ping], seededRandom('x'), false)(3)).toEqual(ping);
  });

  test('changes the notification’s own id, not the same text in its data', () => {
    const odd = notification(
      '{"type":"notification_event","data":{"item":{"id":"notif_1","name":"notif_1"}},"id":"notif_1","topic":"x"}',
    );
    const { body } = createLoadSource([odd], seededRandom('x'), false)(0);
    const { id, data } = JSON.parse(Buffer.from(body).toString()) as { id: string; data: { item: object } };
    expect(id).not.toBe('notif_1');
    expect(data.item).toEqual({ id: 'notif_1', name: 'notif_1' });
  });

  test('takes the topics in turn, under a seed always the same', () => {
    const guide = composeGuideSamples([], { assignments: [], id: undefined });
    const [one, again] = [0, 1].map(() => createLoadSource(guide, seededRandom('7'), false));
    const topics = [0, 1, 2, 3].map((at) => one?.(at).topic);
    expect(topics).toEqual(['user.created', 'conversation.user.created', 'user.created', 'conversation.user.created']);
    [0, 1, 2, 3].forEach((at) => void again?.(at));
    expect(one?.(4).body).toEqual(again?.(4).body);
  });

  test('is signed with sha256 from the second on where the receiver takes only that', async () => {
    const clock = simulatedClock();
    const receiver = http(clock, (_, signature) => ({
      status: signature.startsWith('sha256=') ? 200 : 401,
      afterMs: 1,
    }));
    const outcome = await runLoad(source(), plan({ count: 10 }), options, { http: receiver, clock, signal });
    expect(outcome.byStatus).toEqual({ 200: 10 });
    expect(receiver.bodies).toHaveLength(11);
    expect(loadText(outcome, plan({}), { paint: PLAIN, columns: 80 })).toContain('accepts sha256 and refuses sha1');
  });
});

describe('what is found', () => {
  test('is counted by status and by error, with one example of each kind', async () => {
    const clock = simulatedClock();
    const reset = new AppError('net/reset', { what: 'It was reset', why: 'ECONNRESET.', hint: 'Look at its log.' });
    const answer = (nth: number): Told => (nth % 4 === 3 ? reset : { status: nth % 4 === 2 ? 503 : 200, afterMs: 5 });
    const ports = { http: http(clock, answer), clock, signal };
    const outcome = await runLoad(source(), plan({ count: 40, concurrency: 4 }), options, ports);
    expect(outcome).toMatchObject({
      byStatus: { 200: 20, 503: 10 },
      byError: { 'net/reset': 10 },
      verdicts: { 'as-expected': 20, unexpected: 10, unanswered: 10, 'not-sent': 0 },
    });
    expect(outcome.examples.map(({ verdict }) => verdict).toSorted()).toEqual([
      'as-expected',
      'unanswered',
      'unexpected',
    ]);
    const text = loadText(outcome, plan({ count: 40, concurrency: 4 }), { paint: PLAIN, columns: 80 });
    expect(text).toContain('✗ 40 notifications: 20 as expected, 10 not, 10 without an answer');
    expect(text).toContain('net/reset: 10');
    expect(text).toContain('It was reset');
  });

  test('after too many in a row without an answer the rest is not sent', async () => {
    const clock = simulatedClock();
    const refused = new AppError('net/refused', { what: 'Refused', why: 'Nobody listens.', hint: 'Start it.' });
    const receiver = http(clock, (nth) => (nth > 4 ? refused : { status: 200, afterMs: 1 }));
    const outcome = await runLoad(source(), plan({ count: 1000, concurrency: 2 }), options, {
      http: receiver,
      clock,
      signal,
    });
    expect(receiver.bodies.length).toBeLessThan(20);
    const { verdicts } = outcome;
    expect(verdicts['as-expected'] + verdicts.unanswered + verdicts['not-sent']).toBe(1000);
    expect(verdicts['not-sent']).toBeGreaterThan(980);
  });

  test('an interruption leaves what was measured by then', async () => {
    const clock = simulatedClock();
    const abort = new AbortController();
    const answer = (nth: number): Told => {
      if (nth === 30) abort.abort(new Error('stopped'));
      return { status: 200, afterMs: 1 };
    };
    const ports = { http: http(clock, answer), clock, signal: abort.signal };
    const outcome = await runLoad(source(), plan({ count: 100, concurrency: 3 }), options, ports);
    expect(outcome.isInterrupted).toBe(true);
    expect(outcome.verdicts['as-expected']).toBeGreaterThan(25);
    expect(outcome.verdicts['as-expected']).toBeLessThan(40);
    expect(loadJson(outcome, plan({ count: 100 }))).toMatchObject({ interrupted: true });
  });

  test('one alone has latencies and no rate', async () => {
    const clock = simulatedClock();
    const ports = { http: http(clock, () => ({ status: 200, afterMs: 7 })), clock, signal };
    const outcome = await runLoad(source(), plan({ count: 1 }), options, ports);
    expect(loadJson(outcome, plan({ count: 1 }))).toMatchObject({ achievedRate: 0, latencyMs: { p50: 7, max: 7 } });
  });
});

test.each([
  [[], undefined],
  [[5], { p50: 5, p95: 5, p99: 5, max: 5 }],
  [[1, 2], { p50: 1, p95: 2, p99: 2, max: 2 }],
  [Array.from({ length: 100 }, (_, at) => at + 1), { p50: 50, p95: 95, p99: 99, max: 100 }],
])('the percentiles of %j', (values, expected) => {
  expect(percentiles(Float32Array.from(values))).toEqual(expected);
});

test.each([
  [0, '[--------------------]   0 %  0 of 200'],
  [80, '[########------------]  40 %  80 of 200'],
  [200, '[####################] 100 %  200 of 200'],
])('progress after %i of 200', (done, bar) => {
  expect(progressBar(done, 200)).toBe(bar);
});
