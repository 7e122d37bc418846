import { execFileSync } from 'node:child_process';
import { temporaryFolder } from './cli.ts';

/** Runs git in a folder, as somebody; returns what it printed. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** A new repository in a folder of its own. */
export function repository(): string {
  const folder = temporaryFolder();
  git(folder, 'init');
  return folder;
}
