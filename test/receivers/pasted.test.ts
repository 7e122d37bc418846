import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Framework } from '../../src/diagnosis/framework.ts';
import { FRAMEWORKS } from '../../src/diagnosis/frameworks/index.ts';
import { reportOf } from '../support/verify.ts';
import { PATH, SECRET } from './receiver.ts';

/** Inside the project, so that the packages are found. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache');
mkdirSync(CACHE, { recursive: true });
const folder = mkdtempSync(join(CACHE, 'pasted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frameworkOf = (id: string): Framework => {
  const found = FRAMEWORKS.find((framework) => framework.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const told = "server.on('listening', () => console.log('port', server.address().port));";

type Build = (lines: string) => { file: string; text: string; command: string };

/** An application around the lines that are pasted; nothing in them is changed but what only TypeScript reads. */
const APPLICATIONS: Readonly<Record<string, Build>> = {
  express: (lines) => ({
    file: 'express.mjs',
    command: process.execPath,
    text: `import express from 'express';\nconst app = express();\n${lines}\napp.use(express.json());\nconst server = app.listen(0, '127.0.0.1');\n${told}`,
  }),
  fastify: (lines) => ({
    file: 'fastify.mjs',
    command: process.execPath,
    text: `import fastify from 'fastify';\nconst app = fastify();\n${lines}\nconst server = app.server;\n${told}\nawait app.listen({ port: 0, host: '127.0.0.1' });`,
  }),
  hono: (lines) => ({
    file: 'hono.mjs',
    command: process.execPath,
    text: `import { Hono } from 'hono';\nimport { serve } from '@hono/node-server';\nconst app = new Hono();\napp.get('${PATH}', (c) => c.body(null, 200)); // Hono answers HEAD with it\n${lines}\nconst server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });\n${told}`,
  }),
  next: (lines) => ({
    file: 'next.mjs',
    command: process.execPath,
    text: `import { serve } from '@hono/node-server';\n${lines.replaceAll(': Request)', ')')}\nconst fetch = (request) => new URL(request.url).pathname !== '${PATH}' ? new Response(null, { status: 404 }) : request.method === 'POST' ? POST(request) : HEAD();\nconst server = serve({ fetch, port: 0, hostname: '127.0.0.1' });\n${told}`,
  }),
  fastapi: (lines) => ({
    file: 'pasted_fastapi.py',
    command: '/usr/bin/python3',
    text: `import socket, uvicorn\n${withApplication(lines, 'app = FastAPI()')}\nsocket_ = socket.socket()\nsocket_.bind(("127.0.0.1", 0))\nsocket_.listen(128)\nprint("port", socket_.getsockname()[1], flush=True)\nuvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[socket_])`,
  }),
  flask: (lines) => ({
    file: 'pasted_flask.py',
    command: '/usr/bin/python3',
    text: `${withApplication(lines, 'app = Flask(__name__)')}\nfrom werkzeug.serving import make_server\nserver = make_server("127.0.0.1", 0, app, threaded=True)\nprint("port", server.port, flush=True)\nserver.serve_forever()`,
  }),
};

/** The imports first, then the application that the rest belongs to. */
function withApplication(lines: string, application: string): string {
  const all = lines.split('\n');
  const isImport = (line: string): boolean => /^(?:import|from) /.test(line);
  return [...all.filter(isImport), application, ...all.filter((line) => !isImport(line))].join('\n');
}

describe('the lines that are told to be pasted make a right receiver', () => {
  test.each(Object.entries(APPLICATIONS))('%s', (id, build) =>
    withRunning(id, build, SECRET, async (url) => {
      const report = await reportOf(url, { secret: SECRET });
      const troubles = report.checks.filter(
        ({ status, id: check }) => status !== 'pass' && status !== 'skip' && !/^(?:health|url)\//.test(check),
      );
      expect(troubles.map(({ id: check, message }) => `${check}: ${message}`)).toEqual([]);
      expect(report.diagnosis).toEqual([]);
      expect(report.checks.find(({ id: check }) => check === 'signature/raw-body')?.status).toBe('pass');
    }),
  );
});

describe('without a secret they take nothing, not even what is signed with an empty key', () => {
  test.each(Object.entries(APPLICATIONS))('%s', (id, build) =>
    withRunning(id, build, '', async (url) => {
      const body = '{"type":"notification_event","topic":"ping"}';
      const signature = `sha1=${createHmac('sha1', '').update(body).digest('hex')}`;
      const headers = { 'Content-Type': 'application/json', 'X-Hub-Signature': signature };
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(503);
    }),
  );
});

async function withRunning(
  id: string,
  build: Build,
  secret: string,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const { rawBody, head } = frameworkOf(id);
  const isHeadThere = head === undefined || rawBody.includes(head);
  const { file, text, command } = build(isHeadThere ? rawBody : `${rawBody}\n\n${head}`);
  writeFileSync(join(folder, file), text);
  const env = { PATH: process.env['PATH'] ?? '', INTERCOM_WEBHOOK_SECRET: secret, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(command, [join(folder, file)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  try {
    await use(`http://127.0.0.1:${await portOf(child.stdout, () => errors)}${PATH}`);
  } finally {
    const over = once(child, 'close');
    child.kill('SIGKILL');
    await over;
  }
}

async function portOf(stdout: NodeJS.ReadableStream, errors: () => string): Promise<string> {
  let text = '';
  for await (const part of stdout) {
    text += String(part);
    const port = /port (\d+)/.exec(text)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`it did not start: ${errors()}`);
}
