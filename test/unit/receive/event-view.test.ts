import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventTable } from '../../../src/receive/event-table.ts';
import { eventJson, eventText } from '../../../src/receive/event-view.ts';
import type { EventSummary, StoredEvent } from '../../../src/receive/inbox.ts';
import { prettyJson } from '../../../src/receive/pretty-json.ts';
import { event } from '../../support/inbox.ts';

const same = (text: string): string => text;
const instant = (ms: number): string => new Date(ms).toISOString();

function stored(changed: Partial<StoredEvent> = {}): StoredEvent {
  return {
    ...event(),
    id: 'evt_000000000001',
    state: 'received',
    attempts: 0,
    lastError: null,
    retryAt: null,
    ...changed,
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('JSON laid out', () => {
  test('keeps numbers, escapes and repeated names as they came', () => {
    expect(prettyJson('{"a":1.0,"a":1e400,"b":["\\u00e9\\/",{},[ ]],"c":{"d":null}}')).toBe(
      '{\n  "a": 1.0,\n  "a": 1e400,\n  "b": [\n    "\\u00e9\\/",\n    {},\n    []\n  ],\n  "c": {\n    "d": null\n  }\n}',
    );
  });

  test('means the same as before, and looks as JSON.stringify would have it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, isSpaced) => {
        const text = isSpaced ? JSON.stringify(value, null, '\t') : JSON.stringify(value);
        expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
    );
  });

  test.each([['['.repeat(100_000)], [`${'['.repeat(101)}${']'.repeat(101)}`], [']'], ['"open'], ['\u0000"'.slice(1)]])(
    'gives up on what is too deep or not JSON: %#',
    (text) => {
      expect(prettyJson(text)).toBeUndefined();
    },
  );

  test('takes a body of 10 MB', () => {
    const text = JSON.stringify(Array.from({ length: 100_000 }, (_, at) => ({ at, text: 'x'.repeat(80) })));
    expect(JSON.parse(prettyJson(text) ?? '')).toHaveLength(100_000);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void prettyJson(text)));
  });
});

describe('an event as JSON', () => {
  test.each([
    ['plain text', bytes('{"a":"é"}'), 'utf-8', '{"a":"é"}'],
    ['nothing', new Uint8Array(), 'utf-8', ''],
    ['control characters', bytes('\u0000\u001b[31m'), 'utf-8', '\u0000\u001b[31m'],
    ['a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), 'base64', '77u/e30='],
    ['bytes that are no text', Uint8Array.of(0xff, 0x00), 'base64', '/wA='],
  ])('keeps every byte of %s', (_, body, encoding, written) => {
    expect(eventJson(stored({ body }), instant)).toMatchObject({ encoding, body: written });
  });

  test('keeps header lines in order, with repeats', () => {
    const headers = [
      ['X-A', '1'],
      ['x-a', '\u00ff'],
    ] as const;
    expect(eventJson(stored({ headers }), instant)['headers']).toEqual([
      ['X-A', '1'],
      ['x-a', '\u00ff'],
    ]);
  });

  test('gives back any body', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' }).map(bytes)), (body) => {
        const { encoding, body: written } = eventJson(stored({ body }), instant) as { encoding: string; body: string };
        expect(Uint8Array.from(Buffer.from(written, encoding as BufferEncoding))).toEqual(Uint8Array.from(body));
      }),
    );
  });
});

describe('an event for people', () => {
  test('shows what is known, the headers, and the body laid out', () => {
    const text = eventText(
      stored({ notificationId: 'notif_1', topic: 'user.created', headers: [['Host', 'x']], body: bytes('{"a":[1]}') }),
      instant,
      same,
    );
    expect(text).toBe(
      [
        'id            evt_000000000001',
        'notification  notif_1',
        'topic         user.created',
        'received      2026-01-10T03:28:22.123Z',
        'state         received',
        'body          9 bytes',
        '',
        'Host: x',
        '',
        '{\n  "a": [\n    1\n  ]\n}',
      ].join('\n'),
    );
  });

  test('is stripped of everything that a terminal would obey', () => {
    const nasty = 'x\u001b]0;title\u0007\u009b31m\u202ey\r';
    const text = eventText(
      stored({ notificationId: nasty, topic: nasty, headers: [[nasty, nasty]], body: bytes(nasty) }),
      instant,
      same,
    );
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });

  test.each([
    ['a body nested 100,000 deep', bytes(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), '[[[['],
    ['a body that is no text', Uint8Array.of(0xff), '--body writes the bytes'],
  ])('%s is shown somehow', (_, body, expected) => {
    expect(eventText(stored({ body }), instant, same)).toContain(expected);
  });
});

describe('the table', () => {
  const rows: EventSummary[] = ['ping', 'conversation.admin.single.created.and.more.of.it', 'x\u001b[31m\n'].map(
    (topic, at) =>
      stored({ topic, id: `evt_00000000000${at}`, notificationId: at === 0 ? null : `notif_${'a'.repeat(36)}` }),
  );

  test.each([50, 60, 75, 76, 80, 100, 127, 128, 200])('of %i columns has no longer line', (width) => {
    const lines = eventTable(rows, width, instant, same).split('\n');
    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });

  test('has room for the whole usual topic at 60 and at 80 columns', () => {
    for (const width of [60, 80]) {
      const table = eventTable([stored({ topic: 'conversation.admin.replied' })], width, instant, same);
      expect(table).toContain('conversation.admin.replied');
    }
  });

  test('at 80 columns', () => {
    expect(eventTable(rows.slice(0, 1), 80, instant, same)).toBe(
      'ID                RECEIVED (UTC)       STATE     TOPIC\nevt_000000000000  2026-01-10 03:28:22  received  ping',
    );
  });

  test('at 60 columns', () => {
    expect(eventTable(rows.slice(0, 1), 60, instant, same)).toBe(
      'ID                UTC          TOPIC\nevt_000000000000  01-10 03:28  ping',
    );
  });
});
