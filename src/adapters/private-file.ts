import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';
import { writeReason } from './files.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface PrivateFile {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * A new file (0600) in a new folder for temporary files that only this user may enter.
 * @throws AppError `io/write`
 */
export async function writePrivate(name: string, text: string): Promise<PrivateFile> {
  const folder = await temporaryFolder('propiq-intercom-');
  const path = join(folder.path, name);
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    return { path, remove: folder.remove };
  } catch (cause) {
    await folder.remove();
    throw new AppError(
      'io/write',
      {
        what: `Cannot write ${name} to the folder for temporary files`,
        why: writeReason(cause),
        hint: 'Name another folder: TMPDIR=/path/to/folder',
      },
      { cause },
    );
  }
}
