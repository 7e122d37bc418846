const MS_A_DAY = 86_400_000;

/**
 * An instant as ISO 8601 in UTC with milliseconds: `2026-01-10T07:56:29.000Z`. Arithmetic only, since the rooms of the core have no
 * `Date`: what they know of the time they are given. For the years 1970 to 9999.
 */
export function isoTime(epochMs: number): string {
  const days = Math.floor(epochMs / MS_A_DAY);
  const { year, month, day } = civilDate(days);
  const ms = Math.floor(epochMs - days * MS_A_DAY);
  const time = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60].map(two);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time.join(':')}.${String(ms % 1000).padStart(3, '0')}Z`;
}

/** The Gregorian date of a day counted from 1 January 1970, in years that begin in March so that leap days come last. */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');
