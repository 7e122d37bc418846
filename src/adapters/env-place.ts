import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { AppError } from '../base/errors.ts';
import { fileReason, isMissing } from './files.ts';

/** Where the env file really lies. */
export interface EnvPlace {
  /** Without any link in it. */
  readonly path: string;
  readonly isInRepository: boolean;
  /** Why it may be read, but not written: a link led out of the project. */
  readonly refusal?: AppError;
}

/**
 * Follows the links of an env file's path as far as they stay in the project: the repository that has the link in it, and
 * the one around the working directory, or that directory. A repository of somebody else's cannot so lead a secret into another
 * file of the user's. What the user names elsewhere is the user's choice, with the folder that it lies in as its project.
 * @throws AppError `env/link` for a link that leads nowhere, `env/write` where there is no such folder
 */
export async function findEnvPlace(cwd: string, named: string): Promise<EnvPlace> {
  const home = await realpath(cwd);
  const asked = resolve(home, named);
  const folder = await realFolder(dirname(asked), named);
  const path = await follow(join(folder, basename(asked)), named);
  const own = (await repositoryOf(home)) ?? home;
  const projects = await repositoriesOfLinks(asked);
  projects.push(isWithin(asked, own) ? own : ((await repositoryOf(folder)) ?? folder));
  const isInside = projects.every((project) => isWithin(path, project));
  const refusal = notFollowed(
    named,
    'It leads out of the project, through a symbolic link.',
    'Name the file that it leads to with --env-file, or replace the link by a file.',
  );
  return { path, isInRepository: (await repositoryOf(dirname(path))) !== undefined, ...(!isInside && { refusal }) };
}

/** The repositories that hold a link of the path, whether it is the file or a folder on the way. */
async function repositoriesOfLinks(path: string): Promise<string[]> {
  const repositories: string[] = [];
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const found = await lstat(at).catch(() => undefined);
    const repository = found?.isSymbolicLink() ? await repositoryOf(await realpath(dirname(at))) : undefined;
    if (repository !== undefined) repositories.push(repository);
  }
  return repositories;
}

/** The folder above that holds `.git`, without asking git: it may not be installed. */
async function repositoryOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (await lstat(join(at, '.git')).catch(() => undefined)) return at;
    if (dirname(at) === at) return undefined;
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
}

async function realFolder(folder: string, named: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (cause) {
    throw new AppError(
      'env/write',
      {
        what: `The env file ${named} cannot be written`,
        why: isMissing(cause) ? 'Its folder does not exist. (ENOENT)' : fileReason(cause),
        hint: 'Create the folder, or name another file with --env-file.',
      },
      { cause },
    );
  }
}

async function follow(path: string, named: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    const isLink = await lstat(path).then(
      (found) => found.isSymbolicLink(),
      () => false,
    );
    if (isMissing(cause) && !isLink) return path;
    throw notFollowed(
      named,
      isMissing(cause) ? 'It is a symbolic link, and what it leads to does not exist.' : fileReason(cause),
      'Create the file that it leads to, or replace the link by a file.',
      cause,
    );
  }
}

function notFollowed(named: string, why: string, hint: string, cause?: unknown): AppError {
  return new AppError('env/link', { what: `The link ${named} is not followed`, why, hint }, { cause });
}
