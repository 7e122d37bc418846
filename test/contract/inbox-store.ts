import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IncomingEvent, InboxStore, StoredEvent } from '../../src/receive/inbox.ts';
import { event, listed } from '../support/inbox.ts';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const HEADERS = [
  ['Host', 'propiq.example'],
  ['X-Hub-Signature', `sha1=${'0'.repeat(40)}`],
  ['X-Twice', 'b'],
  ['x-twice', ''],
  ['X-Twice', 'a: \u00e9\u00ff "quoted"'],
] as const;

/** An event as it must come back; bytes as a list, because a Buffer is as good as a Uint8Array. */
function stored(given: IncomingEvent, id: string): object {
  return { ...given, body: [...given.body], id, state: 'received', attempts: 0, lastError: null, retryAt: null };
}

function told(found: StoredEvent | undefined): object | undefined {
  return found && { ...found, body: [...found.body] };
}

/** What every inbox keeps, whatever it is made of. */
export function inboxStoreContract(name: string, open: () => Promise<InboxStore>): void {
  describe(`an inbox in ${name}`, () => {
    test('gives back the exact bytes and header lines, by either id', async () => {
      const inbox = await open();
      const given = event({ notificationId: 'notif_1', topic: 'user.created', headers: HEADERS, body: EVERY_BYTE });
      const { id, outcome } = await inbox.add(given);
      expect(outcome).toBe('added');
      expect(told(await inbox.get(id))).toEqual(stored(given, id));
      expect(told(await inbox.get('notif_1'))).toEqual(stored(given, id));
    });

    test('gives back several at a time, oldest first, each once, and leaves out what is not there', async () => {
      const inbox = await open();
      const given = ['notif_1', 'notif_2', 'notif_3'].map((notificationId) =>
        event({ notificationId, headers: HEADERS, body: EVERY_BYTE }),
      );
      const ids: string[] = [];
      for (const one of given) ids.push((await inbox.add(one)).id);
      const [first = '', , third = ''] = ids;
      const found = await inbox.getAll([third, 'evt_000000000099', first, 'notif_2', '', third]);
      expect(found.map(told)).toEqual(
        [given[0], given[2]].map((one, at) => stored(one as IncomingEvent, [first, third][at] ?? '')),
      );
      expect(await inbox.getAll([])).toEqual([]);
    });

    test('keeps the first of two with one notification id, and names it', async () => {
      const inbox = await open();
      const first = event({ notificationId: 'notif_1', topic: 'first' });
      const { id } = await inbox.add(first);
      const again = await inbox.add(event({ notificationId: 'notif_1', topic: 'second' }));
      expect(again).toEqual({ outcome: 'duplicate', id });
      expect(told(await inbox.get('notif_1'))).toEqual(stored(first, id));
      expect(await listed(inbox, { order: 'newest-first' })).toHaveLength(1);
    });

    test('takes every event without a notification id', async () => {
      const inbox = await open();
      const outcomes = await Promise.all([event(), event(), event()].map((given) => inbox.add(given)));
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['added', 'added', 'added']);
      expect(new Set(outcomes.map(({ id }) => id)).size).toBe(3);
    });

    test('stores one of many that arrive at once with the same notification id', async () => {
      const inbox = await open();
      const added = await Promise.all(
        Array.from({ length: 200 }, (_, at) => inbox.add(event({ notificationId: `notif_${at % 10}` }))),
      );
      expect(added.filter(({ outcome }) => outcome === 'added')).toHaveLength(10);
      expect(new Set(added.map(({ id }) => id)).size).toBe(10);
    });

    test.each([
      ['a NUL', 'a\0b', 'a\0c'],
      ['a lone surrogate', 'a\ud800', 'a\udfff'],
      ['letter case', 'notif_A', 'notif_a'],
      ['white space', 'notif_1', 'notif_1 '],
      ['quotes and backslashes', '"\\"', '\\"\\'],
      ['normal forms', '\u00e9', 'e\u0301'],
      ['a number in another spelling', '1', '1.0'],
      ['great length', 'x'.repeat(5000), `${'x'.repeat(4999)}y`],
    ])('tells notification ids apart that differ in %s', async (_, one, other) => {
      const inbox = await open();
      const first = await inbox.add(event({ notificationId: one, topic: one }));
      const second = await inbox.add(event({ notificationId: other, topic: other }));
      expect([first.outcome, second.outcome]).toEqual(['added', 'added']);
      expect(await inbox.get(one)).toMatchObject({ id: first.id, notificationId: one, topic: one });
      expect(await inbox.get(other)).toMatchObject({ id: second.id, notificationId: other, topic: other });
    });

    test('finds an event by its own id even where a notification has that id too', async () => {
      const inbox = await open();
      const { id } = await inbox.add(event({ topic: 'first' }));
      await inbox.add(event({ notificationId: id, topic: 'named like the first' }));
      await inbox.add(event({ notificationId: 'evt_999999999999', topic: 'named like none' }));
      expect(await inbox.get(id)).toMatchObject({ topic: 'first' });
      expect(await inbox.get('evt_999999999999')).toMatchObject({ topic: 'named like none' });
    });

    test.each(['', 'evt_000000000099', 'evt_', 'evt_0', 'notif_x', "' or 1=1 --", '\0'])(
      'knows no event %j',
      async (id) => {
        const inbox = await open();
        await inbox.add(event({ notificationId: 'notif_1' }));
        expect(await inbox.get(id)).toBeUndefined();
      },
    );

    test('gives ids that sort as text in the order of arrival', async () => {
      const inbox = await open();
      const ids: string[] = [];
      for (let at = 0; at < 12; at += 1) ids.push((await inbox.add(event())).id);
      expect(ids.toSorted()).toEqual(ids);
    });

    test('lists in pages that join to the whole, either way round, by topic, while events arrive', async () => {
      const inbox = await open();
      await Promise.all(Array.from({ length: 30 }, (_, at) => inbox.add(event({ topic: at % 3 === 0 ? 'a' : 'b' }))));
      const oldest = await listed(inbox, { order: 'oldest-first' });
      expect(oldest).toHaveLength(30);
      expect(oldest.map(({ id }) => id).toSorted()).toEqual(oldest.map(({ id }) => id));
      const paged: string[] = [];
      let after: string | undefined;
      for (;;) {
        const page = await listed(inbox, { order: 'newest-first', limit: 7, ...(after && { after }) });
        if (page.length === 0) break;
        paged.push(...page.map(({ id }) => id));
        after = page.at(-1)?.id;
        await inbox.add(event({ topic: 'late' }));
      }
      expect(paged).toEqual(oldest.map(({ id }) => id).toReversed());
      const ofTopic = await listed(inbox, { order: 'oldest-first', topic: 'a', after: oldest[0]?.id ?? '', limit: 4 });
      expect(ofTopic.map(({ id }) => id)).toEqual([3, 6, 9, 12].map((at) => oldest[at]?.id));
    });

    test('lists only what is known of an event, not its payload', async () => {
      const inbox = await open();
      const { id } = await inbox.add(event({ notificationId: 'notif_1', topic: 'user.created' }));
      expect(await listed(inbox, { order: 'newest-first' })).toEqual([
        {
          id,
          notificationId: 'notif_1',
          topic: 'user.created',
          receivedAt: 1_768_015_702_123,
          state: 'received',
          attempts: 0,
        },
      ]);
    });

    test('lists everything beyond any page of its own', async () => {
      const inbox = await open();
      const count = 1203;
      await Promise.all(Array.from({ length: count }, () => inbox.add(event())));
      expect(await listed(inbox, { order: 'oldest-first' })).toHaveLength(count);
      expect(await listed(inbox, { order: 'newest-first', limit: 1001 })).toHaveLength(1001);
    });

    test('answers those that wait before it is closed, and refuses those that come later', async () => {
      const inbox = await open();
      const waiting = [inbox.add(event()), inbox.add(event())];
      await inbox.close();
      expect((await Promise.all(waiting)).map(({ outcome }) => outcome)).toEqual(['added', 'added']);
      await expect(inbox.add(event())).rejects.toMatchObject({ code: 'inbox/busy' });
      await inbox.close();
    });

    test('keeps whatever bytes, headers, ids and topics it is given', async () => {
      const inbox = await open();
      const text = fc.string({ unit: 'binary', maxLength: 40 });
      const given = fc.record({
        notificationId: fc.option(fc.uuid().map((id) => `notif_${id}`)),
        topic: text,
        receivedAt: fc.integer({ min: 0, max: 2 ** 45 }),
        headers: fc.array(fc.tuple(text, text), { maxLength: 5 }),
        body: fc.uint8Array({ maxLength: 3000 }),
      });
      await fc.assert(
        fc.asyncProperty(given, async (incoming) => {
          const { id } = await inbox.add(incoming);
          expect(told(await inbox.get(id))).toEqual(stored(incoming, id));
        }),
        { numRuns: 100 },
      );
    });
  });
}
