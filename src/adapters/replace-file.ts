import { constants, type BigIntStats } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { codeOf } from './files.ts';

/** The name of the file that is written before another is replaced: with a secret in it, so git must ignore it too. */
export const TEMPORARY = { before: '.env.propiq-', after: '.tmp', pattern: '.env.propiq-*.tmp' } as const;
const UNFINISHED = /^\.env\.propiq-[0-9a-z]+\.tmp$/;
/** Where a system lacks one it is undefined, which adds no bit. */
const { O_CREAT, O_EXCL, O_RDWR, O_RDONLY, O_NOFOLLOW } = constants;
const OWNER_ONLY = 0o600;
const LONGEST_WAIT_MS = 200;

/** A file as it was found; compared with what is there before it is replaced. */
export type FileStamp = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs' | 'mode' | 'uid' | 'gid'>;

/**
 * Puts bytes in the place of a file, whole or not at all: they are written to a temporary file beside it, which gets the
 * mode and the owner of the old one (0600 where there is none), is flushed, read back and then renamed. Killed at any
 * moment it leaves the old file or the new one.
 * @param seen the file that is to be replaced; undefined where none must be there
 * @param check is given what was read back
 * @param newMode of a file that is new
 * @returns `changed`, with nothing done, when the file is not the one seen
 * @throws the system's error, or that of `check`; the old file is then as it was
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  seen: FileStamp | undefined,
  check: (written: Uint8Array) => void,
  newMode = OWNER_ONLY,
): Promise<'replaced' | 'changed'> {
  const folder = dirname(path);
  const temporary = join(folder, `${TEMPORARY.before}${randomName()}${TEMPORARY.after}`);
  const handle = await open(temporary, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW, OWNER_ONLY);
  try {
    try {
      await handle.writeFile(bytes);
      if (seen) await keepOwner(handle, seen);
      await handle.sync();
      check(await readBack(handle, bytes.length));
      await removeUnfinished(folder, temporary); // of two runs at once the later one so stops the earlier one, or sees what it did
      if (!(await isStill(path, seen))) return 'changed';
      await handle.chmod(seen ? Number(seen.mode & 0o7777n) : newMode);
    } finally {
      await handle.close();
    }
    if (!(await put(temporary, path, seen !== undefined))) return 'changed';
    await flushFolder(folder);
    return 'replaced';
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined); // if it stays, the next run removes it
  }
}

/**
 * Removes what runs that were killed left in a folder, as far as this user may. Another run that is under way notices,
 * and starts over.
 */
export async function removeUnfinished(folder: string, own?: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() && UNFINISHED.test(entry.name) && path !== own)
      await rm(path, { force: true }).catch(() => undefined);
  }
}

function randomName(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
}

/** @throws the system's EPERM where another user's file would become this user's */
async function keepOwner(handle: FileHandle, { uid, gid }: FileStamp): Promise<void> {
  const own = await handle.stat({ bigint: true });
  if (own.uid !== uid || own.gid !== gid) await handle.chown(Number(uid), Number(gid));
}

async function readBack(handle: FileHandle, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length + 1);
  let total = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, total, buffer.length - total, total);
    total += bytesRead;
    if (bytesRead === 0 || total === buffer.length) return buffer.subarray(0, total);
  }
}

async function isStill(path: string, seen: FileStamp | undefined): Promise<boolean> {
  const now = await lstat(path, { bigint: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!now || !seen) return now === undefined && seen === undefined;
  return (['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const).every((key) => now[key] === seen[key]);
}

/** False when another program was faster. A new file comes by a link, which never overwrites; where there are no links, by renaming. */
async function put(temporary: string, path: string, mayOverwrite: boolean): Promise<boolean> {
  try {
    if (mayOverwrite) await rename(temporary, path);
    else await link(temporary, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT') {
      // a run beside this one swept the temporary file away: chance says which of them is next
      await setTimeout(Math.random() * LONGEST_WAIT_MS);
      return false;
    }
    if (mayOverwrite || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    return put(temporary, path, true);
  }
}

/** So that the new name is there after a power cut, where the system can do that: the file is replaced all the same. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network disks have no such thing
  }
}
