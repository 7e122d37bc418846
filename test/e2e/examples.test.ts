import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cleanEnv, PROGRAM, temporaryFolder } from '../support/cli.ts';
import { freePort } from '../support/hostile-server.ts';
import { send } from '../support/raw-http.ts';
import { delivery, notification, SECRET, sign } from '../support/serve.ts';

const run = promisify(execFile);
const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const read = (file: string): string => readFileSync(join(EXAMPLES, file), 'utf8');
const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** A program that runs until the test ends; resolves with what it said once that matches. */
function start(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn(program, args, { cwd, env: cleanEnv(cwd, env), stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  child.stdout.on('data', (part: Buffer) => (said += part.toString()));
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(pattern);
    return pattern.exec(said) as RegExpExecArray;
  };
  return { child, says };
}

describe('the container file', () => {
  const lines = read('Containerfile').split('\n');
  const of = (word: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));

  test('its commands build what its command runs, in a plain folder', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const state = join(folder, 'state');
    const tarball = (
      await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
        cwd: resolve(dirname(PROGRAM), '..'),
      })
    ).stdout.trim();
    const here = (text: string): string => text.replaceAll('/var/lib/propiq-intercom', state);
    for (const command of of('RUN')) {
      const own = here(command)
        .replace('propiq-intercom@0.1', join(folder, tarball))
        .replace(/ && chown node:node \S+/, '');
      await run('sh', ['-ec', own], {
        cwd: folder,
        env: { ...process.env, NODE_ENV: 'production', npm_config_prefer_offline: 'true' },
      });
    }
    const env = Object.fromEntries(of('ENV').map((pair) => here(pair).split('=') as [string, string]));
    const [program = '', ...args] = JSON.parse(of('CMD')[0] ?? '') as string[];
    const settings = {
      ...env,
      PROPIQ_INTERCOM_HOST: '127.0.0.1',
      PROPIQ_INTERCOM_PORT: String(port),
      INTERCOM_WEBHOOK_SECRET: SECRET,
    };
    const { child, says } = start(program, args, folder, settings);
    await says(/Listening on/);
    expect((await send(port, delivery(notification('notif_1')))).body).toContain('received');
    const [check = '', ...checkArgs] = JSON.parse((of('HEALTHCHECK')[0] ?? '').replace(/^CMD /, '')) as string[];
    const healthy = (): number | null => spawnSync(check, checkArgs, { env: cleanEnv(folder, settings) }).status;
    expect(healthy()).toBe(0);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(healthy()).toBe(1);
  });

  test('runs as somebody who is not root, and copies no secret into an image', () => {
    expect(of('USER')).toEqual(['node']);
    expect(lines.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('CMD')),
    );
    expect(of('ENV').join('\n')).not.toMatch(/SECRET|TOKEN/);
    expect(of('COPY')).toEqual([]);
  });
});

test('as the first process of a container it drains at a signal, and ends with its exit code', async () => {
  const folder = temporaryFolder();
  // a namespace of processes would need a right that not everybody has
  const asFirst = `data:text/javascript,${encodeURIComponent('Object.defineProperty(process,"pid",{value:1})')}`;
  const { child, says } = start(PROGRAM, ['serve', '--port', '0', '--store', 'memory:'], folder, {
    INTERCOM_WEBHOOK_SECRET: SECRET,
    NODE_OPTIONS: `--import=${asFirst}`,
  });
  await says(/Listening on/);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([143, null]);
  await says(/Stopped: 0 received/);
});

describe('the systemd unit', () => {
  const unit = read('propiq-intercom.service');

  test('its command runs as it stands', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const metrics = await freePort();
    const file = join(folder, 'intercom.env');
    writeFileSync(file, `INTERCOM_WEBHOOK_SECRET=${SECRET}\n`, { mode: 0o600 });
    const command = (/^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '')
      .replace('/usr/bin/node', process.execPath)
      .replace(/\/opt\S+/, PROGRAM)
      .replace('%d', folder)
      .replace('9464', String(metrics))
      .split(' ');
    const settings = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(
      ([, name = '', value = '']) => [name, value.replace('%S', folder)] as const,
    );
    const env = { ...Object.fromEntries(settings), PROPIQ_INTERCOM_PORT: String(port) };
    mkdirSync(join(folder, 'propiq-intercom'), { mode: 0o700 });
    const { says } = start(command[0] ?? '', command.slice(1), folder, env);
    await says(/Listening on/);
    expect((await send(port, delivery(notification('notif_1')))).body).toContain('received');
    expect((await send(metrics, `GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n`)).status).toBe(200);
  });

  test.runIf(isInstalled('systemd-analyze'))('is well formed, and little exposed, by what systemd says', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'propiq-intercom.service');
    writeFileSync(file, unit.replace('/usr/bin/node', process.execPath));
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', file]);
    expect(stdout + stderr).not.toContain('propiq-intercom.service');
    const { stdout: judged } = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', file]);
    expect(Number(/exposure level for propiq-intercom\.service: ([\d.]+)/.exec(judged)?.[1])).toBeLessThan(2);
  });
});

test.runIf(isInstalled('nginx'))('nginx, as configured, hands on bytes and header lines as they are', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const [front, back] = [await freePort(), await freePort()];
  const { says } = start(
    PROGRAM,
    ['serve', '--port', String(back), '--trust-proxy', 'loopback', '--json', '--store', join(folder, 'inbox.db')],
    folder,
    { INTERCOM_WEBHOOK_SECRET: SECRET },
  );
  await says(/"ready"/);
  const server = read('nginx.conf')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${front};`)
    .replaceAll(/ {2}ssl_certificate.*\n/g, '')
    .replaceAll('127.0.0.1:8000', `127.0.0.1:${back}`);
  cpSync('/etc/nginx/mime.types', join(folder, 'mime.types'), { force: true });
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${paths.join(' ')}\n${server}\n}`,
  );
  start('nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')], folder, {});
  const get = (): Promise<{ status: number }> => send(front, 'GET /health HTTP/1.1\r\nHost: propiq.example\r\n\r\n');
  await expect.poll(async () => (await get()).status, { timeout: 30_000 }).toBe(200);
  const body = `${notification('notif_1')} \r\n`;
  expect(
    (await send(front, delivery(body, [`X-Hub-Signature: ${sign(body)}`, 'X-Forwarded-For: 6.6.6.6']))).status,
  ).toBe(200);
  expect((await send(front, delivery(body, []))).status).toBe(401);
  expect(
    (await send(front, 'HEAD /intercom/webhook HTTP/1.1\r\nHost: propiq.example\r\nConnection: close\r\n\r\n')).status,
  ).toBe(200);
});
