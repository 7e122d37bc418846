import { type CheckResult, type Status, STATUSES } from './check.ts';

export type Summary = Readonly<Record<Status, number>>;

export function countResults(results: readonly Pick<CheckResult, 'status'>[]): Summary {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  for (const { status } of results) counts[status] += 1;
  return counts;
}

/** Any failure is 1, a warning under `--strict` too; else anything that could not be judged is 3; else 0. */
export function exitCodeOf(summary: Summary, isStrict: boolean): 0 | 1 | 3 {
  if (summary.fail > 0 || (isStrict && summary.warn > 0)) return 1;
  return summary.error > 0 ? 3 : 0;
}
