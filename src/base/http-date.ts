const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FIXED = /^\s*[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT\s*$/;

/**
 * The instant of a date in a header, in ms since 1970: `Sat, 10 Jan 2026 07:56:29 GMT`, the one form that may be written
 * (RFC 9110, 5.6.7). Undefined for anything else. Arithmetic only, as `isoTime`, and for the years from 1970.
 */
export function parseHttpDate(text: string): number | undefined {
  const [, day, name = '', year, hours, minutes, seconds] = FIXED.exec(text) ?? [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0 || Number(year) < 1970) return undefined;
  const days = dayNumber(Number(year), month, Number(day));
  return ((days * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
}

/** Days since 1 January 1970 in the Gregorian calendar, by years that begin in March so that leap days come last. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 719_469;
}
