import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/hostile-server.ts';
import { PATH, type Receiver, type Running, SECRET } from './receiver.ts';

const FOLDER = join(import.meta.dirname, 'python');
/** Debian's, which has FastAPI, Flask and uvicorn as packages. */
const PYTHON = '/usr/bin/python3';
const LONGEST_START_MS = 45_000;

type Server = 'uvicorn' | 'werkzeug';

/** An application of the folder `python`, each in a process of its own. */
export function pythonApp(
  name: string,
  file: string,
  server: Server,
  expected: Pick<Receiver, 'differs' | 'exitCode' | 'diagnosis'>,
): Receiver {
  return { name, ...expected, start: () => start(file, server) };
}

async function start(file: string, server: Server): Promise<Running> {
  const port = await freePort();
  const args =
    server === 'uvicorn'
      ? ['-m', 'uvicorn', `${file}:app`, '--port', String(port), '--log-level', 'warning']
      : [
          '-c',
          `from werkzeug.serving import run_simple; from ${file} import app; run_simple('127.0.0.1', ${port}, app, threaded=True)`,
        ];
  const env = { PATH: process.env['PATH'] ?? '', INTERCOM_WEBHOOK_SECRET: SECRET, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(PYTHON, args, { cwd: FOLDER, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (part: Buffer) => (errors = `${errors}${part.toString()}`.slice(-4000)));
  const over = once(child, 'close');
  const endsAt = Date.now() + LONGEST_START_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > endsAt) {
      child.kill('SIGKILL');
      throw new Error(
        `${file} does not start (are Debian's python3-fastapi, uvicorn and python3-flask there?): ${errors}`,
      );
    }
    await sleep(50);
  }
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    async close() {
      child.kill('SIGKILL');
      await over;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isOpen: boolean) => () => {
      socket.destroy();
      done(isOpen);
    };
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
  });
}
