import { describe, expect, test } from 'vitest';
import type { Notification } from '../../../src/intercom/notification.ts';
import { eventLines, type Stored } from '../../../src/receive/event-lines.ts';
import { createJournal } from '../../../src/receive/journal.ts';
import { createRefusalLog, type Refused } from '../../../src/receive/refusal-log.ts';
import { createCounter, tallyLine } from '../../../src/receive/tally.ts';
import { stoppedClock } from '../../support/receiver.ts';

function stored(topic: string, item: object | undefined, changed: Partial<Stored> = {}): Stored {
  const notification = { type: 'notification_event', id: 'n', topic, data: { item } } as unknown as Notification;
  return {
    kind: 'stored',
    outcome: 'added',
    id: 'evt_000000000001',
    receivedAt: 0,
    probe: undefined,
    secret: 'current',
    algorithm: 'sha1',
    notification,
    ...changed,
  };
}

const refused = (changed: Partial<Refused> = {}): Refused => ({
  kind: 'refused',
  status: 401,
  reason: 'mismatch',
  detail: '',
  probe: undefined,
  ...changed,
});

describe('the lines of the guide', () => {
  const USER = { type: 'user', id: '530370b477ad7120001d', email: 'ada@example.com', name: 'Ada Example' };

  test.each(['user.created', 'contact.user.created'])(
    'tell a new user of %s by the id, never by the e-mail',
    (topic) => {
      expect(eventLines(stored(topic, USER))).toEqual([
        `Intercom webhook received: ${topic}`,
        'New Intercom user: 530370b477ad7120001d',
      ]);
    },
  );

  test.each([
    ['conversation.user.created', USER],
    ['contact.lead.created', USER],
    ['user.created', undefined],
    ['user.created', { email: 'ada@example.com' }],
    ['ping', { type: 'ping', message: 'hello' }],
  ])('tell only the topic of %s', (topic, item) => {
    expect(eventLines(stored(topic, item))).toEqual([`Intercom webhook received: ${topic}`]);
  });

  test('tell a duplicate once, and no new user with it', () => {
    expect(eventLines(stored('user.created', USER, { outcome: 'duplicate' }))).toEqual([
      'Intercom webhook received: user.created (duplicate, already stored)',
    ]);
  });

  test('are clean and short, whatever the topic, the id or the probe hold', () => {
    const nasty = `a\u001b]0;x\u0007\r\nb\u202e${'c'.repeat(500)}`;
    const lines = eventLines(stored(nasty, { id: nasty }, { probe: nasty }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^Intercom webhook received: a bc+… \(probe: a bc+…\)$/);
    expect(lines[0]?.length).toBeLessThan(300);
  });
});

describe('refusals', () => {
  test('are told with the reason and the probe', () => {
    const log = createRefusalLog(stoppedClock());
    expect(log.tell(refused({ probe: 'endpoint/wrong-secret-rejected' }))).toEqual([
      {
        reason: 'mismatch',
        text: 'Refused with 401: the signature does not match: another secret, or the body was changed on the way (probe: endpoint/wrong-secret-rejected)',
      },
    ]);
    expect(log.tell(refused({ status: 404, reason: 'unknown-path', detail: 'POST /x\u001b[2J' }))).toEqual([
      { reason: 'unknown-path', text: 'Refused with 404: nothing is at that path: POST /x' },
    ]);
  });

  test('that come in floods are counted, and told with the next window or at the end', () => {
    const clock = stoppedClock();
    const log = createRefusalLog(clock);
    const told = Array.from({ length: 10_000 }, () => log.tell(refused())).flat();
    expect(told).toHaveLength(20);
    clock.advance(10_000);
    expect(log.tell(refused())).toEqual([
      { text: '… and 9980 more requests refused' },
      { reason: 'mismatch', text: expect.stringContaining('401') as string },
    ]);
    for (let count = 0; count < 20; count += 1) log.tell(refused());
    expect(log.rest()).toEqual([{ text: '… and 1 more request refused' }]);
    expect(log.rest()).toEqual([]);
  });
});

test('the counts of a run', () => {
  const counter = createCounter();
  expect(tallyLine(counter.read())).toBe('0 received, 0 duplicates, 0 refused');
  const happenings = [
    stored('a', {}),
    stored('a', {}),
    stored('a', {}, { outcome: 'duplicate' }),
    refused(),
    refused(),
    refused({ status: 503 }),
    { kind: 'answered', probe: undefined } as const,
  ];
  for (const happening of happenings) counter.count(happening);
  for (const outcome of ['handled', 'handled', 'retry', 'dead', 'lost'] as const) counter.countHandling(outcome);
  expect(counter.read()).toEqual({
    received: 2,
    duplicates: 1,
    refused: 3,
    signedWith: { current: 3, previous: 0 },
    handling: { handled: 2, retry: 1, dead: 1, released: 0, lost: 1 },
    refusedByStatus: { 401: 2, 503: 1 },
  });
  expect(tallyLine(counter.read())).toBe(
    '2 received, 1 duplicate, 3 refused (401: 2, 503: 1), 2 handled, 1 failed attempt to be repeated, 1 given up',
  );
});

describe('a journal', () => {
  test('writes in order, one at a time', async () => {
    const written: number[] = [];
    let writing = 0;
    const journal = createJournal<number>(async (entry) => {
      writing += 1;
      await Promise.resolve();
      expect(writing).toBe(1);
      written.push(entry);
      writing -= 1;
    }, 100);
    for (let entry = 0; entry < 50; entry += 1) journal.add(entry);
    await journal.flushed();
    expect(written).toEqual(Array.from({ length: 50 }, (_, at) => at));
  });

  test('leaves out and counts what a slow reader has no room for', async () => {
    let ready: () => void = () => undefined;
    const written: number[] = [];
    const journal = createJournal<number>(async (entry) => {
      await new Promise<void>((resolve) => (ready = resolve));
      written.push(entry);
    }, 3);
    for (let entry = 0; entry < 10; entry += 1) journal.add(entry);
    expect(journal.leftOut).toBe(6); // one is being written, three wait
    for (let entry = 0; entry < 4; entry += 1) {
      ready();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await journal.flushed();
    expect(written).toEqual([0, 1, 2, 3]);
  });

  test('stops for good when nobody reads any more', async () => {
    let tries = 0;
    const journal = createJournal<number>(async () => {
      tries += 1;
      throw new Error('EPIPE');
    }, 10);
    journal.add(1);
    journal.add(2);
    await journal.flushed();
    journal.add(3);
    await journal.flushed();
    expect([tries, journal.leftOut]).toEqual([1, 0]);
  });
});
