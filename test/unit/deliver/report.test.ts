import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { PLAIN } from '../../../src/base/paint.ts';
import type { BodyEnd, Exchange, HeaderList } from '../../../src/base/ports.ts';
import { answerText } from '../../../src/deliver/answer-text.ts';
import type { Delivery } from '../../../src/deliver/compose.ts';
import { reportText, resultJson } from '../../../src/deliver/report.ts';
import type { Attempt, DeliveryResult } from '../../../src/deliver/send-test.ts';

const URL_ = new URL('https://propiq.example/intercom/webhook');

function exchange(
  status: number,
  body: string | Uint8Array = '{}',
  headers: HeaderList = [],
  bodyEnd: BodyEnd = 'complete',
): Exchange {
  return {
    request: { method: 'POST', url: URL_, headers: [] },
    status,
    headers,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    bodyEnd,
    address: '192.0.2.1:443',
    durationMs: 12.4,
  };
}
const attempt = (status: number, algorithm: Attempt['algorithm'] = 'sha1', body = '{}'): Attempt => ({
  algorithm,
  exchange: exchange(status, body),
});
const delivery = (changed: Partial<Delivery> = {}): Delivery => ({
  topic: 'ping',
  notificationId: null,
  body: new Uint8Array(10),
  origin: 'captured',
  basis: 'Seen.',
  currentName: null,
  ...changed,
});
const refused = { what: 'The receiver refuses the signature', why: 'Because it does.', hint: 'propiq-intercom verify' };
const report = (results: readonly DeliveryResult[], columns = 80): string =>
  reportText(results, { paint: PLAIN, columns });

describe('the report', () => {
  test('of one delivery that went well is one line', () => {
    expect(report([{ delivery: delivery(), verdict: 'as-expected', attempts: [attempt(200)] }])).toBe(
      '✓ ok        ping  200  12 ms',
    );
  });

  test('says that a refusal was wanted', () => {
    expect(report([{ delivery: delivery(), verdict: 'as-expected', attempts: [attempt(401)] }])).toBe(
      '✓ ok        ping  401  12 ms  refused, as expected',
    );
  });

  test('tells what an answer means once, however often it came, and counts', () => {
    const failed = {
      verdict: 'unexpected',
      attempts: [attempt(401, 'sha1', '{"detail":"no"}')],
      meaning: refused,
    } as const;
    expect(
      report([
        { delivery: delivery({ topic: 'user.created', currentName: 'contact.user.created' }), ...failed },
        { delivery: delivery({ topic: 'contact.deleted' }), ...failed },
        {
          delivery: delivery(),
          verdict: 'unanswered',
          attempts: [],
          error: new AppError('net/timeout', { what: 'No answer', why: 'It was silent.', hint: 'Look.' }),
        },
        { delivery: delivery({ topic: null }), verdict: 'not-sent', attempts: [] },
      ]),
    ).toMatchInlineSnapshot(`
      "✗ failed    user.created       401  12 ms
          answer: {"detail":"no"}
      ✗ failed    contact.deleted    401  12 ms
          answer: {"detail":"no"}
      ? no answer ping
      – not sent  (no notification)

      The receiver refuses the signature
        Because it does.
        → propiq-intercom verify

      No answer
        It was silent.
        → Look.

      ! user.created is an old name: current API versions call it
      contact.user.created.

      4 notifications: 0 as expected, 2 not, 1 without an answer, 1 not sent"
    `);
  });

  test('says what it means that only sha256 was accepted', () => {
    const told = report([
      { delivery: delivery(), verdict: 'as-expected', attempts: [attempt(401), attempt(200, 'sha256')] },
    ]);
    expect(told).toContain('sha1: 401, then sha256');
    expect(told).toContain('every real delivery will be refused');
  });

  test('says which samples nobody has ever seen', () => {
    const composed = (topic: string): DeliveryResult => ({
      delivery: delivery({ topic, origin: 'composed' }),
      verdict: 'as-expected',
      attempts: [attempt(200)],
    });
    expect(report([composed('a.b')])).toContain('Composed from known shapes, never captured: a.b.');
    expect(report(['a', 'b', 'c', 'd'].map(composed))).toContain('4 of the samples are composed, never captured');
  });

  test.each([60, 80])('fits into %i columns, addresses and commands excepted', (columns) => {
    const long = { ...refused, why: 'word '.repeat(60).trim() + '.' };
    const told = report(
      [
        {
          delivery: delivery({ topic: 'conversation.admin.single.created', origin: 'composed' }),
          verdict: 'unexpected',
          attempts: [attempt(401, 'sha1', 'x '.repeat(200))],
          meaning: long,
        },
      ],
      columns,
    );
    expect(told.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });

  test('as JSON holds what happened, cleaned', () => {
    const result: DeliveryResult = {
      delivery: delivery(),
      verdict: 'unexpected',
      attempts: [attempt(401, 'sha1', '\u001b[31mno\u0000'), attempt(401, 'sha256', '\u001b[31mno\u0000')],
      meaning: refused,
    };
    expect(resultJson(result)).toMatchObject({
      status: 401,
      algorithm: 'sha256',
      durationMs: 12,
      attempts: [{ algorithm: 'sha1' }, { algorithm: 'sha256' }],
      answer: { text: 'no', end: 'complete' },
      meaning: { message: 'The receiver refuses the signature. Because it does.' },
      error: null,
    });
  });
});

describe('the body of an answer', () => {
  test.each([
    ['nothing', exchange(200, ''), '(empty)'],
    ['nothing, cut off', exchange(200, '', [], 'cut-off'), '(nothing of it came)'],
    ['JSON', exchange(200, '{"a":1}\n'), '{"a":1}'],
    ['lines', exchange(200, 'one\r\ntwo'), 'one two'],
    ['escape sequences', exchange(200, '\u001b[2J\u001b]0;x\u0007ok\u202e'), 'ok'],
    ['white space', exchange(200, ' \n '), '(3 bytes without anything to read)'],
    ['bytes', exchange(200, Uint8Array.of(0xff, 0xfe, 0)), '(3 bytes that are not text)'],
    ['a cut character', exchange(200, Uint8Array.of(0x61, 0xc3), [], 'too-long'), 'a'],
  ])('of %s is one harmless line', (_, seen, expected) => expect(answerText(seen)).toBe(expected));

  test('that is compressed is not unpacked, and one that is long is cut', () => {
    const bomb = gzipSync(Buffer.alloc(100_000));
    expect(answerText(exchange(200, bomb, [['Content-Encoding', 'gzip']]))).toMatch(/compressed as gzip/);
    expect(answerText(exchange(200, 'x'.repeat(1000)))).toHaveLength(300);
  });
});
