import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../base/errors.ts';
import { showSize } from '../base/quantity.ts';

/** What the system says, in words; the code stays in brackets, for searching. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EACCES: 'This user may not read it.',
  EPERM: 'This user may not read it.',
  EISDIR: 'It is a directory.',
  ENOTDIR: 'A part of its path is not a directory.',
  ELOOP: 'Its symbolic links go in a circle.',
  EMFILE: 'Too many files are open.',
  ENAMETOOLONG: 'Its name is too long.',
  EIO: 'The disk reported an error.',
};

/** The same for writing, where the words differ. */
const WRITE_WORDS: Readonly<Record<string, string>> = {
  ...WORDS,
  ENOENT: 'Its folder does not exist.',
  EACCES: 'This user may not write there.',
  EPERM: 'This user may not write there.',
  EROFS: 'The disk is read-only.',
  ENOSPC: 'The disk is full.',
  EDQUOT: 'There is no room left for this user.',
  EFBIG: 'It would be longer than this process may write.',
};

/** The reason a file could not be read, as a sentence with the system's code. */
export function fileReason(error: unknown): string {
  return reasonIn(WORDS, error);
}

/** The reason a file could not be written, as a sentence with the system's code. */
export function writeReason(error: unknown): string {
  return reasonIn(WRITE_WORDS, error);
}

function reasonIn(words: Readonly<Record<string, string>>, error: unknown): string {
  const code = codeOf(error);
  return code in words
    ? `${words[code]} (${code})`
    : `The system says: ${error instanceof Error ? error.message : String(error)}.`;
}

/** Whether a failure means that the file is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/**
 * A file's bytes, read from one open file, so that what is checked is what is read.
 * @throws the system's error, or AppError `io/read` when it is not a file or longer than `maxBytes`
 */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    if ((await handle.stat()).isDirectory()) throw cannotRead(path, 'It is a directory. (EISDIR)');
    return await readHandle(handle, path, maxBytes);
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of an open file, from its start.
 * @param path for the message
 * @throws the system's error, or AppError `io/read` when it is longer than `maxBytes`
 */
export async function readHandle(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for (let total = 0; total <= maxBytes;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
    if (bytesRead === 0) return Buffer.concat(parts);
    total += bytesRead;
    parts.push(buffer.subarray(0, bytesRead));
  }
  throw cannotRead(path, `It is longer than ${showSize(maxBytes)}.`);
}

function cannotRead(path: string, why: string): AppError {
  return new AppError('io/read', { what: `Cannot read ${path}`, why, hint: 'Name a file that can be read.' });
}

/** The system's word for what went wrong, such as `EROFS`; empty where there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
