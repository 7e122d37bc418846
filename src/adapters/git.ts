import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { cleanLine, shorten } from '../base/text.ts';
import type { EnvFileState } from '../verify/ports.ts';

const LONGEST_MS = 5000;
/** What a foreign repository's config could otherwise start. Neither command below needs any of it. */
const HARMLESS = [
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'safe.bareRepository=explicit'].flatMap((set) => ['-c', set]),
  '--no-pager',
  '--no-optional-locks',
];

/** What git says of a file, which need not be there. */
export type GitFacts =
  | { readonly state: 'no-git' }
  | { readonly state: 'no-repository' }
  | { readonly state: 'unknown'; readonly why: string }
  | { readonly state: 'known'; readonly isTracked: boolean; readonly isIgnored: boolean };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether git tracks and ignores the env file that is there.
 * @param path absolute; of a link the file that it leads to is meant
 * @param shown the path as the user wrote it
 */
export async function readEnvFileState(path: string, shown: string, environment: Environment): Promise<EnvFileState> {
  let file: string;
  try {
    file = await realpath(path);
  } catch {
    return { state: 'missing', path: shown };
  }
  return { ...(await askGit(file, environment)), path: shown };
}

/**
 * Whether git tracks and ignores a file. Only asks: nothing is written, no hook, filter or helper runs, and git is given
 * five seconds for each question.
 * @param file absolute, and no link
 */
export async function askGit(file: string, environment: Environment): Promise<GitFacts> {
  const git = (...args: readonly string[]): Promise<Answer> => runGit(args, dirname(file), environment);
  const tracked = await git('--literal-pathspecs', 'ls-files', '--error-unmatch', '--', basename(file));
  if (tracked.code === 'ENOENT') return { state: 'no-git' };
  if (/not a git repository/i.test(tracked.error)) return { state: 'no-repository' };
  if (tracked.code !== 0 && tracked.code !== 1) return unknown(tracked);
  // takes no literal pathspecs, but has no wildcards either; ./ keeps a leading colon from being one
  const ignored = await git('check-ignore', '--quiet', '--', `./${basename(file)}`);
  if (ignored.code !== 0 && ignored.code !== 1) return unknown(ignored);
  return { state: 'known', isTracked: tracked.code === 0, isIgnored: ignored.code === 0 };
}

/**
 * A path that git knows, absolute and without links, or undefined where it does not say.
 * @param folder where it is asked
 */
export async function gitPath(
  name: 'top-level' | 'info/exclude',
  folder: string,
  environment: Environment,
): Promise<string | undefined> {
  const question = name === 'top-level' ? ['--show-toplevel'] : ['--git-path', name];
  const { code, output } = await runGit(['rev-parse', ...question], folder, environment);
  const path = output.replace(/\r?\n$/, '');
  return code === 0 && path !== '' ? resolve(folder, path) : undefined;
}

interface Answer {
  /** The exit code, `ENOENT` where there is no git, or another word of the system. */
  readonly code: number | string;
  readonly output: string;
  readonly error: string;
}

function unknown({ code, error }: Answer): GitFacts {
  const why =
    shorten(cleanLine(error).trim(), 120) || (code === 'SIGKILL' ? 'it took too long.' : `it ended with ${code}.`);
  return { state: 'unknown', why };
}

function runGit(args: readonly string[], folder: string, environment: Environment): Promise<Answer> {
  return new Promise((done) => {
    execFile(
      'git',
      [...HARMLESS, '-C', folder, ...args],
      {
        env: { ...ownEnvironment(environment), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1' },
        timeout: LONGEST_MS,
        killSignal: 'SIGKILL',
        maxBuffer: 65_536,
        windowsHide: true,
      },
      (error, output, stderr) =>
        done({ code: error ? (error.code ?? error.signal ?? 'unknown') : 0, output, error: stderr }),
    );
  });
}

const KEPT: ReadonlySet<string> = new Set(['PATH', 'Path', 'HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'SystemRoot']);

/** The user's own settings count (a global ignore file does); what would point git elsewhere or start something does not. */
function ownEnvironment(environment: Environment): Record<string, string> {
  const own = Object.entries(environment).filter(([name, value]) => KEPT.has(name) && value !== undefined);
  return { ...(Object.fromEntries(own) as Record<string, string>), NoDefaultCurrentDirectoryInExePath: '1' };
}
