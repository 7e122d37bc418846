import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemId, parseNotification } from '../../../src/intercom/notification.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/payloads');
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
const wrap = (fields: object): string => JSON.stringify({ type: 'notification_event', topic: 'ping', ...fields });

describe('parseNotification', () => {
  test.each(files)('reads %s and drops nothing', (file) => {
    const bytes = readFileSync(join(FOLDER, file));
    const parsed = parseNotification(bytes);
    expect(parsed).toEqual({ ok: true, notification: JSON.parse(bytes.toString()) });
  });

  test('keeps fields that nobody knows', () => {
    expect(parseNotification(wrap({ novel: { a: [1] } }))).toMatchObject({
      ok: true,
      notification: { novel: { a: [1] } },
    });
  });

  test.each([{}, { id: null }, { id: undefined }])('takes a missing id for null: %j', (fields) => {
    expect(parseNotification(wrap(fields))).toMatchObject({ ok: true, notification: { id: null } });
  });

  test('takes a byte order mark for what it is', () => {
    expect(parseNotification(Buffer.from(`\uFEFF${wrap({})}`)).ok).toBe(true);
  });

  test.each([
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    ['{', 'it is not JSON'],
    ['[]', 'it is JSON, but not an object'],
    ['null', 'it is JSON, but not an object'],
    ['"ping"', 'it is JSON, but not an object'],
    ['{}', 'its "type" is not "notification_event"'],
    ['{"type":"notification_event"}', 'it has no "topic"'],
    ['{"type":"notification_event","topic":""}', 'it has no "topic"'],
    ['{"type":"notification_event","topic":7}', 'it has no "topic"'],
    [wrap({ id: 7 }), 'its "id" is neither a text nor null'],
    [wrap({ id: '' }), 'its "id" is neither a text nor null'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'it is not UTF-8 text'],
  ])('refuses %j', (body, problem) => {
    expect(parseNotification(body)).toEqual({ ok: false, problem });
  });

  test('reads a body nested 100,000 deep without falling over', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parseNotification(`{"type":"notification_event","topic":"ping","data":${deep}}`).ok).toBe(true);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.json()), (body) => void parseNotification(body)));
  });
});

describe('itemId', () => {
  test.each([
    [{ data: { item: { id: '42' } } }, '42'],
    [{ data: { item: { id: 42 } } }, '42'],
    [{ data: { item: { conversation_id: '7' } } }, '7'],
    [{ data: { item: { type: 'ping' } } }, undefined],
    [{ data: { item: null } }, undefined],
    [{ data: { item: [1] } }, undefined],
    [{ data: null }, undefined],
    [{}, undefined],
  ])('of %j is %s', (fields, expected) => {
    const parsed = parseNotification(wrap(fields));
    expect(parsed.ok && itemId(parsed.notification)).toBe(expected);
  });
});
