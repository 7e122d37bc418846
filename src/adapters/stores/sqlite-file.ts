import { statSync } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
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
    await makeFolder(dirname(path));
    await (await open(path, 'wx', FILE_MODE)).close();
  } catch (cause) {
    if (!isExisting(cause)) throw inboxError(cause, path);
    await inspectFile(path, 'write');
  }
}

/** Not `recursive`: where a file system answers ENOENT to every mkdir, as /proc does, Node would try for ever. */
async function makeFolder(path: string): Promise<void> {
  const make = (): Promise<void> => mkdir(path, FOLDER_MODE);
  try {
    await make();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) {
      await makeFolder(dirname(path));
      await make();
    } else if (code !== 'EEXIST' && code !== 'EISDIR') throw cause;
  }
}

/**
 * Looks at a file that must be there, before SQLite touches it.
 * @throws AppError `inbox/*`
 */
export async function inspectFile(path: string, mode: 'write' | 'read'): Promise<void> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw notAFile(path, found.isDirectory());
    if (mode === 'write') await (await open(path, 'r+')).close();
    const start = await firstBytes(path);
    if (start === '' && mode === 'read') throw noInbox(path, 'The file is still empty');
    if (start !== '' && start !== MAGIC) throw notADatabase(path);
  } catch (cause) {
    throw mode === 'read' ? readError(cause, path) : inboxError(cause, path);
  }
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Remembers which file is there. One that was removed or replaced can still be written by whoever has it open, and all of it
 * is gone with that process.
 */
export function placeOf(path: string): { requireSame(): void } {
  const { ino, birthtimeMs } = statSync(path);
  return {
    /** @throws AppError `inbox/missing` */
    requireSame() {
      const now = statSync(path, { throwIfNoEntry: false });
      // a network disk may number its files anew, but it does not change when they were made
      if (now?.ino === ino || (birthtimeMs > 0 && now?.birthtimeMs === birthtimeMs)) return;
      throw removed(path);
    },
  };
}

function removed(path: string): AppError {
  return new AppError('inbox/missing', {
    what: `The inbox ${path} is gone`,
    why: 'Its file was removed or replaced while it was in use; what is written now would be lost.',
    hint: 'Put the file back, or start `serve` again, which makes a new one.',
  });
}

function isExisting(cause: unknown): boolean {
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'EEXIST' || code === 'EISDIR';
}

/** There is nothing to read. `fact`: what was found instead, without a full stop. */
export function noInbox(path: string, fact: string, cause?: unknown): AppError {
  return new AppError(
    'inbox/missing',
    {
      what: `There is no inbox ${path}`,
      why: `${fact}; \`serve\` makes the inbox when it starts.`,
      hint: 'Check --store and PROPIQ_INTERCOM_STORE: `serve` and `events` need the same file.',
    },
    { cause },
  );
}

function notADatabase(path: string): AppError {
  return new AppError('inbox/not-a-database', {
    what: `The inbox ${path} is not a SQLite file`,
    why: 'Its first bytes are not those of a SQLite database.',
    hint: 'Choose another file with --store; this one was left as it is.',
  });
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
  if (code === 'ENOENT' || code === 'ENOTDIR') return noInbox(path, 'The file does not exist', cause);
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
