import { lstat, mkdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { AppError } from '../base/errors.ts';
import { isMissing, readBounded, writeReason } from './files.ts';
import { askGit, gitPath } from './git.ts';
import { replaceFile, TEMPORARY } from './replace-file.ts';

const LONGEST = 1024 * 1024;
const MOST_ATTEMPTS = 5;
/** Rules are no secret, and git takes no other mode of a file. */
const EVERYBODY_READS = 0o644;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The `.gitignore` that gets a rule for a file: the nearest one above it, which overrules the others; where there is none,
 * a new one beside the file.
 * @param file absolute, and no link
 */
export async function ignoreFileFor(file: string, environment: Environment): Promise<string> {
  const top = await gitPath('top-level', dirname(file), environment);
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const candidate = join(folder, '.gitignore');
    if (await lstat(candidate).catch(() => undefined)) return candidate;
    if (folder === top || dirname(folder) === folder) return join(dirname(file), '.gitignore');
  }
}

/**
 * Makes git ignore an env file, and the temporary file that stands beside it while it is written. The first is a rule of
 * the project, in `.gitignore`; the second concerns this computer alone, and goes to `.git/info/exclude`.
 * @throws AppError `env/not-ignored` when it does not ignore them then
 */
export async function ignoreEnvFile(file: string, shown: string, environment: Environment): Promise<void> {
  const temporary = join(dirname(file), TEMPORARY.before + TEMPORARY.after);
  const isIgnored = async (path: string): Promise<boolean> => {
    const facts = await askGit(path, environment);
    return facts.state === 'known' && facts.isIgnored;
  };
  const failed = (why: string): AppError =>
    new AppError('env/not-ignored', {
      what: `Nothing was written to ${shown}: git would not ignore it`,
      why,
      hint: `Make git ignore ${shown} and ${TEMPORARY.pattern}, and run the command again.`,
    });
  if (!(await isIgnored(file))) {
    const rules = await ignoreFileFor(file, environment);
    await addRule(rules, ruleFor(relative(dirname(rules), file)), failed);
    if (!(await isIgnored(file)))
      throw failed(`A rule was added to ${basename(rules)}, but another one overrules it, or git tracks the file.`);
  }
  if (await isIgnored(temporary)) return;
  const exclude = await gitPath('info/exclude', dirname(file), environment);
  if (exclude !== undefined) await addRule(exclude, TEMPORARY.pattern, failed).catch(() => undefined);
  if (await isIgnored(temporary)) return;
  await addRule(await ignoreFileFor(file, environment), TEMPORARY.pattern, failed);
  if (!(await isIgnored(temporary)))
    throw failed('A rule of the repository says that its temporary file is not ignored.');
}

/** A rule for exactly one path: without a slash it would hold in every folder below as well, as people write it for `.env`. */
function ruleFor(path: string): string {
  return path
    .split(sep)
    .join('/')
    .replace(/[\\*?[\]]/g, String.raw`\$&`)
    .replace(/^[#!]/, String.raw`\$&`)
    .replace(/ $/, String.raw`\ `);
}

/** Adds a line, in the file's own line ends. A link is not followed: git follows none here either. */
async function addRule(path: string, rule: string, failed: (why: string) => AppError): Promise<void> {
  if (/[\r\n]/.test(rule)) throw failed('Its name has a line break in it.');
  try {
    await mkdir(dirname(path), { recursive: true });
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const seen = await lstat(path, { bigint: true }).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
        return undefined;
      });
      if (seen && !seen.isFile()) throw failed(`${basename(path)} is no regular file.`);
      const before = seen ? Buffer.from(await readBounded(path, LONGEST)).toString('latin1') : '';
      const end = /^.*\r\n/.test(before) ? '\r\n' : '\n';
      const open = before === '' || before.endsWith('\n') ? '' : end;
      const after = Buffer.concat([Buffer.from(before + open, 'latin1'), Buffer.from(rule + end)]);
      if ((await replaceFile(path, after, seen, () => undefined, EVERYBODY_READS)) === 'replaced') return;
    }
    throw failed(`${basename(path)} keeps changing.`);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw failed(`${basename(path)} cannot be written: ${writeReason(cause)}`);
  }
}
