import { constants } from 'node:fs';
import { access, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { inboxError } from './sqlite-errors.ts';

const FOLDER_MODE = 0o700;
/** SQLite gives its -wal and -shm files the mode of the database file. */
const FILE_MODE = 0o600;
const MAGIC = 'SQLite format 3\0';

/**
 * Makes the file and its folders, for this user alone, where they are missing. What is there is looked at and left alone.
 * @throws AppError `inbox/*`
 */
export async function prepareFile(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
    await (await open(path, 'wx', FILE_MODE)).close();
  } catch (cause) {
    if (!isExisting(cause)) throw inboxError(cause, path);
    await inspectFile(path, 'write');
  }
}

/**
 * Looks at a file that must be there, before SQLite touches it.
 * @returns whether it is still empty
 * @throws AppError `inbox/*`
 */
export async function inspectFile(path: string, mode: 'write' | 'read'): Promise<boolean> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw notAFile(path, found.isDirectory());
    await access(path, constants.R_OK);
    if (mode === 'write') await access(path, constants.W_OK);
    return await isEmpty(path);
  } catch (cause) {
    throw mode === 'read' ? readError(cause, path) : inboxError(cause, path);
  }
}

async function isEmpty(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    if (bytesRead === 0) return true;
    if (buffer.toString('latin1') === MAGIC) return false;
  } finally {
    await file.close();
  }
  throw new AppError('inbox/not-a-database', {
    what: `The inbox ${path} is not a SQLite file`,
    why: 'Its first bytes are not those of a SQLite database.',
    hint: 'Choose another file with --store; this one was left as it is.',
  });
}

function isExisting(cause: unknown): boolean {
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'EEXIST' || code === 'EISDIR';
}

function notAFile(path: string, isDirectory: boolean): AppError {
  return new AppError(isDirectory ? 'inbox/is-a-directory' : 'inbox/not-a-database', {
    what: `The inbox ${path} is ${isDirectory ? 'a folder' : 'not a regular file'}`,
    why: 'The inbox is one SQLite file.',
    hint: `Name a file: --store ${isDirectory ? `${path.replace(/\/+$/, '')}/inbox.db` : './inbox.db'}`,
  });
}

function readError(cause: unknown, path: string): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError(
      'inbox/missing',
      {
        what: `There is no inbox ${path}`,
        why: 'The file does not exist; `serve` makes it when it starts.',
        hint: 'Check --store and PROPIQ_INTERCOM_STORE: `serve` and `events` need the same file.',
      },
      { cause },
    );
  }
  if (code !== 'EACCES' && code !== 'EPERM') return inboxError(cause, path);
  return new AppError(
    'inbox/not-readable',
    {
      what: `The inbox ${path} cannot be read`,
      why: `This user may not read it (${code}).`,
      hint: 'Run the command as the user who runs `serve`.',
    },
    { cause },
  );
}
