import { AppError } from '../base/errors.ts';
import { ENV_FILE_KEYS, type EnvFile } from '../base/settings.ts';
import { decodeUtf8Strictly } from '../base/text.ts';
import { fileReason, isMissing, readBounded } from './files.ts';

const LONGEST = 1024 * 1024;

/**
 * Reads our keys, and no others, from an env file, as dotenv reads them. Undefined when there is no such file and it
 * was not asked for by name.
 * @param shown the path as the user wrote it, for messages
 * @throws AppError `settings/env-file` when it is there but cannot be used
 */
export async function readEnvFile(path: string, isNamed: boolean, shown: string): Promise<EnvFile | undefined> {
  const broken = (why: string, hint: string, cause?: unknown): AppError =>
    new AppError('settings/env-file', { what: `The env file ${shown} cannot be used`, why, hint }, { cause });
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(path, LONGEST);
  } catch (error) {
    if (isMissing(error) && !isNamed) return undefined;
    const why = error instanceof AppError ? error.why : fileReason(error);
    throw broken(
      why,
      isMissing(error)
        ? 'Create it, or name another with --env-file FILE.'
        : 'Make it a readable text file, or name another with --env-file FILE.',
      error,
    );
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw broken('It is saved as UTF-16, as Windows PowerShell does.', 'Save it as UTF-8: Set-Content -Encoding utf8');
  }
  const text = decodeUtf8Strictly(bytes);
  if (text === undefined || text.includes('\0'))
    throw broken('It is not a text file in UTF-8.', 'Save it as UTF-8 text, one KEY=value a line.');
  const { parse } = await import('dotenv'); // most runs have no env file, and do not wait for it
  const all = parse(text);
  const values: Record<string, string> = {};
  const lines = linesOf(text);
  for (const key of ENV_FILE_KEYS) {
    const value = all[key];
    if (value !== undefined) values[key] = value;
    else if (lines[key] !== undefined)
      throw broken(
        `Line ${lines[key]} names ${key} but gives it no value.`,
        `Write it as ${key}=value, or remove the line.`,
      );
  }
  return { path: shown, values, lines };
}

/** The line on which each of our keys stands last: of duplicates dotenv takes the last. */
function linesOf(text: string): Record<string, number> {
  const lines: Record<string, number> = {};
  text.split(/\r\n|\n|\r/).forEach((line, at) => {
    const key = /^[\s\uFEFF]*(?:export\s+)?([A-Z_]+)/.exec(line)?.[1];
    if (key !== undefined && ENV_FILE_KEYS.includes(key)) lines[key] = at + 1;
  });
  return lines;
}
