import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import { writeReason } from './files.ts';

export interface TemporaryFolder {
  /** Absolute. */
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * A new folder (0700, as `mkdtemp` makes it): nobody else on this computer can read in it or put anything there.
 * @throws AppError `io/write`
 */
export async function temporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const parent = resolve(tmpdir()); // TMPDIR may be relative
  try {
    const path = await mkdtemp(join(parent, prefix));
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
  } catch (cause) {
    throw new AppError(
      'io/write',
      {
        what: `Cannot write to ${parent}, the folder for temporary files`,
        why: writeReason(cause),
        hint: 'Name a folder that is there and can be written: TMPDIR=/path/to/folder',
      },
      { cause },
    );
  }
}
