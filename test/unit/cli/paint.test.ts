import { expect, test } from 'vitest';
import { createPaint, wantsColour } from '../../../src/cli/paint.ts';

test.each([
  [{ isTTY: true }, {}, false, true],
  [{ isTTY: true }, { TERM: 'dumb' }, false, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, false, false],
  [{ isTTY: true }, { NO_COLOR: '' }, false, true],
  [{ isTTY: true }, {}, true, false],
  [{}, {}, false, false],
  [{}, { FORCE_COLOR: '1' }, false, true],
  [{}, { FORCE_COLOR: '0' }, false, false],
  [{ isTTY: true }, { FORCE_COLOR: '0' }, false, false],
  [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
])('colour of %j with %j, forbidden %s: %s', (stream, environment, isForbidden, expected) => {
  expect(wantsColour(stream, environment, isForbidden)).toBe(expected);
});

test.each([
  [{}, '✓'],
  [{ LANG: 'C.UTF-8' }, '✓'],
  [{ LANG: 'de_DE.utf8' }, '✓'],
  [{ LANG: 'C' }, '+'],
  [{ LANG: 'C.UTF-8', LC_ALL: 'POSIX' }, '+'],
  [{ TERM: 'linux' }, '+'],
])('marks with %j start with %s', async (environment, mark) => {
  expect((await createPaint(false, environment)).marks.pass).toBe(mark);
});

test('a plain paint changes nothing, a coloured one wraps', async () => {
  expect((await createPaint(false, {})).red('x')).toBe('x');
  expect((await createPaint(true, {})).red('x')).toBe('\u001B[31mx\u001B[39m');
});
