import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ShellRun {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folders in front of the usual ones. */
  readonly path: readonly string[];
}

/** Runs the script of a step as GitHub's runner does: `bash --noprofile --norc -eo pipefail`. */
export async function runShell(
  script: string,
  { cwd, env, path }: ShellRun,
): Promise<{ code: number; stdout: string }> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    env: { ...env, PATH: [...path, process.env['PATH'] ?? ''].join(':') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stdout };
}
