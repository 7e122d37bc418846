import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { fileReason } from './files.ts';

export interface PrivateFile {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * A new file (0600) in a new folder (0700, as `mkdtemp` makes it): nobody else on this computer can read it or put anything
 * in its place.
 * @throws AppError `io/write`
 */
export async function writePrivate(name: string, text: string): Promise<PrivateFile> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'propiq-intercom-'));
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    return { path, remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (cause) {
    throw new AppError(
      'io/write',
      {
        what: `Cannot write ${name} to the folder for temporary files`,
        why: fileReason(cause),
        hint: 'Name another folder: TMPDIR=/path/to/folder',
      },
      { cause },
    );
  }
}
