import { open } from 'node:fs/promises';
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

/** The reason a file operation failed, as a sentence with the system's code. */
export function fileReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code in WORDS
    ? `${WORDS[code]} (${code})`
    : `The system says: ${error instanceof Error ? error.message : String(error)}.`;
}

/** Whether a failure means that the file is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * A file's bytes, read from one open file, so that what is checked is what is read.
 * @throws the system's error, or AppError `io/read` when it is not a file or longer than `maxBytes`
 */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const cannot = (why: string): AppError =>
    new AppError('io/read', { what: `Cannot read ${path}`, why, hint: 'Name a file that can be read.' });
  const handle = await open(path, 'r');
  try {
    if ((await handle.stat()).isDirectory()) throw cannot('It is a directory. (EISDIR)');
    const parts: Buffer[] = [];
    for (let total = 0; total <= maxBytes;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
      if (bytesRead === 0) return Buffer.concat(parts);
      total += bytesRead;
      parts.push(buffer.subarray(0, bytesRead));
    }
    throw cannot(`It is longer than ${showSize(maxBytes)}.`);
  } finally {
    await handle.close();
  }
}
