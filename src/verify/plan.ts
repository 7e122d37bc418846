import { AppError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import type { Check, CheckId, Target } from './check.ts';

export interface PlanOptions {
  /** Ids or globs; nothing given: all. */
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  /** Checks that cannot be asked of this target, by glob, and why not. */
  readonly notHere?: { readonly globs: readonly string[]; readonly because: string } | undefined;
}

/** What will be judged, in order. Checks that `--only` leaves out are not in it; those that are left out otherwise are told as skipped. */
export interface Plan {
  readonly target: Target;
  readonly checks: readonly Check[];
  /** With the reason. */
  readonly leftOut: ReadonlyMap<CheckId, string>;
}

/** @throws AppError `usage/invalid-value` when a pattern fits no check: a typo must not look like a pass */
export function planVerify(
  checks: readonly Check[],
  target: Target,
  { only = [], skip = [], notHere }: PlanOptions = {},
): Plan {
  const ids = checks.map(({ id }) => id);
  const wanted = only.map((pattern) => matcher(pattern, '--only', ids));
  const unwanted = skip.map((pattern) => matcher(pattern, '--skip', ids));
  const chosen = checks.filter(({ id }) => wanted.length === 0 || wanted.some((fits) => fits(id)));
  const elsewhere = (notHere?.globs ?? []).map(globOf);
  const leftOut = new Map<CheckId, string>();
  for (const { id } of chosen) {
    if (unwanted.some((fits) => fits(id))) leftOut.set(id, 'left out by --skip');
    else if (notHere && elsewhere.some((glob) => glob.test(id))) leftOut.set(id, notHere.because);
  }
  if (leftOut.size === chosen.length) {
    throw new AppError('usage/conflict', {
      what: 'No check is left to run',
      why: `All that are asked for are left out: ${[...new Set(leftOut.values())].join('; ')}.`,
      hint: 'Leave --only or --skip away, or name others.',
    });
  }
  return { target, checks: chosen, leftOut };
}

function globOf(pattern: string): RegExp {
  const source = pattern.trim().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function matcher(pattern: string, flag: string, ids: readonly CheckId[]): (id: CheckId) => boolean {
  const glob = globOf(pattern);
  if (ids.some((id) => glob.test(id))) return (id) => glob.test(id);
  const groups = [...new Set(ids.map((id) => `${id.split('/')[0] ?? ''}/*`))];
  throw new AppError('usage/invalid-value', {
    what: `${flag} ${cleanLine(pattern).slice(0, 60)} fits no check`,
    why: 'It takes an id such as endpoint/head, or a glob such as signature/*.',
    hint: didYouMean(pattern, [...ids, ...groups], `Known groups: ${groups.join(', ')}`),
  });
}
