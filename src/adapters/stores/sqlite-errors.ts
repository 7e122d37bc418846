import { AppError, type ErrorCode } from '../../base/errors.ts';
import { cleanLine } from '../../base/text.ts';

/** What SQLite and the file system say, in our words. Primary result codes: sqlite.org/rescode.html. */
const TABLE: Readonly<Record<string, readonly [code: ErrorCode, what: string, hint: string]>> = {
  SQLITE_BUSY: [
    'inbox/locked',
    'is locked by another process',
    'Stop the other program that uses it, or choose another file with --store.',
  ],
  SQLITE_FULL: ['inbox/full', 'is full', 'Free some space on its disk; nothing that was acknowledged is lost.'],
  SQLITE_NOTADB: [
    'inbox/not-a-database',
    'is not a SQLite file',
    'Choose another file with --store; this one was left as it is.',
  ],
  SQLITE_CORRUPT: [
    'inbox/corrupt',
    'is damaged',
    'Keep a copy, then try `sqlite3 FILE .recover`, or go on with another file (--store); this one was left as it is.',
  ],
  SQLITE_READONLY: [
    'inbox/not-writable',
    'cannot be written',
    'Give this user the right to write it, its -wal and -shm beside it, and its folder, or choose another file with --store.',
  ],
};
const SAME: Readonly<Record<string, string>> = {
  SQLITE_LOCKED: 'SQLITE_BUSY',
  SQLITE_PROTOCOL: 'SQLITE_BUSY',
  ENOSPC: 'SQLITE_FULL',
  EDQUOT: 'SQLITE_FULL',
  SQLITE_CANTOPEN: 'SQLITE_READONLY',
  SQLITE_PERM: 'SQLITE_READONLY',
  EACCES: 'SQLITE_READONLY',
  EPERM: 'SQLITE_READONLY',
  EROFS: 'SQLITE_READONLY',
  ENOTDIR: 'SQLITE_READONLY',
  ENOENT: 'SQLITE_READONLY',
  ENAMETOOLONG: 'SQLITE_READONLY',
  ELOOP: 'SQLITE_READONLY',
};

/** Something is to be changed in an inbox that was opened to be read. */
export function readOnly(path: string): AppError {
  return new AppError('inbox/not-writable', {
    what: `The inbox ${path} cannot be written`,
    why: 'It was opened to be read only.',
    hint: 'Open it to be written.',
  });
}

/** An error of the driver or the file system as AppError `inbox/*`; what is none of theirs comes back as it is. */
export function inboxError(cause: unknown, path: string): unknown {
  if (cause instanceof AppError || !(cause instanceof Error)) return cause;
  const system = codeOf(cause);
  if (system === undefined) return cause;
  const primary = primaryOf(system);
  const [code, problem, hint] = TABLE[SAME[primary] ?? primary] ?? [
    'inbox/failed' as const,
    'cannot be used',
    'Check the disk and the file, or choose another one with --store.',
  ];
  return new AppError(
    code,
    { what: `The inbox ${path} ${problem}`, why: `${cleanLine(cause.message)} (${system}).`, hint },
    { cause },
  );
}

/** Of a code that the driver has no name for it says the number, whose last byte is that of the primary one. */
const NUMBERS: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
};

function primaryOf(system: string): string {
  const [, number] = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(system) ?? [];
  if (number !== undefined) return NUMBERS[Number(number) & 0xff] ?? system;
  return system.startsWith('SQLITE_') ? system.split('_').slice(0, 2).join('_') : system;
}

/** The driver reports a failed `open` as a plain error that ends in SQLite's number: 14 is SQLITE_CANTOPEN. */
function codeOf(cause: Error): string | undefined {
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code === 'string' && code !== '') return code;
  if (!cause.message.startsWith('ConnectionFailed(')) return undefined;
  return cause.message.includes(': 14') ? 'SQLITE_CANTOPEN' : 'SQLITE_ERROR';
}
