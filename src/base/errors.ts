/** The process's exit codes. They are a contract: never renumber. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 70;

/**
 * Every expected failure, with the exit code it ends in.
 * 2 usage or configuration, 3 could not judge, 4 Intercom's API refused, 5 local input or output, 70 a bug.
 * What each means and how to mend it: `error-pages.ts`.
 */
const EXIT_CODES = {
  'usage/unknown-command': 2,
  'usage/unknown-option': 2,
  'usage/invalid-value': 2,
  'usage/missing-input': 2,
  'usage/unexpected-argument': 2,
  'usage/secret-in-arguments': 2,
  'usage/conflict': 2,
  'usage/needs-yes': 2,
  'settings/env-file': 2,
  'settings/config-file': 2,
  'settings/unknown-profile': 2,
  'settings/invalid': 2,
  'settings/secret-missing': 2,
  'settings/secret-unusable': 2,
  'settings/secret-input': 2,
  'env/value': 2,
  'env/tracked': 2,
  'env/link': 2,
  'env/unreadable': 5,
  'env/read-only': 5,
  'env/not-ignored': 5,
  'env/changed': 5,
  'env/write': 5,
  'url/missing': 2,
  'url/missing-scheme': 2,
  'url/invalid': 2,
  'url/credentials': 2,
  'url/insecure': 2,
  'topic/unknown': 2,
  'topic/unknown-shape': 2,
  'topic/not-in-version': 2,
  'sample/unknown-path': 2,
  'explain/unknown-id': 2,
  'net/dns': 3,
  'net/refused': 3,
  'net/unreachable': 3,
  'net/reset': 3,
  'net/timeout': 3,
  'net/no-answer': 3,
  'net/tls': 3,
  'net/proxy': 3,
  'net/protocol': 3,
  'net/interrupted': 3,
  'api/unauthorized': 4,
  'api/forbidden': 4,
  'api/not-found': 4,
  'api/gone': 4,
  'api/invalid': 4,
  'api/rate-limited': 4,
  'api/server-error': 4,
  'api/unexpected-answer': 4,
  'spawn/exited': 3,
  'spawn/not-ready': 3,
  'setup/deploy-failed': 5,
  'inbox/missing': 5,
  'inbox/is-a-directory': 5,
  'inbox/not-readable': 5,
  'inbox/not-writable': 5,
  'inbox/not-a-database': 5,
  'inbox/newer': 5,
  'inbox/older': 5,
  'inbox/locked': 5,
  'inbox/full': 5,
  'inbox/corrupt': 5,
  'inbox/busy': 5,
  'inbox/unreachable': 5,
  'inbox/login': 5,
  'inbox/no-database': 5,
  'inbox/forbidden': 5,
  'inbox/timeout': 5,
  'inbox/tls': 5,
  'inbox/too-old': 5,
  'inbox/failed': 5,
  'inbox/unknown-event': 2,
  'handler/cannot-load': 2,
  'handler/no-handlers': 2,
  'serve/port-in-use': 5,
  'serve/cannot-listen': 5,
  'sandbox/endpoint-refused': 1,
  'receiver/body-consumed': 2,
  'receiver/answered-elsewhere': 2,
  'io/read': 5,
  'io/write': 5,
  'internal/bug': 70,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof EXIT_CODES;
export const ERROR_CODES = Object.keys(EXIT_CODES) as readonly ErrorCode[];

/** What a person reads: `what` failed (no full stop), `why` (the evidence, a sentence), `hint` (what to do or type next). */
export interface ErrorParts {
  what: string;
  why: string;
  hint: string;
}

/** An expected failure. Core throws it, only the program's entry prints it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly why: string;
  readonly hint: string;

  constructor(code: ErrorCode, parts: ErrorParts, options?: { cause?: unknown }) {
    super(`${parts.what}. ${parts.why}`, options);
    this.code = code;
    this.what = parts.what;
    this.why = parts.why;
    this.hint = parts.hint;
  }

  get exitCode(): ExitCode {
    return EXIT_CODES[this.code];
  }
}

/** A bug in this tool, in the three parts of every error. */
export function bugError(cause: unknown): AppError {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new AppError(
    'internal/bug',
    {
      what: 'propiq-intercom has a bug',
      why: text,
      hint: 'Run the command again with --verbose and report what it prints, together with `propiq-intercom --version`.',
    },
    { cause },
  );
}
