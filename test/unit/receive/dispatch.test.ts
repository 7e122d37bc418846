import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { backOffMs } from '../../../src/receive/back-off.ts';
import { type Dispatched, type Dispatcher, type DispatchParts, startDispatch } from '../../../src/receive/dispatch.ts';
import type { ClaimedEvent, Outcome } from '../../../src/receive/inbox.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';

const down = new AppError('inbox/failed', { what: 'x', why: 'y', hint: 'z' });

function claimed(id: string, attempts = 1): ClaimedEvent {
  return {
    id,
    notificationId: null,
    topic: 'ping',
    receivedAt: 0,
    state: 'received',
    attempts,
    headers: [],
    body: new Uint8Array(),
    lastError: null,
    retryAt: null,
    lease: `lease of ${id}`,
  };
}

/** An inbox of which is told what is in it, and which remembers what became of it. */
function scriptedInbox(...waiting: ClaimedEvent[]) {
  const settled: [string, Outcome][] = [];
  const claims: number[] = [];
  const inbox = {
    isDown: false,
    answer: 'settled' as 'settled' | 'lost',
    settled,
    claims,
    waiting,
    leases: [] as number[],
    async claim(limit: number, leaseMs: number) {
      claims.push(limit);
      inbox.leases.push(leaseMs);
      if (inbox.isDown) throw down;
      return waiting.splice(0, limit);
    },
    async settle({ id, lease }: Pick<ClaimedEvent, 'id' | 'lease'>, outcome: Outcome) {
      expect(lease).toBe(`lease of ${id}`);
      if (inbox.isDown) throw down;
      settled.push([id, outcome]);
      return inbox.answer;
    },
  };
  return inbox;
}

interface Run {
  readonly clock: FakeClock;
  readonly done: Dispatched<string>[];
  readonly troubles: unknown[];
  readonly dispatcher: Dispatcher;
}

function run(inbox: ReturnType<typeof scriptedInbox>, changed: Partial<DispatchParts<string>>): Run {
  const clock = fakeClock();
  const done: Dispatched<string>[] = [];
  const troubles: unknown[] = [];
  const dispatcher = startDispatch<string>({
    inbox,
    clock,
    random: { bytes: (count) => new Uint8Array(count) },
    concurrency: 2,
    timeoutMs: 1000,
    maxAttempts: 3,
    retryDelayMs: 100,
    handle: async () => ({}),
    dispatched: (what) => done.push(what),
    trouble: (cause) => troubles.push(cause),
    ...changed,
  });
  return { clock, done, troubles, dispatcher };
}

const never = new Promise<never>(() => undefined);
const failure = { label: 'TypeError', message: 'no user ada@example.com' };

describe('an event that is due', () => {
  test('is handled once, and settled so', async () => {
    const inbox = scriptedInbox(claimed('evt_1'));
    const seen: string[] = [];
    const { clock, done } = run(inbox, {
      handle: async ({ id }) => {
        seen.push(id);
        return { seen: 'answer' };
      },
    });
    await clock.settle();
    expect([seen, inbox.settled]).toEqual([['evt_1'], [['evt_1', { kind: 'handled' }]]]);
    expect(done).toMatchObject([{ outcome: 'handled', seen: 'answer', durationMs: 0 }]);
  });

  test.each([
    ['tells a failure', async () => ({ failure })],
    ['rejects', async () => Promise.reject(Object.assign(new TypeError(failure.message)))],
  ])('whose handler %s is tried again later, with the reason kept', async (_, handle) => {
    const inbox = scriptedInbox(claimed('evt_1', 2));
    const { clock, done } = run(inbox, { handle });
    await clock.settle();
    const error = 'TypeError: no user ada@example.com';
    expect(inbox.settled).toEqual([['evt_1', { kind: 'retry', inMs: 300, error }]]);
    expect(done).toMatchObject([{ outcome: 'retry', retryInMs: 300, failure }]);
  });

  test('that fails for the last time is given up', async () => {
    const inbox = scriptedInbox(claimed('evt_1', 3));
    const { clock, done } = run(inbox, { handle: async () => ({ failure }) });
    await clock.settle();
    expect(inbox.settled).toEqual([['evt_1', { kind: 'dead', error: 'TypeError: no user ada@example.com' }]]);
    expect(done).toMatchObject([{ outcome: 'dead' }]);
  });

  test('that took its process with it in every attempt is given up without another', async () => {
    const inbox = scriptedInbox(claimed('evt_1', 4));
    let calls = 0;
    const { clock } = run(inbox, { handle: async () => ({ seen: String((calls += 1)) }) });
    await clock.settle();
    expect([calls, inbox.settled[0]?.[1].kind]).toEqual([0, 'dead']);
  });

  test('that never settles has failed when its time is over, is told so, and holds nobody up', async () => {
    const inbox = scriptedInbox(claimed('evt_1'), claimed('evt_2'), claimed('evt_3'));
    const signals = new Map<string, AbortSignal>();
    const { clock, done } = run(inbox, {
      handle: async ({ id }, signal) => {
        signals.set(id, signal);
        return id === 'evt_1' ? never : {};
      },
    });
    await clock.settle();
    expect(inbox.settled.map(([id]) => id)).toEqual(['evt_2', 'evt_3']);
    await clock.advance(999);
    expect(signals.get('evt_1')?.aborted).toBe(false);
    await clock.advance(1);
    expect((signals.get('evt_1')?.reason as Error | undefined)?.message).toBe('not done within 1.0 s');
    expect(inbox.settled.at(-1)).toEqual(['evt_1', { kind: 'retry', inMs: 100, error: 'not done within 1.0 s' }]);
    expect(done.at(-1)).toMatchObject({ outcome: 'retry', durationMs: 1000 });
  });

  test('of which the lease was lost is told as that', async () => {
    const inbox = scriptedInbox(claimed('evt_1'));
    inbox.answer = 'lost';
    const { clock, done } = run(inbox, {});
    await clock.settle();
    expect(done).toMatchObject([{ outcome: 'lost' }]);
  });
});

describe('the bounds', () => {
  test('no more run at once than may, and the next is taken as soon as one is done', async () => {
    const inbox = scriptedInbox(...['1', '2', '3', '4', '5'].map((id) => claimed(id)));
    const finish: (() => void)[] = [];
    let most = 0;
    let running = 0;
    const { clock } = run(inbox, {
      handle: () => {
        most = Math.max(most, (running += 1));
        return new Promise((resolve) => finish.push(() => resolve(((running -= 1), {}))));
      },
    });
    await clock.settle();
    expect([running, finish.length]).toEqual([2, 2]);
    for (let at = 0; at < 5; at += 1) {
      finish[at]?.();
      await clock.settle();
    }
    expect([most, inbox.settled.length]).toEqual([2, 5]);
    expect(Math.max(...inbox.claims)).toBe(2);
  });

  test('a lease outlasts what it is for', async () => {
    const inbox = scriptedInbox();
    const { clock } = run(inbox, { timeoutMs: 60_000 });
    await clock.settle();
    expect(inbox.leases[0]).toBeGreaterThan(60_000);
  });

  test('it is looked for events every second, and at once when one was stored', async () => {
    const inbox = scriptedInbox();
    const { clock, dispatcher } = run(inbox, {});
    await clock.advance(3000);
    expect(inbox.claims).toHaveLength(4);
    inbox.waiting.push(claimed('evt_1'));
    dispatcher.wake();
    await clock.settle();
    expect(inbox.settled).toHaveLength(1);
  });
});

describe('an inbox that is down', () => {
  test('is asked again, told of once, and so is that it is back', async () => {
    const inbox = scriptedInbox(claimed('evt_1'));
    inbox.isDown = true;
    const { clock, troubles } = run(inbox, {});
    await clock.advance(5000);
    expect([troubles, inbox.claims.length > 3]).toEqual([[down], true]);
    inbox.isDown = false;
    await clock.advance(1000);
    expect([troubles, inbox.settled.length]).toEqual([[down, undefined], 1]);
  });

  test('when an event was handled is told so later, as long as the lease holds', async () => {
    const inbox = scriptedInbox(claimed('evt_1'));
    let calls = 0;
    const { clock, done } = run(inbox, {
      handle: async () => {
        inbox.isDown = true;
        calls += 1;
        return {};
      },
    });
    await clock.advance(4000);
    expect(done).toEqual([]);
    inbox.isDown = false;
    await clock.advance(1000);
    expect([calls, inbox.settled, done.length]).toEqual([1, [['evt_1', { kind: 'handled' }]], 1]);
  });

  test('until the lease ends leaves the event to whoever comes next', async () => {
    const inbox = scriptedInbox(claimed('evt_1'));
    const { clock, done } = run(inbox, { handle: async () => ((inbox.isDown = true), {}) });
    await clock.advance(60_000);
    inbox.isDown = false;
    await clock.advance(60_000);
    expect([inbox.settled, done]).toEqual([[], []]);
  });
});

describe('a drain', () => {
  test('takes nothing more, and waits for what runs', async () => {
    const inbox = scriptedInbox(claimed('evt_1'));
    let finish: () => void = () => undefined;
    const { clock, dispatcher } = run(inbox, { handle: () => new Promise((resolve) => (finish = () => resolve({}))) });
    await clock.settle();
    let isDrained = false;
    const draining = dispatcher.drain(5000).then(() => (isDrained = true));
    inbox.waiting.push(claimed('evt_2'));
    await clock.advance(900);
    expect(isDrained).toBe(false);
    finish();
    await draining;
    expect(inbox.settled).toEqual([['evt_1', { kind: 'handled' }]]);
    expect(inbox.waiting).toHaveLength(1);
  });

  test('returns what is not done in time, and tells its signal', async () => {
    const inbox = scriptedInbox(claimed('evt_1'));
    let signal: AbortSignal | undefined;
    const { clock, dispatcher, done } = run(inbox, {
      timeoutMs: 60_000,
      handle: async (_, given) => ((signal = given), never),
    });
    await clock.settle();
    const draining = dispatcher.drain(5000);
    await clock.advance(5000);
    await draining;
    expect(inbox.settled).toEqual([['evt_1', { kind: 'released' }]]);
    expect((signal?.reason as Error | undefined)?.message).toBe('the receiver stops');
    expect(done).toMatchObject([{ outcome: 'released' }]);
  });

  test('ends even when the inbox does not answer any more', async () => {
    const inbox = { ...scriptedInbox(), claim: () => never };
    const { clock, dispatcher } = run(inbox, {});
    await clock.settle();
    const draining = dispatcher.drain(100);
    await clock.advance(10_000);
    await draining;
  });
});

describe('the waits between attempts', () => {
  test('are tripled, up to an hour', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((failed) => backOffMs(failed, 5000, 0) / 1000);
    expect(waits).toEqual([5, 15, 45, 135, 405, 1215, 3600, 3600, 3600]);
  });

  test('are shortened by chance, by a half at most', () => {
    expect([0, 0.5, 0.9].map((chance) => backOffMs(1, 1000, chance))).toEqual([1000, 750, 550]);
  });
});
