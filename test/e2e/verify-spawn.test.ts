import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cleanEnv, type Finished, runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { isRunning } from '../support/processes.ts';
import { expectValid } from '../support/schemas.ts';
import { openTerminal } from '../support/terminal.ts';

/** An application as a user would have it: reads PORT and the secret, and answers on any path that is named. */
const APPLICATION = `
  import { createHmac } from 'node:crypto';
  import { writeFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  writeFileSync('seen.json', JSON.stringify({ pid: process.pid, env: process.env, argv: process.argv.slice(2) }));
  const { HOOK = '/intercom/webhook', HOST = '127.0.0.1', PORT, INTERCOM_CLIENT_SECRET } = process.env;
  const json = (response, status, body) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  createServer((request, response) => {
    if (request.method === 'GET') return json(response, 200, { status: 'healthy', intercom_configured: true });
    if (request.url !== HOOK) return json(response, 404, {});
    if (request.method === 'HEAD') return response.end();
    const parts = [];
    request.on('data', (part) => parts.push(part)).on('end', () => {
      const digest = createHmac('sha1', INTERCOM_CLIENT_SECRET).update(Buffer.concat(parts)).digest('hex');
      const isRight = request.headers['x-hub-signature'] === 'sha1=' + digest;
      if (isRight && process.env.DIES) process.exit(9);
      json(response, isRight ? 200 : 401, {});
    });
  }).listen(Number(process.argv[2] ?? PORT), HOST);
`;

function application(text = APPLICATION): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.mjs'), text);
  return folder;
}

interface Seen {
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

function seenBy(folder: string): Seen {
  return JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')) as Seen;
}

const statuses = (report: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries((report['checks'] as { id: string; status: string }[]).map(({ id, status }) => [id, status]));

const told = ({ stderr, code }: Finished): { stderr: string; code: number | null } => ({ stderr, code });

describe('verify --spawn', () => {
  test('starts an application with a throw-away secret, judges it, and leaves nothing of it', async () => {
    const cwd = application();
    const env = { INTERCOM_WEBHOOK_SECRET: 'not-a-real-key-of-the-user', INTERCOM_ACCESS_TOKEN: 'not-a-real-token' };
    const { stdout, code } = await runCli(['verify', '--spawn', 'node app.mjs', '--json'], { cwd, env });
    const report = expectValid(stdout, 'verify');
    expect({
      code,
      failed: Object.entries(statuses(report)).filter(([, status]) => /fail|error/.test(status)),
    }).toEqual({ code: 0, failed: [] });
    expect(statuses(report)).toMatchObject({
      'env/secret-present': 'skip',
      'url/public': 'skip',
      'signature/sha1': 'pass',
    });
    expect(report['application']).toEqual({ command: 'node app.mjs', output: '', ended: null });
    const { env: given, pid } = seenBy(cwd);
    expect(given['INTERCOM_WEBHOOK_SECRET']).toMatch(/^[0-9a-f]{40}$/);
    expect(given['INTERCOM_CLIENT_SECRET']).toBe(given['INTERCOM_WEBHOOK_SECRET']);
    expect(given['INTERCOM_ACCESS_TOKEN']).toMatch(/^[0-9a-f]{40}$/);
    expect(JSON.stringify(given)).not.toMatch(/not-a-real/);
    expect(stdout).not.toContain(given['INTERCOM_WEBHOOK_SECRET']);
    expect(report['target']).toBe(`http://127.0.0.1:${given['PORT']}/intercom/webhook`);
    expect(isRunning(pid)).toBe(false);
  });

  test('puts the port into the command, takes a path, and looks on IPv6 as well', async () => {
    const cwd = application();
    const env = { HOOK: '/hooks/intercom', HOST: '::1' };
    const args = ['verify', '/hooks/intercom', '--spawn', 'node app.mjs {port}', '--json'];
    const { stdout, code } = await runCli(args, { cwd, env });
    const [port] = seenBy(cwd).argv;
    expect({ code, target: expectValid(stdout, 'verify')['target'] }).toEqual({
      code: 0,
      target: `http://[::1]:${port}/hooks/intercom`,
    });
  });

  test('uses the path of the URL that is configured', async () => {
    const cwd = application();
    writeFileSync(join(cwd, '.env'), 'INTERCOM_WEBHOOK_URL=https://propiq.example/hooks/intercom\n');
    const { stdout, code } = await runCli(['verify', '--spawn', 'node app.mjs'], {
      cwd,
      env: { HOOK: '/hooks/intercom' },
    });
    expect({ code, head: stdout.split('\n')[0] }).toEqual({
      code: 0,
      head: expect.stringMatching(/\/hooks\/intercom$/) as string,
    });
  });

  test('tells why an application does not come up', async () => {
    const cwd = application('console.error("no database, no application"); process.exit(4);');
    const ended = await runCli(['verify', '--spawn', 'node app.mjs'], { cwd });
    expect(told(ended)).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /ended before it answered\n {2}Its exit code is 4\. It printed last:\n {2}no database, no application\n.*PORT=\d+ node app\.mjs\n$/,
      ) as string,
    });
    const elsewhere = application(APPLICATION.replace('process.argv[2] ?? PORT', '0'));
    const silent = await runCli(['verify', '--spawn', 'node app.mjs', '--wait', '1s'], { cwd: elsewhere });
    expect(told(silent)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('does not answer on port') as string,
    });
    expect(isRunning(seenBy(elsewhere).pid)).toBe(false);
    const json = await runCli(['verify', '--spawn', 'node app.mjs', '--json'], { cwd });
    expect(expectValid(json.stdout, 'verify')).toMatchObject({ ok: false, error: { code: 'spawn/exited' } });
  });

  test('says so when the application dies while it is judged', async () => {
    const cwd = application();
    const { stdout, stderr, code } = await runCli(['verify', '--spawn', 'node app.mjs', '--json'], {
      cwd,
      env: { DIES: '1' },
    });
    expect([1, 3]).toContain(code); // a finding where another request was under way, and was cut off
    expect(expectValid(stdout, 'verify')['application']).toMatchObject({ ended: { code: 9, signal: null } });
    expect(stderr).toContain('The application ended while it was judged.');
  });

  test.each([
    [['https://propiq.example/intercom/webhook', '--spawn', 'true'], 'exclude each other'],
    [['--all', '--spawn', 'true'], 'exclude each other'],
    [['/hooks with space', '--spawn', 'true'], 'is not a path'],
  ])('refuses %j', async (args, words) => {
    const { stderr, stdout, code } = await runCli(['verify', ...args]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(words) as string });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the application too', async (signal) => {
    const cwd = application(
      `${APPLICATION.replace('response.end();', 'undefined;')}\nprocess.on('SIGTERM', () => undefined);`,
    );
    const running = startCli(['verify', '--spawn', 'node app.mjs', '--wait', '50s'], { cwd });
    await expect.poll(() => existsSync(join(cwd, 'seen.json')) && seenBy(cwd).pid > 0).toBe(true);
    running.child.kill(signal);
    expect((await running.finished).signal).toBe(signal);
    expect(isRunning(seenBy(cwd).pid)).toBe(false);
  });

  test('a second Ctrl-C does not leave it behind either', async () => {
    const cwd = application(
      `${APPLICATION.replace('response.end();', 'undefined;')}\nprocess.on('SIGTERM', () => undefined);`,
    );
    const terminal = openTerminal(['verify', '--spawn', 'node app.mjs', '--wait', '50s'], { cwd, env: cleanEnv(cwd) });
    await expect.poll(() => existsSync(join(cwd, 'seen.json')) && seenBy(cwd).pid > 0).toBe(true);
    terminal.type('\u0003');
    await terminal.shows(/\^C/);
    terminal.type('\u0003');
    expect((await terminal.ended).signal).toBe(2);
    await expect.poll(() => isRunning(seenBy(cwd).pid)).toBe(false);
  });

  test('nor does a terminal that goes away', async () => {
    const cwd = application(
      `${APPLICATION.replace('response.end();', 'undefined;')}\nprocess.on('SIGTERM', () => undefined);`,
    );
    const terminal = openTerminal(['verify', '--spawn', 'node app.mjs', '--wait', '50s'], { cwd, env: cleanEnv(cwd) });
    await expect.poll(() => existsSync(join(cwd, 'seen.json')) && seenBy(cwd).pid > 0).toBe(true);
    terminal.hangUp();
    await terminal.ended;
    await expect.poll(() => isRunning(seenBy(cwd).pid)).toBe(false);
  });
});
