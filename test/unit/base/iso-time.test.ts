import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime } from '../../../src/base/iso-time.ts';

test('writes any instant of 1970 to 9999 as the platform does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }),
  );
});

test.each([
  '1970-01-01T00:00:00.000Z',
  '2000-02-29T23:59:59.999Z',
  '2100-03-01T00:00:00.000Z',
  '2024-12-31T12:00:00.001Z',
])('writes %s', (text) => expect(isoTime(Date.parse(text))).toBe(text));
