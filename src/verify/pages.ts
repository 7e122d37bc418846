import { ERROR_PAGES, type ErrorPage } from '../base/error-pages.ts';
import { CHECKS } from './checks/index.ts';
import { UNKNOWN_CAUSE } from './findings.ts';

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
  {
    id: UNKNOWN_CAUSE,
    kind: 'diagnosis',
    title: 'Why a right signature is refused was not found out',
    why: 'verify names a cause only when it has proof. It says what is ruled out instead: a wrong guess would cost more time than none.',
    fix: 'Compare the secret of the receiver with the one used here, letter by letter, and look whether it signs the raw body. propiq-intercom signature check tells, without a network, whether a header belongs to a body.',
  },
];

const errorPages: readonly Page[] = Object.entries(ERROR_PAGES as Readonly<Record<string, ErrorPage>>).map(
  ([id, { title, why, fix }]) => ({ id, kind: 'error', title, why, fix }),
);

/** Every id that the program can print, with its page. */
export const PAGES: ReadonlyMap<string, Page> = new Map(
  [...checkPages, ...diagnosisPages, ...errorPages].map((page) => [page.id, page]),
);
