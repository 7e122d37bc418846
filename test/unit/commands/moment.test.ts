import { describe, expect, test } from 'vitest';
import { parseMoment } from '../../../src/commands/moment.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const DAY = 86_400_000;

describe('parseMoment', () => {
  test.each([
    ['30s', NOW - 30_000],
    ['30m', NOW - 1_800_000],
    ['2h', NOW - 7_200_000],
    ['30d', NOW - 30 * DAY],
    ['4W', NOW - 28 * DAY],
    ['0d', NOW],
    ['999999d', 0],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    [' 2026-01-31T08:00Z ', Date.UTC(2026, 0, 31, 8)],
    ['2026-01-31T08:00:30.5+02:00', Date.UTC(2026, 0, 31, 6, 0, 30, 500)],
    ['2026-01-31T08:00:30+0200', Date.UTC(2026, 0, 31, 6, 0, 30)],
  ])('%s', (text, ms) => expect(parseMoment(text, NOW)).toBe(ms));

  test.each([
    '',
    '30',
    'd',
    '-1d',
    '1.5d',
    '1y',
    'yesterday',
    '2026-02-31',
    '2026-13-01',
    '2026-01-31T08:00',
    '31.01.2026',
    '1e3d',
  ])('refuses %j', (text) => expect(() => parseMoment(text, NOW)).toThrow('is no moment'));
});
