import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Status } from '../../src/verify/check.ts';
import { listen, plainApp, SECRET } from '../receivers/receiver.ts';
import { dnsLab, type Zone } from '../support/dns-lab.ts';
import { expectValid } from '../support/schemas.ts';

const HOST = 'receiver.example.com';
const env = { INTERCOM_WEBHOOK_SECRET: SECRET };

interface Told {
  readonly code: number | null;
  readonly asked: readonly string[];
  readonly stderr: string;
  readonly checks: Readonly<Record<string, { status: Status; message: string; remedy: string; evidence: unknown[] }>>;
  readonly unjudged: readonly string[];
}

/** Judges a correct receiver, under a name of the lab. */
async function judged(zones: Record<string, Zone>, more: { timeout?: string; hosts?: string } = {}): Promise<Told> {
  const { url, close } = await listen(createServer(plainApp()));
  onTestFinished(close);
  const lab = await dnsLab(zones);
  const target = `http://${HOST}:${new URL(url).port}/intercom/webhook`;
  const args = ['verify', target, '--timeout', more.timeout ?? '5s', '--skip', 'url/https', '--json'];
  const { stdout, stderr, code } = await lab.run(args, env, more.hosts);
  const { checks } = expectValid(stdout, 'verify') as unknown as {
    checks: ({ id: string } & Told['checks'][string])[];
  };
  return {
    code,
    stderr,
    asked: lab.asked,
    checks: Object.fromEntries(checks.map((check) => [check.id, check])),
    unjudged: checks.filter(({ status }) => status === 'error').map(({ id }) => id),
  };
}

const here: Zone = { A: ['127.0.0.1'] };

describe('a name that resolves', () => {
  test('to one address is fine, and what the DNS said is evidence', async () => {
    const { checks } = await judged({ [HOST]: here });
    expect(checks['dns/resolves']).toMatchObject({
      status: 'pass',
      message: '127.0.0.1',
      evidence: [{ kind: 'name', host: HOST, addresses: ['127.0.0.1'], a: 'found', aaaa: 'none', aliases: [] }],
    });
    expect(checks['http/no-redirect']?.status).toBe('pass');
  });

  test('by way of an alias names it', async () => {
    const { checks } = await judged({ [HOST]: { CNAME: 'app.host.example.net' }, 'app.host.example.net': here });
    expect(checks['dns/resolves']).toMatchObject({ status: 'pass', message: 'app.host.example.net: 127.0.0.1' });
  });

  test('in the hosts file is found there, though the DNS knows nothing of it', async () => {
    const { checks } = await judged({}, { hosts: `127.0.0.1 ${HOST}\n` });
    expect(checks['dns/resolves']).toMatchObject({ status: 'pass', message: '127.0.0.1' });
    expect(checks['http/no-redirect']?.status).toBe('pass');
  });
});

describe('what is wrong with a name is one line, could not be judged, and is told by its reason', () => {
  test.each<[string, Record<string, Zone>, RegExp, RegExp]>([
    ['no such name', {}, /There is no receiver\.example\.com.*NXDOMAIN/, /spelling/],
    ['no address', { [HOST]: {} }, /is known to the DNS, but has no address: neither A nor AAAA/, /A record/],
    [
      'an alias that leads nowhere',
      { [HOST]: { CNAME: 'gone.azurewebsites.example' } },
      /is an alias \(CNAME\) of gone\.azurewebsites\.example, and gone\.azurewebsites\.example has no address/,
      /remove the CNAME at once/,
    ],
    [
      'a chain of aliases that leads nowhere',
      { [HOST]: { CNAME: 'a.example.net' }, 'a.example.net': { CNAME: 'b.example.org' } },
      /alias \(CNAME\) of a\.example\.net, then b\.example\.org, and b\.example\.org has no address/,
      /b\.example\.org/,
    ],
    ['SERVFAIL', { [HOST]: { fails: 'SERVFAIL' } }, /failed to answer .*SERVFAIL/, /DNSSEC/],
    ['REFUSED', { [HOST]: { fails: 'REFUSED' } }, /refuses to answer .*REFUSED/, /another DNS server/],
  ])('%s', async (_name, zones, message, remedy) => {
    const { code, checks, unjudged } = await judged(zones);
    expect(checks['dns/resolves']).toMatchObject({
      status: 'error',
      message: expect.stringMatching(message) as string,
      remedy: expect.stringMatching(remedy) as string,
    });
    expect([code, unjudged]).toEqual([3, ['dns/resolves']]);
    expect(checks['tcp/connects']).toMatchObject({ status: 'skip', message: 'see dns/resolves' });
  });

  test('a DNS server that never answers is not waited for longer than asked, not even at the end', async () => {
    const silent: Zone = { silent: ['A', 'AAAA'] };
    const { code, checks, stderr } = await judged({ [HOST]: silent }, { timeout: '2s' });
    expect(checks['dns/resolves']).toMatchObject({
      status: 'error',
      message: `The DNS did not answer for ${HOST} within 2 s.`,
    });
    expect([code, stderr]).toEqual([3, '']);
  });
});

test('send-test does not wait for a silent DNS either', async () => {
  const lab = await dnsLab({ [HOST]: { silent: ['A', 'AAAA'] } });
  const args = ['send-test', 'ping', '--url', `https://${HOST}/intercom/webhook`, '--timeout', '2s', '--json'];
  const { code, stdout } = await lab.run(args, env);
  expect([code, (JSON.parse(stdout) as { error: { code: string } }).error.code]).toEqual([3, 'net/dns']);
});

describe('half of an answer', () => {
  test('no word about IPv6 is a warning, and the run goes on with IPv4', async () => {
    const { checks } = await judged({ [HOST]: { ...here, silent: ['AAAA'] } }, { timeout: '3s' });
    expect(checks['dns/resolves']).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('the DNS question for its AAAA record gets no answer') as string,
    });
    expect(checks['http/no-redirect']?.status).toBe('pass');
  });

  test('a failure for IPv6 is a warning', async () => {
    const { checks } = await judged({ [HOST]: { ...here, fails: { AAAA: 'SERVFAIL' } } });
    expect(checks['dns/resolves']?.status).toBe('warn');
    expect(checks['http/no-redirect']?.status).toBe('pass');
  });
});

describe('every address is tried', () => {
  test('one that refuses is a failure, and named', async () => {
    const { checks, code } = await judged({ [HOST]: { A: ['127.0.0.1', '127.0.0.77'] } });
    expect(checks['dns/resolves']?.message).toBe('127.0.0.1, 127.0.0.77');
    expect(checks['tcp/connects']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('127.0.0.77') as string,
    });
    expect(code).toBe(1);
  });

  test('an IPv6 address that is dead while IPv4 works is a warning', async () => {
    const { checks } = await judged({ [HOST]: { ...here, AAAA: ['::1'] } });
    expect(checks['tcp/connects']).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('IPv6 address [::1]') as string,
    });
    expect(checks['http/no-redirect']?.status).toBe('pass');
  });
});
