import { writeFile } from 'node:fs/promises';
import { AppError } from '../base/errors.ts';
import { writeReason } from './files.ts';

/**
 * Writes a report that the user asked for, over one of an earlier run.
 * @param shown the path as the user wrote it
 * @throws AppError `io/write`
 */
export async function writeReport(path: string, shown: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new AppError(
      'io/write',
      {
        what: `Cannot write the report ${shown}`,
        why: writeReason(cause),
        hint: 'Name a file in a folder that is there, and that this user may write.',
      },
      { cause },
    );
  }
}
