import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  admit,
  type Due,
  judge,
  type Judged,
  NEW_STANDING,
  type ReceiverAnswer,
  setLive,
  type Standing,
} from '../../../src/deliver/policy.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST: Due = { createdAt: 0, isRetried: false };
const AGAIN: Due = { createdAt: 0, isRetried: true };
const answer = (status: number | null, durationMs = 20): ReceiverAnswer => ({ status, durationMs });

/** The same answer so many times, evenly spread from 0 to the end. */
function answered(status: number | null, times: number, endMs: number, from: Standing = NEW_STANDING): Judged {
  let judged: Judged = { standing: from, fate: { kind: 'delivered' }, changes: [] };
  for (let at = 0; at < times; at += 1)
    judged = judge(judged.standing, AGAIN, answer(status), times === 1 ? endMs : (endMs * at) / (times - 1));
  return judged;
}

describe('what an answer means for the notification', () => {
  // webhook-models, "Handling Webhook notifications": 2xx is delivered; one retry after a minute, then it is lost
  test.each([
    [200, FIRST, { kind: 'delivered' }],
    [204, FIRST, { kind: 'delivered' }],
    [299, AGAIN, { kind: 'delivered' }],
    [301, FIRST, { kind: 'retry', at: 7 * MINUTE }],
    [400, FIRST, { kind: 'retry', at: 7 * MINUTE }],
    [401, FIRST, { kind: 'retry', at: 7 * MINUTE }],
    [500, FIRST, { kind: 'retry', at: 7 * MINUTE }],
    [null, FIRST, { kind: 'retry', at: 7 * MINUTE }],
    [401, AGAIN, { kind: 'lost' }],
    [503, AGAIN, { kind: 'lost' }],
    [null, AGAIN, { kind: 'lost' }],
    [410, FIRST, { kind: 'dropped', reason: 'disabled' }],
    [429, FIRST, { kind: 'throttled', at: 7 * MINUTE }],
    [429, AGAIN, { kind: 'throttled', at: 7 * MINUTE }],
  ] as const)('%j to %j: %j', (status, due, fate) =>
    expect(judge(NEW_STANDING, due, answer(status), 6 * MINUTE).fate).toEqual(fate),
  );
});

describe('410', () => {
  test('disables the subscription: nothing is sent any more, until it is set live', () => {
    const { standing, changes } = judge(NEW_STANDING, FIRST, answer(410), 0);
    expect([standing.state, changes]).toEqual(['disabled', ['disabled']]);
    expect(admit(standing, FIRST, 30 * DAY)).toEqual({ kind: 'drop', reason: 'disabled' });
    expect(judge(standing, FIRST, answer(200), 1).standing.state).toBe('disabled'); // what was under way changes nothing
    expect(judge(standing, FIRST, answer(410), 1).changes).toEqual([]);
    expect(admit(setLive(standing), FIRST, 30 * DAY)).toEqual({ kind: 'send' });
  });
});

describe('429', () => {
  // webhook-models: all notifications of the subscription are delayed, 1 minute up to 2 hours; longer ones are dropped
  test('holds all notifications back for a minute, and twice as long each time, up to two hours', () => {
    let standing: Standing = NEW_STANDING;
    let now = 0;
    const delays: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const judged = judge(standing, { createdAt: now, isRetried: false }, answer(429), now);
      const until = judged.standing.throttle?.until ?? 0;
      expect(judged.changes).toEqual(['throttled']);
      expect(admit(judged.standing, { createdAt: now, isRetried: false }, until - 1)).toEqual({ kind: 'hold', until });
      expect(admit(judged.standing, { createdAt: now, isRetried: false }, until)).toEqual({ kind: 'send' });
      delays.push((until - now) / MINUTE);
      standing = judged.standing;
      now = until;
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120]);
  });

  test('many at once are one', () => {
    const one = judge(NEW_STANDING, FIRST, answer(429), 0);
    const two = judge(one.standing, FIRST, answer(429), 10);
    expect([two.standing.throttle, two.changes]).toEqual([one.standing.throttle, []]);
  });

  test('is forgotten after a success, but not by an answer to what had been sent before it', () => {
    const { standing } = judge(NEW_STANDING, FIRST, answer(429), 0);
    expect(judge(standing, FIRST, answer(200), 10).standing.throttle).toEqual(standing.throttle);
    expect(judge(standing, FIRST, answer(200), MINUTE).standing.throttle).toBeUndefined();
  });

  test('drops what would wait for more than two hours', () => {
    const throttle = { until: 3 * HOUR, delayMs: 2 * HOUR };
    const standing: Standing = { ...NEW_STANDING, throttle };
    expect(admit(standing, { createdAt: HOUR - 1, isRetried: false }, 2 * HOUR)).toEqual({
      kind: 'drop',
      reason: 'throttled',
    });
    expect(admit(standing, { createdAt: HOUR, isRetried: false }, 2 * HOUR)).toEqual({ kind: 'hold', until: 3 * HOUR });
    expect(judge(standing, FIRST, answer(429), 3 * HOUR).fate).toEqual({ kind: 'dropped', reason: 'throttled' });
  });
});

describe('errors in a row', () => {
  // webhook-notifications: more than 1000 consecutive error codes within 15 minutes pause for 15 minutes
  test.each([
    [1000, 10 * MINUTE, 0],
    [1001, 10 * MINUTE, 25 * MINUTE],
    [1001, 15 * MINUTE, 30 * MINUTE],
    [1001, 15 * MINUTE + 1001, 0],
    [5000, 80 * MINUTE, 0],
  ])('%i within %i ms: paused until %i', (times, endMs, until) =>
    expect(answered(500, times, endMs).standing.pausedUntil).toBe(until),
  );

  test('pause: what falls due is dropped, and 15 minutes later all is as before', () => {
    const { standing, changes } = answered(500, 1001, 10 * MINUTE);
    expect(changes).toEqual(['paused']);
    expect(admit(standing, FIRST, 25 * MINUTE - 1)).toEqual({ kind: 'drop', reason: 'paused' });
    expect(admit(standing, FIRST, 25 * MINUTE)).toEqual({ kind: 'send' });
    expect(answered(500, 1000, 0, standing).standing.pausedUntil).toBe(25 * MINUTE); // the count begins anew
  });

  test('are broken by one success', () => {
    const near = answered(500, 1000, 10 * MINUTE).standing;
    const { standing } = judge(near, FIRST, answer(200), 10 * MINUTE);
    expect(judge(standing, FIRST, answer(500), 10 * MINUTE).standing.pausedUntil).toBe(0);
  });

  test('are remembered as far as the rule asks, and no further', () =>
    expect(answered(500, 5000, 80 * MINUTE).standing.errorTimes).toHaveLength(1001));
});

describe('errors for more than seven days', () => {
  // webhook-notifications: the webhooks of a private app are suspended until "Set live"
  test('suspend', () => {
    const { standing } = judge(NEW_STANDING, FIRST, answer(500), 0);
    expect(judge(standing, FIRST, answer(500), 7 * DAY).standing.state).toBe('live');
    const suspended = judge(standing, FIRST, answer(500), 7 * DAY + 1);
    expect([suspended.standing.state, suspended.changes]).toEqual(['suspended', ['suspended']]);
    expect(admit(suspended.standing, FIRST, 8 * DAY)).toEqual({ kind: 'drop', reason: 'suspended' });
    expect(admit(setLive(suspended.standing), FIRST, 8 * DAY)).toEqual({ kind: 'send' });
    expect(judge(setLive(suspended.standing), FIRST, answer(500), 8 * DAY).standing.state).toBe('live');
  });

  test('do not where one answer in between was right', () => {
    const { standing } = judge(NEW_STANDING, FIRST, answer(500), 0);
    const healed = judge(standing, FIRST, answer(200), 6 * DAY).standing;
    expect(judge(healed, FIRST, answer(500), 8 * DAY).standing.state).toBe('live');
  });
});

describe('lanes', () => {
  // webhook-notifications, "Priority": answers within 500 ms
  test.each([
    [200, 500, 'fast', []],
    [200, 501, 'slow', ['slow-lane']],
    [500, 400, 'fast', []],
    [null, 5000, 'slow', ['slow-lane']],
    [null, 1, 'slow', ['slow-lane']],
  ] as const)('%j after %i ms: %s', (status, durationMs, lane, changes) => {
    const judged = judge(NEW_STANDING, FIRST, answer(status, durationMs), 0);
    expect([judged.standing.lane, judged.changes]).toEqual([lane, changes]);
  });

  test('are found back by one quick answer', () => {
    const { standing } = judge(NEW_STANDING, FIRST, answer(200, 900), 0);
    expect(judge(standing, FIRST, answer(200, 90), 1)).toMatchObject({
      standing: { lane: 'fast' },
      changes: ['fast-lane'],
    });
  });
});

test('whatever is answered, every notification has one fate, and only a live subscription is sent to', () => {
  const status = fc.oneof(fc.constant(null), fc.constantFrom(200, 301, 401, 410, 429, 500));
  const step = fc.record({ status, ms: fc.nat(6000), gap: fc.nat(3 * HOUR), isRetried: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let standing: Standing = NEW_STANDING;
      let now = 0;
      for (const { status, ms, gap, isRetried } of steps) {
        now += gap;
        const due = { createdAt: Math.max(0, now - gap), isRetried };
        const admission = admit(standing, due, now);
        if (admission.kind === 'send') expect([standing.state, standing.pausedUntil <= now]).toEqual(['live', true]);
        if (admission.kind === 'hold') expect(admission.until).toBeGreaterThan(now);
        const judged = judge(standing, due, answer(status, ms), now);
        if ('at' in judged.fate) expect(judged.fate.at).toBeGreaterThan(now);
        expect(judged.fate.kind === 'delivered').toBe(status === 200);
        standing = judged.standing;
      }
    }),
  );
});
