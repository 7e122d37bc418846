import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROGRAM, temporaryFolder } from '../support/cli.ts';
import { untilRecords } from '../support/handlers.ts';
import { send } from '../support/raw-http.ts';
import { delivery, notification, startServe } from '../support/serve.ts';

const PACKAGE = resolve(dirname(PROGRAM), '..');

/** A project that has the package installed. */
function consumer(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PACKAGE, join(folder, 'node_modules', 'propiq-intercom'), 'junction');
  for (const [name, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files }))
    writeFileSync(join(folder, name), content);
  return folder;
}

const USE = `import { findTopic, parseNotification, signNotification, verifySignature } from 'propiq-intercom';
const body = new TextEncoder().encode('{"type":"notification_event","topic":"ping","id":null}');
const header = signNotification(body, 'not-a-real-key');
const verdict = verifySignature({ body, header, secrets: ['not-a-real-key', 'an-older-key'] });
const parsed = parseNotification(body);
console.log(JSON.stringify({ header, verdict, topic: parsed.ok ? findTopic(parsed.notification.topic)?.name : parsed.problem }));
`;

describe('import from propiq-intercom', () => {
  test('signs, verifies and parses', () => {
    const cwd = consumer({ 'use.mjs': USE });
    expect(JSON.parse(execFileSync(process.execPath, ['use.mjs'], { cwd, encoding: 'utf8' }))).toEqual({
      header: 'sha1=c01389abcabf9b3eec17d57ea48c383645d854ea',
      verdict: { valid: true, algorithm: 'sha1', secretIndex: 0 },
      topic: 'ping',
    });
  });

  test('loads no other package', () => {
    const cwd = consumer({ 'use.mjs': USE });
    execFileSync(process.execPath, ['use.mjs'], { cwd, env: { ...process.env, NODE_V8_COVERAGE: join(cwd, 'seen') } });
    const seen = readdirSync(join(cwd, 'seen'))
      .map((file) => readFileSync(join(cwd, 'seen', file), 'utf8'))
      .join('');
    expect(seen).toContain('dist/intercom/signature.js');
    expect(seen.match(/node_modules\/(?!propiq-intercom)[^/"]+/g)).toBeNull();
  });

  test('has types that a strict project accepts, and that find a mistake', () => {
    const options = {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      skipLibCheck: false,
      types: [],
    };
    const cwd = consumer({
      'use.ts': USE.replace('new TextEncoder().encode', 'String').replace('console.log', 'String'),
      'wrong.ts': "import { signNotification } from 'propiq-intercom';\nsignNotification('body', 'key', 'md5');\n",
      'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['use.ts'] }),
      'tsconfig.wrong.json': JSON.stringify({ compilerOptions: options, files: ['wrong.ts'] }),
    });
    expect(compile(cwd, 'tsconfig.json')).toBe('');
    expect(compile(cwd, 'tsconfig.wrong.json')).toContain('md5');
  });
});

const HANDLERS = `import type { Handler, Handlers } from 'propiq-intercom';
const rest: Handler = ({ topic }, { log, attempt }) => log(\`\${topic} \${attempt.toFixed(0)}\`);
export const handlers: Handlers = {
  'contact.user.created': async (notification, { eventId, signal, rawBody, headers, receivedAt, log }) => {
    const item: Readonly<Record<string, unknown>> | undefined = notification.data?.item;
    const names: readonly string[] = headers.map(([name]) => name.toLowerCase());
    log([eventId, item?.['id'], rawBody.byteLength, names.length > 3, receivedAt.getTime() > 0, signal.aborted].join(' '));
  },
  default: rest,
};
`;

describe('handlers in TypeScript', () => {
  test('have types, are compiled in a project of their own, and run', async () => {
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2023', types: [], skipLibCheck: false };
    const cwd = consumer({
      'handlers.ts': HANDLERS,
      'wrong.ts': HANDLERS.replace('{ log, attempt }', '{ log, attempts }').replace('attempt.toFixed(0)', 'attempts'),
      'tsconfig.json': JSON.stringify({ compilerOptions, files: ['handlers.ts'] }),
      'tsconfig.wrong.json': JSON.stringify({
        compilerOptions: { ...compilerOptions, noEmit: true },
        files: ['wrong.ts'],
      }),
    });
    expect(compile(cwd, 'tsconfig.json')).toBe('');
    expect(compile(cwd, 'tsconfig.wrong.json')).toContain("Property 'attempts' does not exist");
    const served = await startServe(['--handler', 'handlers.js'], { cwd });
    await send(served.port, delivery(notification('notif_1')));
    await send(served.port, delivery(notification(null, 'ping')));
    await untilRecords(served, 'handled', 2);
    served.child.kill('SIGTERM');
    const { stderr } = await served.finished;
    expect(stderr).toMatch(/evt_000000000001: evt_000000000001 u1 \d+ true true false\n/);
    expect(stderr).toContain('evt_000000000002: ping 1\n');
  });
});

const MOUNT = `import { createServer } from 'node:http';
import { createReceiver, type AnswerReport, type InboxStore, type IntercomReceiver } from 'propiq-intercom/receiver';
const answers: AnswerReport[] = [];
const receiver: IntercomReceiver = createReceiver({
  secret: 'not-a-real-key',
  store: 'memory:',
  onAnswer: (answer) => answers.push(answer),
});
export const POST: (request: Request) => Promise<Response> = receiver.fetch;
export const own = (store: InboxStore): IntercomReceiver => createReceiver({ secret: new Uint8Array(20), store });
createServer(receiver.listener).listen(0, '127.0.0.1', function (this: import('node:http').Server) {
  this.close();
});
`;

describe('import from propiq-intercom/receiver', () => {
  const script = (source: string): string =>
    source
      .replaceAll(/, type \w+|: (?:AnswerReport\[\]|IntercomReceiver)(?= =[^>])/g, '')
      .replace(/: \(request[^=]+=> Promise<Response>/, '')
      .replace(/export const own.*\n/, '')
      .replace("this: import('node:http').Server", '');

  test('runs, and loads neither a store nor another package before one is needed', () => {
    const cwd = consumer({ 'use.mjs': script(MOUNT) });
    execFileSync(process.execPath, ['use.mjs'], { cwd, env: { ...process.env, NODE_V8_COVERAGE: join(cwd, 'seen') } });
    const seen = readdirSync(join(cwd, 'seen'))
      .map((file) => readFileSync(join(cwd, 'seen', file), 'utf8'))
      .join('');
    expect(seen).toContain('dist/receiver.js');
    expect(seen).not.toMatch(/stores\/sqlite/);
    expect(seen.match(/node_modules\/(?!propiq-intercom)[^/"]+/g)).toBeNull();
  });

  test('has types that a strict project accepts, and that find a mistake', () => {
    const options = {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
    };
    const cwd = consumer({
      'use.ts': MOUNT,
      'wrong.ts':
        "import { createReceiver } from 'propiq-intercom/receiver';\ncreateReceiver({ secret: 'x', store: 5 });\n",
      'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['use.ts'] }),
      'tsconfig.wrong.json': JSON.stringify({ compilerOptions: options, files: ['wrong.ts'] }),
    });
    for (const name of ['@types', 'undici-types'])
      symlinkSync(
        resolve(import.meta.dirname, '../../node_modules', name),
        join(cwd, 'node_modules', name),
        'junction',
      );
    expect(compile(cwd, 'tsconfig.json')).toBe('');
    expect(compile(cwd, 'tsconfig.wrong.json')).toContain(
      "Type 'number' is not assignable to type 'string | InboxStore'",
    );
  });
});

function compile(cwd: string, project: string): string {
  const tsc = resolve(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
  try {
    return execFileSync(process.execPath, [tsc, '-p', project], { cwd, encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
