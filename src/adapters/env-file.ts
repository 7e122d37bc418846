import { entriesOf, envText, LONGEST_ENV_FILE, parseEnvDocument, valuelessLinesOf } from '../base/env-document.ts';
import { AppError } from '../base/errors.ts';
import { ENV_FILE_KEYS, type EnvFile } from '../base/settings.ts';
import { fileReason, isMissing, readBounded } from './files.ts';

/** Named by the user, and so it must be there; or not; or the file that the command writes, and so it may be unfinished. */
export type EnvFileUse = 'named' | 'default' | 'target';

/**
 * Reads our keys, and no others, from an env file, as dotenv reads them. Undefined when there is no such file and there
 * need not be.
 * @param shown the path as the user wrote it, for messages
 * @throws AppError `settings/env-file` when it is there but cannot be used
 */
export async function readEnvFile(path: string, use: EnvFileUse, shown: string): Promise<EnvFile | undefined> {
  const broken = (why: string, hint: string, cause?: unknown): AppError =>
    new AppError('settings/env-file', { what: `The env file ${shown} cannot be used`, why, hint }, { cause });
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(path, LONGEST_ENV_FILE);
  } catch (error) {
    if (isMissing(error) && use !== 'named') return undefined;
    const why = error instanceof AppError ? error.why : fileReason(error);
    throw broken(
      why,
      isMissing(error)
        ? 'Create it, or name another with --env-file FILE.'
        : 'Make it a readable text file, or name another with --env-file FILE.',
      error,
    );
  }
  const read = envText(bytes);
  if (!('text' in read)) throw broken(read.why, read.hint);
  const { parse } = await import('dotenv'); // most runs have no env file, and do not wait for it
  const all = parse(read.text);
  const document = parseEnvDocument(read.text);
  const values: Record<string, string> = {};
  const lines: Record<string, number> = {};
  for (const key of ENV_FILE_KEYS) {
    const value = all[key];
    const line = (entriesOf(document, key).at(-1) ?? valuelessLinesOf(document, key).at(-1))?.line;
    if (line !== undefined) lines[key] = line;
    if (value !== undefined) values[key] = value;
    else if (line !== undefined && use !== 'target')
      throw broken(`Line ${line} names ${key} but gives it no value.`, `Write it as ${key}=value, or remove the line.`);
  }
  return { path: shown, values, lines };
}
