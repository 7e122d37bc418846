import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCli, type Running, startCli, temporaryFolder } from '../support/cli.ts';
import { scriptedReceiver } from '../support/sandbox.ts';
import { expectValid } from '../support/schemas.ts';
import { SECRET, startServe } from '../support/serve.ts';

type JsonRecord = Record<string, unknown>;

/** The records so far, each valid. */
const recordsOf = (text: string): JsonRecord[] =>
  text
    .trim()
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => expectValid(line, 'sandbox'));

interface Started extends Running {
  readonly url: string;
  readonly envFile: string | null;
}

async function startSandbox(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const cwd = temporaryFolder();
  // ended by force, it leaves its env file: in a folder that goes with the test
  const running = startCli(['sandbox', '--port', '0', '--json', ...args], { cwd, env: { TMPDIR: cwd, ...env } });
  const [ready] = recordsOf(await running.output(/"type":"ready".*\n/));
  return { ...running, url: String(ready?.['url']), envFile: ready?.['envFile'] as string | null };
}

const keysIn = (envFile: string | null): Record<string, string> =>
  Object.fromEntries(
    readFileSync(envFile ?? '', 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return name === undefined ? [] : [[name, value ?? '']];
      }),
  );

describe('sandbox against serve', () => {
  test('delivers all, and ends with a good verdict', async () => {
    const receiver = await startServe();
    const args = ['--deliver-to', receiver.url, '--time-scale', '60', '--rate', '30/m', '--for', '3m', '--seed', 'one'];
    const { stdout, stderr, code } = await runCli(['sandbox', '--port', '0', '--json', ...args], {
      env: { INTERCOM_WEBHOOK_SECRET: SECRET },
    });
    const records = recordsOf(stdout);
    const summary = records.at(-1) ?? {};
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).not.toMatch(/warning/i);
    expect(summary).toMatchObject({ type: 'summary', good: true, lost: 0, dropped: {} });
    expect(summary['created']).toBe(Number(summary['delivered']) + Number(summary['pending']));
    expect(Number(summary['delivered'])).toBeGreaterThanOrEqual(3);
    expect(records.find(({ event }) => event === 'head')).toMatchObject({ status: 200 });
    const stored = (await runCli(['events', 'list', '--json'], receiver)).stdout;
    expect((JSON.parse(stored) as { events: unknown[] }).events.length).toBeGreaterThanOrEqual(3);
  });

  test('with another secret every notification is lost, which is a finding', async () => {
    const receiver = await startServe();
    const args = ['--deliver-to', receiver.url, '--time-scale', '300', '--rate', '2/m', '--for', '15m'];
    const { stdout, code } = await runCli(['sandbox', '--port', '0', '--json', ...args], {
      env: { INTERCOM_WEBHOOK_SECRET: 'another-key' },
    });
    const summary = recordsOf(stdout).at(-1) ?? {};
    expect(code).toBe(1);
    expect(summary).toMatchObject({ good: false, delivered: 0 });
    expect(Number(summary['lost'])).toBeGreaterThan(0);
  });
});

describe('a receiver that answers 410', () => {
  test('is told that Intercom would have disabled it, and the exit code is that of a finding', async () => {
    const receiver = await scriptedReceiver(() => 410);
    const args = ['--deliver-to', receiver.url.href, '--time-scale', '600', '--rate', '60/m', '--for', '14m'];
    const { stdout, stderr, code } = await runCli(['sandbox', '--port', '0', '--quiet', ...args], {
      env: { INTERCOM_WEBHOOK_SECRET: SECRET },
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /After \d+ minutes of Intercom's time\n✗ Intercom would have disabled the subscription at minute \d+/,
    );
    expect(stdout).toMatch(/\d+ notifications: 0 delivered, 0 lost, \d+ dropped, \d+ pending/);
    expect(receiver.deliveries.length).toBeLessThanOrEqual(16); // those under way when it was answered
  });
});

describe('what is made up', () => {
  test('stands in an env file that only its user can read, in no stream, and is gone at the end', async () => {
    const sandbox = await startSandbox();
    expect(statSync(sandbox.envFile ?? '').mode & 0o777).toBe(0o600);
    const keys = keysIn(sandbox.envFile);
    expect(keys['INTERCOM_API_BASE']).toBe(sandbox.url);
    const me = await fetch(`${sandbox.url}/me`, {
      headers: { Authorization: `Bearer ${keys['INTERCOM_ACCESS_TOKEN']}` },
    });
    expect([me.status, ((await me.json()) as { app: { id_code: string } }).app.id_code]).toEqual([
      200,
      keys['INTERCOM_APP_ID'],
    ]);
    expect((await fetch(`${sandbox.url}/me`)).status).toBe(401);
    await sandbox.output(/"status":401/);
    sandbox.child.kill('SIGTERM');
    const { stdout, stderr, signal } = await sandbox.finished;
    expect(signal).toBe('SIGTERM');
    expect(recordsOf(stdout).at(-1)).toMatchObject({ type: 'summary', good: true, created: 0 });
    for (const name of ['INTERCOM_ACCESS_TOKEN', 'INTERCOM_WEBHOOK_SECRET'])
      expect(`${stdout}${stderr}`).not.toContain(keys[name]);
    expect(existsSync(sandbox.envFile ?? '')).toBe(false);
  });

  test('is nothing where token and secret are set', async () => {
    const env = { INTERCOM_ACCESS_TOKEN: 'not-a-real-token', INTERCOM_WEBHOOK_SECRET: SECRET };
    const sandbox = await startSandbox([], env);
    expect(sandbox.envFile).toBeNull();
    const headers = { Authorization: 'Bearer not-a-real-token' };
    expect((await fetch(`${sandbox.url}/me`, { headers })).status).toBe(200);
  });
});

describe('refused at once', () => {
  const env = { INTERCOM_WEBHOOK_SECRET: SECRET };
  test.each([
    [['--deliver-to', 'https://propiq.luntra.one/intercom/webhook'], 2, 'usage/invalid-value'],
    [['--deliver-to', 'http://localtest.me/intercom/webhook'], 2, 'usage/invalid-value'],
    [['--deliver-to', '127.0.0.1:8000'], 2, 'usage/invalid-value'],
    [
      [
        '--deliver-to',
        'http://127.0.0.1:9',
        '--topics',
        'user.created',
        '--api-version',
        '2.5',
        '--topics',
        'nonsense',
      ],
      2,
      'topic/unknown',
    ],
    [['--rate', '1/s'], 2, 'usage/missing-input'],
    [['--time-scale', '0'], 2, 'usage/invalid-value'],
    [['--for', '5ms'], 2, 'usage/invalid-value'],
    [['--deliver-to', 'http://127.0.0.1:9/intercom/webhook'], 3, 'net/refused'],
  ])('%j', async (args, exitCode, code) => {
    const { stdout, code: exited } = await runCli(['sandbox', '--port', '0', '--json', ...args], {
      cwd: temporaryFolder(),
      env,
    });
    expect(exited).toBe(exitCode);
    expect(recordsOf(stdout).at(-1)).toMatchObject({ type: 'error', error: { code } });
  });

  test('a receiver without a shared secret', async () => {
    const { code, stderr } = await runCli(['sandbox', '--port', '0', '--deliver-to', 'http://127.0.0.1:9/']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('share no secret')]);
  });
});
