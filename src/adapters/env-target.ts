import { constants } from 'node:fs';
import { access, lstat, open } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { LONGEST_ENV_FILE } from '../base/env-document.ts';
import { AppError } from '../base/errors.ts';
import type { EnvFileGit, EnvTarget } from '../setup/env-target.ts';
import { findEnvPlace } from './env-place.ts';
import { codeOf, fileReason, isMissing, readHandle, writeReason } from './files.ts';
import { ignoreEnvFile, ignoreFileFor } from './git-ignore.ts';
import { askGit } from './git.ts';
import { type FileStamp, removeUnfinished, replaceFile } from './replace-file.ts';

/** Where a system lacks one it is undefined, which adds no bit. */
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, W_OK } = constants;
const ANY_WRITER = 0o222n;

export interface EnvTargetOptions {
  readonly cwd: string;
  /** As the user wrote it. */
  readonly path: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The env file on disk. */
export function createEnvTarget({ cwd, path: shown, environment }: EnvTargetOptions): EnvTarget {
  return {
    async find() {
      const { path, isInRepository, refusal } = await findEnvPlace(cwd, shown);
      const read = await readFile(path, shown);
      return {
        path: shown,
        exists: read !== undefined,
        bytes: read?.bytes ?? new Uint8Array(),
        ...(refusal && { refusal }),
        ...(read && (await readOnly(path, read.stamp))),
        otherNames: read?.otherNames ?? 0,
        git: isInRepository ? await gitOf(path, cwd, environment) : { state: 'no-repository' },
        ignore: () => ignoreEnvFile(path, shown, environment),
        async replace(bytes, values) {
          const { parse } = await import('dotenv');
          const check = (written: Uint8Array): void => {
            const text = Buffer.from(written);
            if (!text.equals(bytes) || !readsAs(parse(text), values)) throw misread(shown);
          };
          return replaceFile(path, bytes, read?.stamp, check).catch((cause: unknown) => {
            throw cannotWrite(shown, cause);
          });
        },
      };
    },
    async sweep() {
      const { path, refusal } = await findEnvPlace(cwd, shown);
      if (!refusal) await removeUnfinished(dirname(path));
    },
  };
}

/** @throws AppError `env/unreadable` */
async function readFile(
  path: string,
  shown: string,
): Promise<{ bytes: Uint8Array; stamp: FileStamp; otherNames: number } | undefined> {
  try {
    const kind = await lstat(path);
    if (kind.isDirectory()) throw unreadable(shown, 'It is a directory. (EISDIR)');
    if (!kind.isFile()) throw unreadable(shown, 'It is no regular file.');
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stamp = await handle.stat({ bigint: true });
      if (!stamp.isFile()) throw unreadable(shown, 'It is no regular file.');
      return { bytes: await readHandle(handle, path, LONGEST_ENV_FILE), stamp, otherNames: Number(stamp.nlink) - 1 };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (cause instanceof AppError) throw cause.code === 'env/unreadable' ? cause : unreadable(shown, cause.why, cause);
    throw unreadable(shown, fileReason(cause), cause);
  }
}

async function readOnly(path: string, { mode }: FileStamp): Promise<{ readOnly?: 'mode' | 'disk' }> {
  const byMode = (mode & ANY_WRITER) === 0n; // root may write it all the same, and is asked not to
  return access(path, W_OK).then(
    () => (byMode ? { readOnly: 'mode' } : {}),
    (error: unknown) => ({ readOnly: codeOf(error) === 'EROFS' ? 'disk' : 'mode' }),
  );
}

async function gitOf(path: string, cwd: string, environment: EnvTargetOptions['environment']): Promise<EnvFileGit> {
  const facts = await askGit(path, environment);
  if (facts.state === 'no-git') return { state: 'unknown', why: 'git is not installed here.' };
  if (facts.state !== 'known') return facts;
  return { ...facts, ignoreFile: relative(cwd, await ignoreFileFor(path, environment)) };
}

function readsAs(read: Readonly<Record<string, string>>, values: ReadonlyMap<string, string>): boolean {
  return Object.keys(read).length === values.size && [...values].every(([key, value]) => read[key] === value);
}

function unreadable(shown: string, why: string, cause?: unknown): AppError {
  const hint = 'Make it a readable text file, or name another with --env-file FILE.';
  return new AppError('env/unreadable', { what: `The env file ${shown} cannot be edited`, why, hint }, { cause });
}

function misread(shown: string): AppError {
  return new AppError('env/write', {
    what: `The env file ${shown} is as it was`,
    why: 'What was written beside it did not read back as it should.',
    hint: 'Check the disk; if it stays, set the value in the environment and report this.',
  });
}

function cannotWrite(shown: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError(
    'env/write',
    {
      what: `The env file ${shown} cannot be written`,
      why: `${writeReason(cause)} The file is as it was.`,
      hint: 'Mend that, or name another file with --env-file FILE.',
    },
    { cause },
  );
}
