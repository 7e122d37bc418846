import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { cleanEnv, PROGRAM, temporaryFolder } from './cli.ts';

export interface Terminal {
  /** Resolves with the whole screen text so far (escape sequences included) once it matches. */
  shows(pattern: RegExp): Promise<string>;
  type(keys: string): void;
  signal(name: NodeJS.Signals): void;
  /** The window is closed. */
  hangUp(): void;
  readonly ended: Promise<{ code: number; signal: number | undefined; screen: string }>;
}

export interface TerminalOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  /** Started in its place: a shell, for what only a shell can do. */
  readonly program?: string;
}

/** The program in a real pseudo-terminal: standard input, output and error are all one. */
export function openTerminal(args: readonly string[], options: TerminalOptions = {}): Terminal {
  const cwd = options.cwd ?? temporaryFolder();
  const env = cleanEnv(cwd, { TERM: 'xterm-256color', ...options.env });
  const pty = spawn(options.program ?? PROGRAM, [...args], { cwd, env, cols: options.columns ?? 80, rows: 24 });
  let screen = '';
  let isOver = false;
  const watchers = new Set<() => void>();
  pty.onData((part) => {
    screen += part;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<{ code: number; signal: number | undefined; screen: string }>((done) => {
    pty.onExit(({ exitCode, signal }) => {
      isOver = true;
      done({ code: exitCode, signal, screen });
    });
  });
  onTestFinished(() => {
    if (!isOver) pty.kill('SIGKILL');
  });
  return {
    ended,
    type: (keys) => pty.write(keys),
    signal: (name) => pty.kill(name),
    hangUp: () => (pty as unknown as { destroy(): void }).destroy(),
    shows: (pattern) =>
      new Promise((done, failed) => {
        const look = (): void => {
          if (!pattern.test(screen)) return;
          watchers.delete(look);
          done(screen);
        };
        watchers.add(look);
        look();
        void ended.then(() => failed(new Error(`ended before ${pattern}: ${JSON.stringify(screen)}`)));
      }),
  };
}
