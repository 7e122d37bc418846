import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { createCertificate } from '../support/certificates.ts';
import { answersOk, hostileServer, neverAnswers } from '../support/hostile-server.ts';
import { labProxy } from '../support/proxy.ts';
import { createLab, tlsServer } from '../support/tls-lab.ts';

const SECRET = { INTERCOM_WEBHOOK_SECRET: 'not-a-real-key' };
const lab = createLab();
const certificate = createCertificate({
  commonName: 'receiver',
  names: ['localhost', 'receiver.test'],
  issuer: lab.root,
});

function authorityFile(): string {
  const file = join(temporaryFolder(), 'ca.pem');
  writeFileSync(file, lab.root.pem);
  return file;
}

describe('a private authority', () => {
  test('is trusted where NODE_EXTRA_CA_CERTS names it', async () => {
    const port = await tlsServer({ certificate }, answersOk);
    const env = { ...SECRET, NODE_EXTRA_CA_CERTS: authorityFile() };
    const { code, stdout } = await runCli(['send-test', 'ping', '--url', `https://localhost:${port}/hook`, '--json'], {
      env,
    });
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ ok: true })]);
  });

  test('and else it is not', async () => {
    const port = await tlsServer({ certificate }, answersOk);
    const args = ['send-test', 'ping', '--url', `https://localhost:${port}/hook`, '--json'];
    const { code, stdout } = await runCli(args, { env: SECRET });
    expect([code, JSON.parse(stdout).error.code]).toEqual([3, 'net/tls']);
  });
});

describe('proxies come from the environment', () => {
  const password = Math.random().toString(36).slice(2);
  const send = ['send-test', 'ping', '--yes', '--url', 'https://receiver.test/hook'];

  test.each(['HTTPS_PROXY', 'https_proxy'])('%s carries it, and its password is shown nowhere', async (variable) => {
    const proxy = await labProxy({ to: await tlsServer({ certificate }, answersOk), credentials: `me:${password}` });
    const address = proxy.url.replace('://', `://me:${password}@`);
    const env = { ...SECRET, NODE_EXTRA_CA_CERTS: authorityFile(), [variable]: address };
    for (const format of [['--json'], ['--verbose']]) {
      const { code, stdout, stderr } = await runCli([...send, ...format], { env });
      expect([code, stderr]).toEqual([0, expect.not.stringContaining(password)]);
      expect(stdout).not.toContain(password);
    }
    expect(proxy.asked[0]).toContain('CONNECT receiver.test:443 HTTP/1.1 Basic ');
  });

  test('one that refuses is named with its status and the next step', async () => {
    const proxy = await labProxy({ to: 1, credentials: `me:${password}` });
    const { code, stdout } = await runCli([...send, '--json'], { env: { ...SECRET, HTTPS_PROXY: proxy.url } });
    const { error } = JSON.parse(stdout);
    expect([code, error.code]).toEqual([3, 'net/proxy']);
    expect(error.message).toContain(
      `${proxy.url} does not let the request through to receiver.test:443. It answered 407`,
    );
    expect(error.hint).toContain('HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT');
  });

  test('one that cannot be used is a mistake of the settings', async () => {
    const { code, stdout } = await runCli([...send, '--json'], {
      env: { ...SECRET, HTTPS_PROXY: 'socks5://127.0.0.1' },
    });
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'settings/invalid']);
  });
});

test('Ctrl-C while nothing answers ends the run at once', async () => {
  const server = await hostileServer(neverAnswers);
  const running = startCli(['send-test', 'ping', '--url', `${server.url}/hook`, '--timeout', '60s'], { env: SECRET });
  await server.requested();
  running.child.kill('SIGINT');
  expect((await running.finished).signal).toBe('SIGINT');
  await server.allClosed();
});
