import { AppError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import type { Check, CheckId, Target } from './check.ts';

export interface PlanOptions {
  /** Ids or globs; nothing given: all. */
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
}

/** What will be judged, in order. Checks that `--only` leaves out are not in it; those of `--skip` are told as skipped. */
export interface Plan {
  readonly target: Target;
  readonly checks: readonly Check[];
  readonly leftOut: ReadonlySet<CheckId>;
}

/** @throws AppError `usage/invalid-value` when a pattern fits no check: a typo must not look like a pass */
export function planVerify(checks: readonly Check[], target: Target, { only = [], skip = [] }: PlanOptions = {}): Plan {
  const ids = checks.map(({ id }) => id);
  const wanted = only.map((pattern) => matcher(pattern, '--only', ids));
  const unwanted = skip.map((pattern) => matcher(pattern, '--skip', ids));
  const chosen = checks.filter(({ id }) => wanted.length === 0 || wanted.some((fits) => fits(id)));
  const leftOut = new Set(chosen.map(({ id }) => id).filter((id) => unwanted.some((fits) => fits(id))));
  if (leftOut.size === chosen.length) {
    throw new AppError('usage/conflict', {
      what: 'No check is left to run',
      why: '--skip leaves out all that --only asks for.',
      hint: 'Leave one of them away.',
    });
  }
  return { target, checks: chosen, leftOut };
}

function matcher(pattern: string, flag: string, ids: readonly CheckId[]): (id: CheckId) => boolean {
  const source = pattern.trim().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const glob = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  if (ids.some((id) => glob.test(id))) return (id) => glob.test(id);
  const groups = [...new Set(ids.map((id) => `${id.split('/')[0] ?? ''}/*`))];
  throw new AppError('usage/invalid-value', {
    what: `${flag} ${cleanLine(pattern).slice(0, 60)} fits no check`,
    why: 'It takes an id such as endpoint/head, or a glob such as signature/*.',
    hint: didYouMean(pattern, [...ids, ...groups], `Known groups: ${groups.join(', ')}`),
  });
}
