import { AppError } from './errors.ts';

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

/**
 * `500ms`, `5s`, `2m`, `1h` → milliseconds, above zero and at most a day.
 * @throws AppError `usage/invalid-value`
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text.trim().toLowerCase());
  const ms = match ? Number(match[1]) * MS[match[2] as keyof typeof MS] : Number.NaN;
  if (ms >= 1 && ms <= 24 * MS.h) return ms;
  throw invalid(
    text,
    'is not a duration',
    'A number with a unit is expected, up to 24h.',
    'Write it like 500ms, 5s, 2m or 1h.',
  );
}

/**
 * `30m`, `8d` → milliseconds, at least a second and at most 30 days.
 * @throws AppError `usage/invalid-value`
 */
export function parseSpan(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(s|m|h|d)$/.exec(text.trim().toLowerCase());
  const ms = match ? Number(match[1]) * MS[match[2] as keyof typeof MS] : Number.NaN;
  if (ms >= MS.s && ms <= 30 * MS.d) return ms;
  throw invalid(
    text,
    'is not a span of time',
    'A number with a unit is expected, up to 30d.',
    'Write it like 30m, 2h or 8d.',
  );
}

/**
 * `300kb`, `1mb`, `4096` → bytes (1 kb is 1024), above zero.
 * @throws AppError `usage/invalid-value`
 */
export function parseSize(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(b|kb|mb|gb)?$/.exec(text.trim().toLowerCase());
  const bytes = match ? Math.round(Number(match[1]) * BYTES[(match[2] ?? 'b') as keyof typeof BYTES]) : Number.NaN;
  if (bytes >= 1) return bytes;
  throw invalid(text, 'is not a size', 'A number with a unit is expected.', 'Write it like 300kb or 1mb.');
}

/**
 * A whole number within bounds.
 * @throws AppError `usage/invalid-value`
 */
export function parseWhole(text: string, least: number, most: number): number {
  const value = /^\d{1,12}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(
    text,
    `is not a whole number from ${least} to ${most}`,
    'Only digits are expected.',
    `Give a number from ${least} to ${most}.`,
  );
}

/**
 * `100/s`, `100`, `6000/m` → how many a second, from one an hour to a million.
 * @throws AppError `usage/invalid-value`
 */
export function parseRate(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(?:\/(s|m|h))?$/.exec(text.trim().toLowerCase());
  const perSecond = match ? (Number(match[1]) * MS.s) / MS[(match[2] ?? 's') as keyof typeof MS] : Number.NaN;
  if (perSecond >= MS.s / MS.h && perSecond <= 1_000_000) return perSecond;
  throw invalid(text, 'is not a rate', 'A number a second or a minute is expected.', 'Write it like 100/s or 6000/m.');
}

/** `12 ms`, `1.5 s`, `2 min`. */
export function showDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** `400 bytes`, `1.5 kB`, `2 MB`. */
export function showSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} kB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

function invalid(text: string, problem: string, why: string, hint: string): AppError {
  return new AppError('usage/invalid-value', { what: `"${text.slice(0, 40)}" ${problem}`, why, hint });
}
