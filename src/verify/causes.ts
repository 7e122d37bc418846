import { codeOf, type Finding, type Setting } from '../diagnosis/finding.ts';
import { PLAIN_CAUSES, UNSTEADY } from './causes-table.ts';
import type { CheckId, CheckResult, Status } from './check.ts';

/** The causes that results name by themselves, in the words of the framework that was recognised. */
export function causesOf(results: readonly CheckResult[], setting: Setting): readonly Finding[] {
  const resultOf = (id: CheckId, ...statuses: readonly Status[]): CheckResult | undefined =>
    results.find((result) => result.id === id && statuses.includes(result.status));
  const causes = PLAIN_CAUSES.flatMap(({ id, fix, code, find }) => {
    const told = find(resultOf);
    if (told === undefined) return [];
    return [{ id, remedy: fix, ...told, ...codeOf(code, setting) }];
  });
  const lone = causes.find(({ id }) => UNSTEADY.has(id));
  return lone ? [lone] : causes;
}
