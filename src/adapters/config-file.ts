import { AppError } from '../base/errors.ts';
import { parseConfigFile, type Profiles } from '../base/profiles.ts';
import { decodeUtf8Strictly } from '../base/text.ts';
import { fileReason, isMissing, readBounded } from './files.ts';

const LONGEST = 1024 * 1024;

/**
 * The profiles of a config file; none when there is no such file.
 * @throws AppError `settings/config-file` when it is there but cannot be used
 */
export async function readConfigFile(path: string, shown: string): Promise<Profiles> {
  const broken = (why: string, cause?: unknown): AppError =>
    new AppError(
      'settings/config-file',
      { what: `The config file ${shown} cannot be used`, why, hint: 'Mend it, or move it away.' },
      { cause },
    );
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(path, LONGEST);
  } catch (error) {
    if (isMissing(error)) return {};
    throw broken(error instanceof AppError ? error.why : fileReason(error), error);
  }
  const text = decodeUtf8Strictly(bytes);
  if (text === undefined) throw broken('It is not a text file in UTF-8.');
  return parseConfigFile(text, shown);
}
