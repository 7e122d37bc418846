import { describe, expect, test } from 'vitest';
import { EVENT_STATES, type InboxStore, type PruneRequest } from '../../src/receive/inbox.ts';
import { event, listed } from '../support/inbox.ts';

const LEASE_MS = 60_000;
const oldestFirst = { order: 'oldest-first' } as const;
const BODY_BYTES = 1000;

/** Ten events received at 1000, 2000, … 10000, all handled but the one at 5000, which is being handled, and the last, which waits. */
async function filled(open: () => Promise<InboxStore>): Promise<InboxStore> {
  const inbox = await open();
  for (let at = 1; at <= 10; at += 1) {
    await inbox.add(
      event({ notificationId: `notif_${at}`, receivedAt: at * 1000, headers: [], body: new Uint8Array(BODY_BYTES) }),
    );
  }
  for (const claimed of await inbox.claim(9, LEASE_MS)) {
    if (claimed.receivedAt !== 5000) await inbox.settle(claimed, { kind: 'handled' });
  }
  return inbox;
}

/** What every inbox lets go, and what it keeps for ever. */
export function inboxPruningContract(name: string, open: () => Promise<InboxStore>): void {
  describe(`pruning an inbox in ${name}`, () => {
    test.each<[PruneRequest, readonly number[]]>([
      [{ states: ['handled'], before: 4000 }, [4, 5, 6, 7, 8, 9, 10]],
      [{ states: ['handled'], before: 1000 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
      [{ states: EVENT_STATES, before: 99_000 }, [5]],
      [{ states: ['dead'], before: 99_000 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
      [{ states: [], before: 99_000 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
      [{ states: ['handled'] }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
      [{ states: ['handled'], maxBytes: 3 * (BODY_BYTES + 2) }, [5, 8, 9, 10]],
      [{ states: ['handled'], maxBytes: 3 * (BODY_BYTES + 2) - 1 }, [5, 9, 10]],
      [{ states: ['handled'], maxBytes: 1_000_000 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
      [{ states: EVENT_STATES, maxBytes: 0 }, [5]],
      [{ states: ['handled'], before: 9000, maxBytes: 5 * (BODY_BYTES + 2) }, [5, 9, 10]],
    ])('%j keeps %j, and a dry run says so', async (request, kept) => {
      const inbox = await filled(open);
      const expected = { events: 10 - kept.length, bytes: (10 - kept.length) * (BODY_BYTES + 2) };
      expect(await inbox.prunable(request)).toEqual(expected);
      expect(await listed(inbox, oldestFirst)).toHaveLength(10);
      expect(await inbox.prune(request)).toEqual(expected);
      expect((await listed(inbox, oldestFirst)).map(({ receivedAt }) => receivedAt / 1000)).toEqual(kept);
      expect(await inbox.prunable(request)).toEqual({ events: 0, bytes: 0 });
    });

    test('a late duplicate of what is gone stays one, and its id is given to no other event', async () => {
      const inbox = await filled(open);
      const last = await inbox.add(event({ notificationId: 'notif_last' }));
      expect((await inbox.prune({ states: EVENT_STATES, maxBytes: 0 })).events).toBe(10);
      expect(await inbox.get('notif_last')).toBeUndefined();
      expect(await inbox.get(last.id)).toBeUndefined();
      expect(await inbox.add(event({ notificationId: 'notif_last' }))).toEqual({ outcome: 'duplicate', id: last.id });
      const next = await inbox.add(event({ notificationId: 'notif_next' }));
      expect(next.outcome).toBe('added');
      expect(next.id > last.id).toBe(true);
      expect((await inbox.stats()).events).toEqual({ received: 2, failed: 0, handled: 0, dead: 0 });
    });

    test('removes more than one step takes', async () => {
      const inbox = await open();
      await Promise.all(Array.from({ length: 1203 }, () => inbox.add(event())));
      expect((await inbox.prune({ states: ['received'], before: Number.MAX_SAFE_INTEGER })).events).toBe(1203);
      expect(await listed(inbox, oldestFirst)).toEqual([]);
    });

    test('stops when it is told to', async () => {
      const inbox = await filled(open);
      const signal = AbortSignal.abort(new Error('stop'));
      await expect(inbox.prune({ states: ['handled'], before: 99_000 }, signal)).rejects.toThrow('stop');
      expect(await listed(inbox, oldestFirst)).toHaveLength(10);
    });

    test('can be written when asked, until it is closed', async () => {
      const inbox = await filled(open);
      await inbox.ping();
      expect(await listed(inbox, oldestFirst)).toHaveLength(10);
    });
  });
}
