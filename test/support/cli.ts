import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/** The program under test, started as a shell starts it: the one built here, or the installed package that `.ci/run` names. */
export const PROGRAM = process.env['PROPIQ_CLI'] ?? resolve(import.meta.dirname, '../../bin/propiq-intercom.js');
const LONGEST_RUN_MS = 60_000;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  /** It is ended after this time; a minute unless given. */
  readonly longestMs?: number;
}

export interface Finished {
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A folder of its own, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'propiq-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment of a user who has set nothing: only what a process needs, and a home of its own. */
export function cleanEnv(home: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    LANG: 'C.UTF-8',
    ...extra,
  };
}

/** Runs the program to its end. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const running = startCli(args, options);
  running.child.stdin?.end(options.input ?? '');
  return running.finished;
}

/** A regular expression, or anything else that can tell. */
interface Pattern {
  test(text: string): boolean;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves with the whole of standard output so far once it matches; rejects when the program ends first. */
  output(pattern: Pattern): Promise<string>;
}

/** Starts the program and leaves it running; it is ended with the test. */
export function startCli(args: readonly string[], options: RunOptions = {}): Running {
  const cwd = options.cwd ?? temporaryFolder();
  const child = spawn(PROGRAM, args, {
    cwd,
    env: cleanEnv(cwd, options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.longestMs ?? LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  child.stdin.on('error', () => undefined); // the program may end before it has read everything
  const text = (): string => Buffer.concat(out).toString();
  const finished = once(child, 'close').then(([code, signal]: unknown[]) => ({
    stdout: text(),
    stdoutBytes: Buffer.concat(out),
    stderr: Buffer.concat(err).toString(),
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const output = (pattern: Pattern): Promise<string> =>
    new Promise((done, failed) => {
      const look = (): void => {
        if (pattern.test(text())) done(text());
      };
      child.stdout.on('data', look);
      look();
      void finished.then(({ code, signal, stderr }) =>
        failed(new Error(`ended (${code ?? signal}) before that: ${text()}${stderr}`)),
      );
    });
  return { child, finished, output };
}
