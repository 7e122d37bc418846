import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHttpDate } from '../../../src/base/http-date.ts';

test('is the instant that Date names', () => {
  const instants = fc.integer({ min: 0, max: 253_402_300_799 });
  fc.assert(
    fc.property(instants, (seconds) => {
      expect(parseHttpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['Thu, 29 Feb 2024 23:59:59 GMT', 1_709_251_199_000],
  [' Thu, 01 Jan 1970 00:00:00 GMT ', 0],
])('reads %j', (text, ms) => {
  expect(parseHttpDate(text)).toBe(ms);
});

test.each([
  '',
  '3',
  '2026-01-10T07:56:29Z',
  'Sat, 10 Jan 2026 07:56:29',
  'Sat, 10 Foo 2026 07:56:29 GMT',
  'Sat, 01 Jan 1600 00:00:00 GMT',
])('takes %j for none', (text) => {
  expect(parseHttpDate(text)).toBeUndefined();
});
