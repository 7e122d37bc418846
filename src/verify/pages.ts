import { ERROR_PAGES, type ErrorPage } from '../base/error-pages.ts';
import { CHECKS } from './checks/index.ts';
import { OUTCOME_PAGES } from '../diagnosis/finding.ts';
import { CAUSES } from '../diagnosis/hypotheses/index.ts';
import { BEHIND_CHECK_PAGE } from './behind-check.ts';
import { PLAIN_CAUSES } from './causes-table.ts';
import { CSRF_PAGE } from './csrf.ts';
import { LOGIN_PAGE } from './login-asked.ts';
import { NOT_SEEN_PAGE } from './signature-not-seen.ts';
import { NOT_BYTES_PAGE } from './told-exception.ts';

/** What `explain` shows of an id. */
export interface Page {
  readonly id: string;
  readonly kind: 'check' | 'error' | 'diagnosis';
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source?: string;
}

const checkPages: readonly Page[] = CHECKS.map(({ id, title, explain }) =>
  Object.assign({ id, kind: 'check' as const, title }, explain),
);

const diagnosisPages: readonly Page[] = [
  ...PLAIN_CAUSES,
  ...CAUSES,
  ...OUTCOME_PAGES,
  BEHIND_CHECK_PAGE,
  CSRF_PAGE,
  LOGIN_PAGE,
  NOT_BYTES_PAGE,
  NOT_SEEN_PAGE,
].map(({ id, title, why, fix, source }) =>
  Object.assign({ id, kind: 'diagnosis' as const, title, why, fix }, source === undefined ? {} : { source }),
);

const errorPages: readonly Page[] = Object.entries(ERROR_PAGES as Readonly<Record<string, ErrorPage>>).map(
  ([id, { title, why, fix }]) => ({ id, kind: 'error', title, why, fix }),
);

/** Every id that the program can print, with its page. */
export const PAGES: ReadonlyMap<string, Page> = new Map(
  [...checkPages, ...diagnosisPages, ...errorPages].map((page) => [page.id, page]),
);
