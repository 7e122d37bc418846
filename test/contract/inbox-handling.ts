import { describe, expect, test } from 'vitest';
import type { ClaimedEvent, EventFilter, EventSelection, InboxStore, Outcome } from '../../src/receive/inbox.ts';
import { event, listed } from '../support/inbox.ts';

const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;
const oldestFirst = { order: 'oldest-first' } as const;

async function addMany(inbox: InboxStore, count: number): Promise<readonly string[]> {
  const added = await Promise.all(
    Array.from({ length: count }, (_, at) => inbox.add(event({ notificationId: `notif_${at}`, topic: `topic.${at}` }))),
  );
  return added.map(({ id }) => id).toSorted();
}

async function claimOne(inbox: InboxStore, leaseMs = LEASE_MS): Promise<ClaimedEvent> {
  const [claimed] = await inbox.claim(1, leaseMs);
  if (!claimed) throw new Error('nothing is due');
  return claimed;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A lease or a wait of 0 ms is over in the next millisecond, wherever the time is kept. */
async function claimLater(inbox: InboxStore, limit: number): Promise<readonly ClaimedEvent[]> {
  for (let tried = 0; tried < 1000; tried += 1) {
    const claimed = await inbox.claim(limit, LEASE_MS);
    if (claimed.length > 0) return claimed;
    await turn();
  }
  return [];
}

/** Handling, as every inbox lets it be done. */
export function inboxHandlingContract(name: string, open: () => Promise<InboxStore>): void {
  describe(`handling from an inbox in ${name}`, () => {
    test('each event is given to one claimer, oldest first, with all that was stored', async () => {
      const inbox = await open();
      const ids = await addMany(inbox, 7);
      const first = await inbox.claim(3, LEASE_MS);
      const [second, third] = await Promise.all([inbox.claim(3, LEASE_MS), inbox.claim(3, LEASE_MS)]);
      expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 3));
      expect([...second, ...third].map(({ id }) => id).toSorted()).toEqual(ids.slice(3));
      expect(await inbox.claim(3, LEASE_MS)).toEqual([]);
      const { lease, ...claimed } = first[0] as ClaimedEvent;
      expect(lease).not.toBe('');
      expect(claimed).toEqual(await inbox.get(ids[0] ?? ''));
      expect(claimed).toMatchObject({ state: 'received', attempts: 1, notificationId: 'notif_0', retryAt: null });
    });

    test.each<[Outcome, object, number]>([
      [{ kind: 'handled' }, { state: 'handled', attempts: 1, lastError: null, retryAt: null }, 0],
      [{ kind: 'dead', error: 'no' }, { state: 'dead', attempts: 1, lastError: 'no', retryAt: null }, 0],
      [{ kind: 'retry', inMs: HOUR_MS, error: 'not yet' }, { state: 'failed', attempts: 1, lastError: 'not yet' }, 0],
      [{ kind: 'retry', inMs: 0, error: 'again' }, { state: 'failed', attempts: 1, lastError: 'again' }, 1],
      [{ kind: 'released' }, { state: 'received', attempts: 0, lastError: null, retryAt: null }, 1],
    ])('after %j an event is %j', async (outcome, expected, dueAgain) => {
      const inbox = await open();
      await addMany(inbox, 1);
      const claimed = await claimOne(inbox);
      expect(await inbox.settle(claimed, outcome)).toBe('settled');
      expect(await inbox.get(claimed.id)).toMatchObject(expected);
      const again = dueAgain === 1 ? await claimLater(inbox, 5) : await inbox.claim(5, LEASE_MS);
      expect(again).toHaveLength(dueAgain);
      expect(await inbox.settle(claimed, { kind: 'handled' })).toBe('lost');
    });

    test('a retry is due when its wait is over, not earlier, and says when', async () => {
      const inbox = await open();
      await addMany(inbox, 1);
      const claimed = await claimOne(inbox);
      const before = Date.now();
      await inbox.settle(claimed, { kind: 'retry', inMs: HOUR_MS, error: 'x' });
      const { retryAt } = (await inbox.get(claimed.id)) ?? {};
      expect(Math.abs((retryAt ?? 0) - before - HOUR_MS)).toBeLessThan(HOUR_MS / 2);
    });

    test('a lease that ends makes the event due again, and its first owner loses it', async () => {
      const inbox = await open();
      await addMany(inbox, 1);
      const first = await claimOne(inbox, 0);
      const [second] = await claimLater(inbox, 1);
      expect(second).toMatchObject({ id: first.id, attempts: 2 });
      expect(await inbox.settle(first, { kind: 'dead', error: 'late' })).toBe('lost');
      expect(await inbox.get(first.id)).toMatchObject({ state: 'received', attempts: 2 });
      expect(await inbox.settle(second as ClaimedEvent, { kind: 'handled' })).toBe('settled');
      expect(await inbox.get(first.id)).toMatchObject({ state: 'handled' });
    });

    test('a lease that ended but that nobody else took can still be settled', async () => {
      const inbox = await open();
      await addMany(inbox, 1);
      const claimed = await claimOne(inbox, 0);
      expect(await inbox.settle(claimed, { kind: 'handled' })).toBe('settled');
    });

    test.each([
      ['an unknown event', { id: 'evt_000000000099', lease: 'x' }],
      ['no id', { id: 'nonsense', lease: '' }],
    ])('%s cannot be settled', async (_, claimed) => {
      expect(await (await open()).settle(claimed, { kind: 'handled' })).toBe('lost');
    });

    test('the text of an error is kept as one clean and short line', async () => {
      const inbox = await open();
      await addMany(inbox, 1);
      const claimed = await claimOne(inbox);
      await inbox.settle(claimed, { kind: 'dead', error: `\u001b[31mno\0\nway \u{1f4a5}${'x'.repeat(5000)}` });
      const { lastError = '' } = (await inbox.get(claimed.id)) ?? {};
      expect(lastError).toMatch(/^no way \u{1f4a5}x+\u2026$/u);
      expect(lastError?.length).toBeLessThan(600);
    });

    test('old events whose wait is over do not wait behind new ones', async () => {
      const inbox = await open();
      const ids = await addMany(inbox, 3);
      for (const claimed of await inbox.claim(3, LEASE_MS)) {
        await inbox.settle(claimed, { kind: 'retry', inMs: 0, error: 'x' });
      }
      await inbox.add(event({ topic: 'new' }));
      const due: string[] = [];
      while (due.length < 4) due.push(...(await inbox.claim(4 - due.length, LEASE_MS)).map(({ id }) => id));
      expect(due.filter((id) => ids.includes(id))).toEqual(ids);
    });

    test('many claimers at once: every event is handled, none twice', async () => {
      const inbox = await open();
      const ids = await addMany(inbox, 200);
      const handled: string[] = [];
      const work = async (): Promise<void> => {
        while (handled.length < ids.length) {
          await turn();
          for (const claimed of await inbox.claim(9, LEASE_MS)) {
            handled.push(claimed.id);
            expect(await inbox.settle(claimed, { kind: 'handled' })).toBe('settled');
          }
        }
      };
      await Promise.all(Array.from({ length: 5 }, work));
      expect(handled.toSorted()).toEqual(ids);
      expect((await inbox.stats()).events).toEqual({ received: 0, failed: 0, handled: 200, dead: 0 });
    });
  });

  describe(`what became of events in ${name}`, () => {
    /** One event in each state, in this order, and one that is being handled. */
    async function oneOfEach(inbox: InboxStore): Promise<readonly string[]> {
      const ids: string[] = [];
      const outcomes: (Outcome | undefined)[] = [
        { kind: 'handled' },
        { kind: 'dead', error: 'gave up' },
        { kind: 'retry', inMs: HOUR_MS, error: 'not yet' },
        undefined,
      ];
      for (const [at, outcome] of outcomes.entries()) {
        const { id } = await inbox.add(event({ notificationId: `notif_${at}`, receivedAt: 1000 * (at + 1) }));
        const claimed = await claimOne(inbox);
        if (outcome) await inbox.settle(claimed, outcome);
        ids.push(id);
      }
      ids.push((await inbox.add(event({ receivedAt: 5000, body: new TextEncoder().encode('{"long":"body"}') }))).id);
      return ids;
    }

    test('is counted, with the oldest that is open', async () => {
      const inbox = await open();
      expect(await inbox.stats()).toMatchObject({
        events: { received: 0, failed: 0, handled: 0, dead: 0 },
        oldestOpenAt: null,
      });
      await oneOfEach(inbox);
      const { events, oldestOpenAt, sizeBytes } = await inbox.stats();
      expect(events).toEqual({ received: 2, failed: 1, handled: 1, dead: 1 });
      expect(oldestOpenAt).toBe(3000);
      expect(sizeBytes).toBeGreaterThan(0);
    });

    test('what is over or waits for its retry is queued afresh, what waits or is being handled is not', async () => {
      const inbox = await open();
      const ids = await oneOfEach(inbox);
      expect(await inbox.requeue([...ids, 'evt_000000000099', 'nonsense', ids[0] ?? ''])).toBe(3);
      for (const id of ids.slice(0, 3)) {
        expect(await inbox.get(id)).toMatchObject({ state: 'received', attempts: 0, lastError: null, retryAt: null });
      }
      const claimed = await inbox.claim(10, LEASE_MS);
      expect(claimed.map(({ id, attempts }) => [id, attempts])).toEqual([0, 1, 2, 4].map((at) => [ids[at], 1]));
      expect(await inbox.requeue([])).toBe(0);
    });

    test('its owner loses an event that was queued again after the lease had ended', async () => {
      const inbox = await open();
      await addMany(inbox, 1);
      const claimed = await claimOne(inbox, 0);
      await inbox.settle(claimed, { kind: 'retry', inMs: HOUR_MS, error: 'x' });
      expect(await inbox.requeue([claimed.id])).toBe(1);
      expect(await inbox.settle(claimed, { kind: 'handled' })).toBe('lost');
    });

    test.each<[EventSelection, readonly number[]]>([
      [{ states: ['received'] }, [3, 4]],
      [{ states: ['dead', 'handled'] }, [0, 1]],
      [{ states: [] }, []],
      [{ since: 2000 }, [1, 2, 3, 4]],
      [{ until: 2000 }, [0]],
      [{ since: 2000, until: 3001, states: ['failed'] }, [2]],
      [{ id: 'notif_1' }, [1]],
      [{ id: 'evt_000000000099' }, []],
      [{ text: '"long"' }, [4]],
      [{ text: 'pin' }, [0, 1, 2, 3, 4]],
      [{ text: '%' }, []],
      [{ text: 'PING' }, []],
      [{ text: '\0' }, []],
    ])('is found by %j', async (selection, expected) => {
      const inbox = await open();
      const ids = await oneOfEach(inbox);
      const found = await listed(inbox, { ...selection, ...oldestFirst });
      expect(found.map(({ id }) => id)).toEqual(expected.map((at) => ids[at]));
      expect((await listed(inbox, { ...selection, order: 'newest-first' })).map(({ id }) => id)).toEqual(
        found.map(({ id }) => id).toReversed(),
      );
    });

    test('a search goes through everything, however far apart the finds are', async () => {
      const inbox = await open();
      const hits = new Set([0, 450, 451, 1100]);
      await Promise.all(
        Array.from({ length: 1101 }, (_, at) =>
          inbox.add(event({ notificationId: String(at), body: Buffer.from(hits.has(at) ? 'a needle \u00e9' : 'hay') })),
        ),
      );
      const search = { text: 'needle \u00e9', order: 'newest-first' } satisfies EventFilter;
      expect(await listed(inbox, search)).toHaveLength(4);
      const [first, second] = await listed(inbox, { ...search, limit: 2 });
      expect(await listed(inbox, { ...search, after: second?.id ?? '' })).toHaveLength(2);
      expect(first?.notificationId).not.toBe(second?.notificationId);
    });
  });
}
