import type { Clock } from '../base/ports.ts';

const WINDOW_MS = 10_000;
const SHOWN_PER_WINDOW = 20;

/** Lines, so many in ten seconds; what is left out is counted. A flood must not flood the log. */
export interface LimitedLines<Line> {
  /** What to print now; empty while the window is full. */
  tell(line: () => Line): readonly Line[];
  /** What was left out and not told yet. */
  rest(): readonly Line[];
}

/** @param leftOut how to tell that so many were left out */
export function createLimitedLines<Line>(
  clock: Pick<Clock, 'monotonic'>,
  leftOut: (count: number) => Line,
): LimitedLines<Line> {
  let opened = -Infinity;
  let shown = 0;
  let hidden = 0;

  function rest(): readonly Line[] {
    const lines = hidden === 0 ? [] : [leftOut(hidden)];
    hidden = 0;
    return lines;
  }

  return {
    rest,
    tell(line) {
      const isNew = clock.monotonic() - opened >= WINDOW_MS;
      const before = isNew ? rest() : [];
      if (isNew) {
        opened = clock.monotonic();
        shown = 0;
      }
      if (shown >= SHOWN_PER_WINDOW) {
        hidden += 1;
        return before;
      }
      shown += 1;
      return [...before, line()];
    },
  };
}
