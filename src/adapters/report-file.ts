import { writeFile } from 'node:fs/promises';
import { AppError } from '../base/errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'Its folder does not exist.',
  EISDIR: 'It is a directory.',
  EACCES: 'This user may not write there.',
  EPERM: 'This user may not write there.',
  EROFS: 'The disk is read-only.',
  ENOSPC: 'The disk is full.',
};

/**
 * Writes a report that the user asked for, over one of an earlier run.
 * @param shown the path as the user wrote it
 * @throws AppError `io/write`
 */
export async function writeReport(path: string, shown: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new AppError(
      'io/write',
      {
        what: `Cannot write the report ${shown}`,
        why: `${WORDS[code] ?? 'The system refused.'} (${code})`,
        hint: 'Name a file in a folder that is there, and that this user may write.',
      },
      { cause },
    );
  }
}
