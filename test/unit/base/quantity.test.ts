import { describe, expect, test } from 'vitest';
import { parseDuration, parseRate, parseSize, parseWhole, showDuration, showSize } from '../../../src/base/quantity.ts';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['5s', 5000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    [' 5S ', 5000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', '5', 's', '-5s', '0s', '5 s', '5d', '1e3s', '25h', '99999999999s', 'Infinitys'])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'usage/invalid-value' }) as Error);
    },
  );
});

describe('parseSize', () => {
  test.each([
    ['4096', 4096],
    ['300kb', 307_200],
    ['1mb', 1_048_576],
    ['1.5MB', 1_572_864],
  ])('%s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));
  test.each(['', '0', '-1mb', '1 mb', 'mb', '1tb'])('refuses %j', (text) =>
    expect(() => parseSize(text)).toThrow('is not a size'),
  );
});

describe('parseRate', () => {
  test.each([
    ['100', 100],
    ['100/s', 100],
    ['0.5/S', 0.5],
    ['6000/m', 100],
    ['3600/h', 1],
  ])('%s is %d a second', (text, perSecond) => expect(parseRate(text)).toBe(perSecond));
  test.each(['', '0', '-1/s', '10/d', '10 / s', '/s', '1e3/s', '1000001/s', '0.5/h'])('refuses %j', (text) =>
    expect(() => parseRate(text)).toThrow('is not a rate'),
  );
});

test('parseWhole keeps to its bounds', () => {
  expect(parseWhole('0', 0, 10)).toBe(0);
  for (const text of ['', '11', '-1', '1.5', '1e1', '0x1', 'ten'])
    expect(() => parseWhole(text, 0, 10)).toThrow('is not a whole number');
});

test('amounts read as people write them', () => {
  expect([0.4, 12, 1500, 30_000, 180_000].map(showDuration)).toEqual(['0 ms', '12 ms', '1.5 s', '30 s', '3 min']);
  expect([400, 1536, 102_400, 3 * 1024 ** 2].map(showSize)).toEqual(['400 bytes', '1.5 kB', '100 kB', '3.0 MB']);
});
