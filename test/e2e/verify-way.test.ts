import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Status } from '../../src/verify/check.ts';
import { listen, plainApp, SECRET } from '../receivers/receiver.ts';
import { createCertificate } from '../support/certificates.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { closesAtOnce, freePort, hostileServer, neverAnswers, says } from '../support/hostile-server.ts';
import { labProxy } from '../support/proxy.ts';
import { expectValid } from '../support/schemas.ts';
import { createLab, tlsServer } from '../support/tls-lab.ts';

const HOST = 'receiver.example.com';
const lab = createLab();
const certificate = createCertificate({ commonName: HOST, names: [HOST], issuer: lab.root });

interface Told {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly checks: Readonly<Record<string, { status: Status; message: string; evidence: Record<string, unknown>[] }>>;
  readonly bad: readonly string[];
}

async function judged(url: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'ca.pem'), lab.root.pem);
  const run = await runCli(['verify', url, ...args, '--ca', 'ca.pem', '--json'], {
    cwd,
    env: { INTERCOM_WEBHOOK_SECRET: SECRET, ...env },
  });
  const { checks } = expectValid(run.stdout, 'verify') as unknown as {
    checks: ({ id: string } & Told['checks'][string])[];
  };
  return {
    ...run,
    checks: Object.fromEntries(checks.map((check) => [check.id, check])),
    bad: checks.flatMap(({ id, status }) => (status === 'pass' || status === 'skip' ? [] : [`${id} ${status}`])),
  };
}

/** A correct receiver behind TLS; its port. */
async function secured(): Promise<number> {
  const { url, close } = await listen(createServer(plainApp()));
  onTestFinished(close);
  return tlsServer({ certificate, forwardTo: Number(new URL(url).port) }, () => undefined);
}

describe('through a proxy', () => {
  const url = `https://${HOST}/intercom/webhook`;
  const password = Math.random().toString(36).slice(2);

  test('everything is judged but the name and the addresses, and the proxy is named, without its password', async () => {
    const proxy = await labProxy({ to: await secured(), credentials: `me:${password}` });
    const env = { HTTPS_PROXY: proxy.url.replace('://', `://me:${password}@`) };
    const { code, bad, checks, stdout, stderr } = await judged(url, [], env);
    expect([code, bad]).toEqual([0, []]);
    for (const id of ['dns/resolves', 'tcp/connects']) {
      expect(checks[id]).toMatchObject({ status: 'skip', message: expect.stringContaining(proxy.url) as string });
    }
    expect(checks['tls/trusted']).toMatchObject({ status: 'pass', evidence: [{ kind: 'tls', proxy: proxy.url }] });
    expect(checks['signature/accepted']?.evidence[0]).toMatchObject({ answer: { proxy: proxy.url } });
    expect(stdout + stderr).not.toContain(password);
    expect(new Set(proxy.asked.map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual(
      new Set([`CONNECT ${HOST}:443`]),
    );
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    ['that wants a password', async () => (await labProxy({ to: 1, credentials: 'a:b' })).url, /It answered 407/],
    ['that refuses', async () => (await labProxy({ to: 1, refuses: 403 })).url, /It answered 403/],
    ['that hangs', async () => (await hostileServer(neverAnswers)).url, /did not answer within 800 ms/],
    ['that is not there', async () => `http://127.0.0.1:${await freePort()}`, /refused the connection/],
    ['that is none', async () => (await hostileServer(says('SSH-2.0-x\r\n'))).url, /does not speak HTTP/],
  ])('%s is one line, and no word on the receiver', async (_name, proxy, message) => {
    const { code, bad, checks } = await judged(url, ['--timeout', '800ms'], { HTTPS_PROXY: await proxy() });
    expect(bad).toEqual(['tls/protocol error']);
    expect(checks['tls/protocol']?.message).toMatch(message);
    expect(code).toBe(3);
  });

  test('NO_PROXY goes around it', async () => {
    const port = await secured();
    const env = { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}`, NO_PROXY: 'example.com' };
    const { code, bad } = await judged(
      `https://${HOST}:${port}/intercom/webhook`,
      ['--resolve', `${HOST}:127.0.0.1`],
      env,
    );
    expect([code, bad]).toEqual([0, []]);
  });
});

describe('a port that speaks no TLS', () => {
  const at = (port: number): string => `https://${HOST}:${port}/intercom/webhook`;
  const pinned = ['--resolve', `${HOST}:127.0.0.1`, '--timeout', '800ms'];

  test.each<[string, () => Promise<number>, string, RegExp, number]>([
    [
      'but plain HTTP',
      async () => {
        const { url, close } = await listen(createServer(plainApp()));
        onTestFinished(close);
        return Number(new URL(url).port);
      },
      'fail',
      /does not speak TLS; it may be plain HTTP/,
      1,
    ],
    ['and says nothing', async () => (await hostileServer(neverAnswers)).port, 'fail', /not finished within 800 ms/, 1],
    [
      'and hangs up',
      async () => (await hostileServer(closesAtOnce, { onConnection: (socket) => void socket.end() })).port,
      'error',
      /closed it during the TLS handshake/,
      3,
    ],
  ])('%s', async (_name, port, status, message, exitCode) => {
    const { code, bad, checks } = await judged(at(await port()), pinned);
    expect(bad).toEqual([`tls/protocol ${status}`]);
    expect(checks['tls/protocol']?.message).toMatch(message);
    expect(code).toBe(exitCode);
  });
});

describe('--resolve', () => {
  test('of several addresses each is tried, and a dead one is named', async () => {
    const port = await secured();
    const both = ['--resolve', `${HOST}:127.0.0.1`, '--resolve', `${HOST}:${port}:127.0.0.78`];
    const { code, checks } = await judged(`https://${HOST}:${port}/intercom/webhook`, both);
    expect(checks['dns/resolves']?.message).toBe('127.0.0.1, 127.0.0.78 (by --resolve, the DNS was not asked)');
    expect(checks['tcp/connects']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('127.0.0.78') as string,
    });
    expect(code).toBe(1);
  });

  test.each([
    [['--resolve', 'other.example.com:127.0.0.1'], 'has nothing to do with the URL'],
    [['--resolve', `${HOST}:8443:127.0.0.1`], 'has nothing to do with the URL'],
    [['--resolve', `${HOST}:not-an-address`], 'cannot be read'],
    [['--ca', 'not-a-pem'], 'holds no certificate of an authority'],
    [['--ca', 'broken.pem'], 'A certificate in it cannot be read'],
  ])('%j is a mistake, and nothing is sent', async (args, message) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'not-a-pem'), 'hello');
    writeFileSync(join(cwd, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const { code, stderr, stdout } = await runCli(['verify', `https://${HOST}/hook`, ...args], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

test('timings by phase stand in the JSON and under -v', async () => {
  const port = await secured();
  const url = `https://${HOST}:${port}/intercom/webhook`;
  const pinned = ['--resolve', `${HOST}:127.0.0.1`, '--only', 'endpoint/head'];
  const { checks } = await judged(url, pinned);
  expect(checks['endpoint/head']?.evidence[0]?.['timings']).toEqual({
    dns: expect.any(Number) as number,
    connect: expect.any(Number) as number,
    tls: expect.any(Number) as number,
    firstByte: expect.any(Number) as number,
    total: expect.any(Number) as number,
  });
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'ca.pem'), lab.root.pem);
  const { stdout } = await runCli(['verify', url, ...pinned, '--ca', 'ca.pem', '-v'], { cwd });
  expect(stdout).toMatch(
    /< 200 from 127\.0\.0\.1:\d+ \(dns \d+ ms, connect \d+ ms, tls \d+ ms, first byte \d+ ms, total \d+ ms\)/,
  );
});
