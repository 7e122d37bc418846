import { AppError } from '../base/errors.ts';

const MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DAY = /^\d{4}-\d\d-\d\d$/;
/** With a zone: without one it would mean another instant on every machine. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/i;

/**
 * A moment of the past: `30m`, `2h`, `7d`, `4w` ago, a day (it begins at midnight UTC), or an instant of ISO 8601 with its
 * zone.
 * @param now ms since 1970 @returns ms since 1970
 * @throws AppError `usage/invalid-value`
 */
export function parseMoment(text: string, now: number): number {
  const given = text.trim();
  const ago = /^(\d{1,6})(s|m|h|d|w)$/i.exec(given);
  if (ago) return Math.max(0, now - Number(ago[1]) * MS[(ago[2] ?? 's').toLowerCase() as keyof typeof MS]);
  const isWritten = (DAY.test(given) || INSTANT.test(given)) && isDay(given.slice(0, 10));
  const instant = isWritten ? Date.parse(given) : Number.NaN;
  if (instant >= 0) return instant;
  throw new AppError('usage/invalid-value', {
    what: `"${given.slice(0, 40)}" is no moment`,
    why: 'Expected is how long ago, a day, or an instant with its zone.',
    hint: 'Write it like 30m, 2h, 7d, 2026-01-31 or 2026-01-31T08:00Z.',
  });
}

/** `Date` takes the 31st of February for a day in March. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}
