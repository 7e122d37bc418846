import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { cleanLine, shorten } from '../base/text.ts';
import type { EnvFileState } from '../verify/ports.ts';

const LONGEST_MS = 5000;
/** What a foreign repository's config could otherwise start. Neither command below needs any of it. */
const HARMLESS = [
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'safe.bareRepository=explicit'].flatMap((set) => ['-c', set]),
  '--no-pager',
  '--no-optional-locks',
];

/**
 * Whether git tracks and ignores a file. Only asks: nothing is written, no hook, filter or helper runs, and git is given
 * five seconds.
 * @param path absolute; of a link the file that it leads to is meant
 * @param shown the path as the user wrote it
 */
export async function readEnvFileState(
  path: string,
  shown: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<EnvFileState> {
  let file: string;
  try {
    file = await realpath(path);
  } catch {
    return { state: 'missing', path: shown };
  }
  const git = (...args: readonly string[]): Promise<Answer> => runGit(args, dirname(file), environment);
  const tracked = await git('--literal-pathspecs', 'ls-files', '--error-unmatch', '--', basename(file));
  if (tracked.code === 'ENOENT') return { state: 'no-git', path: shown };
  if (/not a git repository/i.test(tracked.error)) return { state: 'no-repository', path: shown };
  if (tracked.code !== 0 && tracked.code !== 1) return unknown(shown, tracked);
  // takes no literal pathspecs, but has no wildcards either; ./ keeps a leading colon from being one
  const ignored = await git('check-ignore', '--quiet', '--', `./${basename(file)}`);
  if (ignored.code !== 0 && ignored.code !== 1) return unknown(shown, ignored);
  return { state: 'known', path: shown, isTracked: tracked.code === 0, isIgnored: ignored.code === 0 };
}

interface Answer {
  /** The exit code, `ENOENT` where there is no git, or another word of the system. */
  readonly code: number | string;
  readonly error: string;
}

function unknown(path: string, { code, error }: Answer): EnvFileState {
  const why =
    shorten(cleanLine(error).trim(), 120) || (code === 'SIGKILL' ? 'it took too long.' : `it ended with ${code}.`);
  return { state: 'unknown', path, why };
}

function runGit(
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Answer> {
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
      (error, _stdout, stderr) => done({ code: error ? (error.code ?? error.signal ?? 'unknown') : 0, error: stderr }),
    );
  });
}

const KEPT: ReadonlySet<string> = new Set(['PATH', 'Path', 'HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'SystemRoot']);

/** The user's own settings count (a global ignore file does); what would point git elsewhere or start something does not. */
function ownEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const own = Object.entries(environment).filter(([name, value]) => KEPT.has(name) && value !== undefined);
  return { ...(Object.fromEntries(own) as Record<string, string>), NoDefaultCurrentDirectoryInExePath: '1' };
}
