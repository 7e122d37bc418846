import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SECRET } from './load.ts';

export const PROGRAM = resolve(process.cwd(), 'bin/propiq-intercom.js');

export interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly folder: string;
}

/** A receiver that stores nothing, from `receivers/`. */
export const beside = (file: string): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, 'receivers', `${file}.js`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** FastAPI on uvicorn, one process, as Debian's packages have it. */
export const fastApi = (): ChildProcess =>
  spawn('/usr/bin/python3', [resolve(process.cwd(), 'bench/receivers/fastapi_app.py')], {
    env: { ...process.env, WEBHOOK_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'ignore'],
  });

export const serve = (folder: string, args: readonly string[] = [], store = join(folder, 'inbox.db')): ChildProcess =>
  spawn(process.execPath, ['--', PROGRAM, 'serve', '--port', '0', '--quiet', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, INTERCOM_WEBHOOK_SECRET: SECRET, PROPIQ_INTERCOM_STORE: store },
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** Starts a receiver in a folder of its own, lets something happen, and ends it. */
export async function withReceiver<T>(
  start: (folder: string) => ChildProcess | Promise<ChildProcess>,
  use: (running: Running) => Promise<T> | T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'propiq-bench-'));
  const child = await start(folder);
  try {
    return await use({ child, port: await portOf(child), folder });
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first number of four or five digits behind a colon in what it says first: `"port":8000`, `http://127.0.0.1:8000/`. */
async function portOf(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('nothing to read from');
  const [said] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('it ended before it listened');
    }),
  ])) as [Buffer];
  child.stdout.resume();
  return Number(/:\s?(\d{4,5})\b/.exec(said.toString())?.[1]);
}
