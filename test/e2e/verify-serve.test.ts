import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';

test('our own receiver is all green, and is told once that it runs without a secret', async () => {
  const cwd = temporaryFolder();
  const env = { INTERCOM_WEBHOOK_SECRET: 'a-throw-away-key', PROPIQ_INTERCOM_STORE: join(cwd, 'inbox.db') };
  const receiver = startCli(['serve', '--port', '0', '--json'], { cwd, env });
  const { url } = JSON.parse((await receiver.output(/"type":"ready".*\n/)).split('\n')[0] ?? '') as { url: string };
  const { stdout, code } = await runCli(['verify', url, '--skip', 'url/public', '--strict', '--json'], { cwd, env });
  const report = expectValid(stdout, 'verify');
  expect(code).toBe(0);
  const checks = report['checks'] as { id: string; status: string }[];
  const others = checks.filter(({ status }) => status !== 'pass').map(({ id, status }) => `${id} ${status}`);
  const elsewhere = ['dns/resolves', 'tls/protocol', 'tls/trusted', 'tls/hostname', 'tls/expiry'];
  const api = ['api/token', 'api/region', 'api/subscription'];
  const notHere = ['env/token-present', 'env/file-not-tracked', ...api, 'url/https', 'url/public', ...elsewhere];
  expect(others).toEqual(notHere.map((id) => `${id} skip`));
});

test('our own receiver without a secret is told to be unconfigured', async () => {
  const cwd = temporaryFolder();
  const env = { PROPIQ_INTERCOM_STORE: join(cwd, 'inbox.db') };
  const receiver = startCli(['serve', '--port', '0', '--json'], { cwd, env });
  const { url } = JSON.parse((await receiver.output(/"type":"ready".*\n/)).split('\n')[0] ?? '') as { url: string };
  const { stdout, code } = await runCli(['verify', url, '--json'], {
    cwd,
    env: { INTERCOM_WEBHOOK_SECRET: 'another-key' },
  });
  const checks = expectValid(stdout, 'verify')['checks'] as { id: string; status: string }[];
  const failed = checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  expect({ code, failed }).toEqual({ code: 1, failed: ['health/intercom', 'endpoint/configured'] });
});
