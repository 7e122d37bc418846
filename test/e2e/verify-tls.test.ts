import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CheckId, Status } from '../../src/verify/check.ts';
import { listen, plainApp, SECRET } from '../receivers/receiver.ts';
import { type Certificate, type CertificateOptions, createCertificate } from '../support/certificates.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';
import { createLab, tlsServer, type TlsServerOptions } from '../support/tls-lab.ts';

const HOST = 'receiver.example.com';
const lab = createLab();

function issue(options: Partial<CertificateOptions> = {}): Certificate {
  return createCertificate({ commonName: HOST, names: [HOST], issuer: lab.intermediate, ...options });
}

interface Told {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
  /** By id. */
  readonly checks: Readonly<Record<string, { status: Status; message: string; remedy: string; evidence: unknown[] }>>;
  /** Ids by how they ended, of the tls group only. */
  readonly tls: Readonly<Record<string, Status>>;
  readonly requests: number;
  readonly reached: number;
}

interface Lab extends Partial<TlsServerOptions> {
  readonly args?: readonly string[];
  readonly host?: string;
  readonly trusts?: boolean;
}

/** Judges a correct receiver behind TLS of the lab. */
async function judged({ args = [], host = HOST, trusts = true, ...options }: Lab): Promise<Told> {
  const app = plainApp();
  let reached = 0;
  const server = createServer((request, response) => {
    reached += 1;
    app(request, response);
  });
  const { url, close } = await listen(server);
  onTestFinished(close);
  const tls = { certificate: issue(), chain: [lab.intermediate], ...options, forwardTo: Number(new URL(url).port) };
  const port = await tlsServer(tls, () => undefined);
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'ca.pem'), lab.root.pem);
  const target = `https://${host}:${port}/intercom/webhook`;
  const pinned = /^[\d.]+$/.test(host) ? [] : ['--resolve', `${host}:127.0.0.1`];
  const trusted = trusts ? ['--ca', 'ca.pem'] : [];
  const run = await runCli(['verify', target, ...pinned, ...trusted, ...args, '--json'], {
    cwd,
    env: { INTERCOM_WEBHOOK_SECRET: SECRET },
  });
  const report = expectValid(run.stdout, 'verify') as unknown as {
    checks: ({ id: CheckId } & Told['checks'][string])[];
    requests: number;
  };
  const checks = Object.fromEntries(report.checks.map((check) => [check.id, check]));
  const tlsOnly = report.checks
    .filter(({ id }) => id.startsWith('tls/'))
    .map(({ id, status }) => [id.slice(4), status]);
  return { ...run, checks, tls: Object.fromEntries(tlsOnly), requests: report.requests, reached };
}

const FINE = { protocol: 'pass', trusted: 'pass', hostname: 'pass', expiry: 'pass' } as const;

describe('nothing is said against', () => {
  test.each<[string, () => Lab]>([
    ['a leaf with its intermediate', () => ({})],
    ['a wildcard', () => ({ certificate: issue({ commonName: 'x', names: ['*.example.com'] }) })],
    ['a long chain', longChain],
    ['the authority sent along', () => ({ chain: [lab.intermediate, lab.root] })],
    ['TLS 1.2', () => ({ maxVersion: 'TLSv1.2' })],
    ['15 days left', () => ({ certificate: issue({ toDay: 15.5 }) })],
    ['an address in place of a name', () => ({ certificate: issue({ names: ['127.0.0.1'] }), host: '127.0.0.1' })],
  ])('%s', async (_name, options) => {
    const { code, tls, checks, stderr } = await judged(options());
    expect([tls, stderr]).toEqual([FINE, '']);
    expect(checks['signature/accepted']?.status).toBe('pass');
    expect(code).toBe(0);
  });
});

function longChain(): Lab {
  const chain: Certificate[] = [];
  let issuer = lab.root;
  for (const level of [1, 2, 3, 4]) {
    issuer = createCertificate({ commonName: `Lab Level ${level}`, isAuthority: true, issuer });
    chain.unshift(issuer);
  }
  return { certificate: issue({ issuer }), chain };
}

describe('what is wrong is named, and no request is sent', () => {
  test.each<[string, () => Lab, Partial<Record<keyof typeof FINE, Status>>, keyof typeof FINE, RegExp, RegExp]>([
    [
      'a missing intermediate',
      () => ({ chain: [] }),
      { trusted: 'fail' },
      'trusted',
      /issued by "Lab Intermediate".*the intermediate certificate is missing.*\[UNABLE_TO_VERIFY_LEAF_SIGNATURE\]/,
      /fullchain\.pem/,
    ],
    [
      'an authority that nobody knows',
      () => ({ trusts: false }),
      { trusted: 'fail' },
      'trusted',
      /ends in an authority that is not trusted \[UNABLE_TO_GET_ISSUER_CERT_LOCALLY\]/,
      /--ca ca\.pem/,
    ],
    [
      'an authority that nobody knows, sent along',
      () => ({ trusts: false, chain: [lab.intermediate, lab.root] }),
      { trusted: 'fail' },
      'trusted',
      /not trusted \[SELF_SIGNED_CERT_IN_CHAIN\]/,
      /public authority/,
    ],
    [
      'a self-signed certificate',
      () => ({ certificate: createCertificate({ commonName: HOST, names: [HOST] }), chain: [] }),
      { trusted: 'fail' },
      'trusted',
      /self-signed.*\[DEPTH_ZERO_SELF_SIGNED_CERT\]/,
      /Let's Encrypt/,
    ],
    [
      'another name',
      () => ({ certificate: issue({ commonName: 'other', names: ['other.example.com', '*.sub.example.com'] }) }),
      { hostname: 'fail' },
      'hostname',
      /not for receiver\.example\.com; it is for other\.example\.com, \*\.sub\.example\.com/,
      /receiver\.example\.com among its names/,
    ],
    [
      'a wildcard one level too high',
      () => ({ certificate: issue({ names: ['*.com', '*.example.org'] }) }),
      { hostname: 'fail' },
      'hostname',
      /it is for \*\.com, \*\.example\.org/,
      /bind its certificate/,
    ],
    [
      'a certificate that has expired',
      () => ({ certificate: issue({ fromDay: -60, toDay: -2 }) }),
      { expiry: 'fail' },
      'expiry',
      /expired: it was valid until \d{4}-\d\d-\d\d/,
      /Renew/,
    ],
    [
      'an expired one with its authority sent along',
      () => ({ certificate: issue({ fromDay: -60, toDay: -2 }), chain: [lab.intermediate, lab.root] }),
      { expiry: 'fail' },
      'expiry',
      /expired/,
      /Renew/,
    ],
    [
      'an expired one that nobody vouches for',
      () => ({ certificate: issue({ fromDay: -60, toDay: -2 }), chain: [] }),
      { expiry: 'fail', trusted: 'fail' },
      'trusted',
      /intermediate/,
      /fullchain/,
    ],
    [
      'a self-signed one that has expired, for another name',
      () => ({
        certificate: createCertificate({ commonName: 'x', names: ['x.example.com'], fromDay: -9, toDay: -1 }),
        chain: [],
      }),
      { expiry: 'fail', trusted: 'fail', hostname: 'fail' },
      'trusted',
      /self-signed/,
      /authority/,
    ],
    [
      'an intermediate that has expired',
      () => {
        const issuer = createCertificate({
          commonName: 'Lab Old',
          isAuthority: true,
          issuer: lab.root,
          fromDay: -9,
          toDay: -1,
        });
        return { certificate: issue({ issuer }), chain: [issuer] };
      },
      { trusted: 'fail' },
      'trusted',
      /CN=Lab Old, has expired/,
      /chain/,
    ],
    [
      'a certificate that is not valid yet',
      () => ({ certificate: issue({ fromDay: 2 }) }),
      { expiry: 'fail' },
      'expiry',
      /not valid yet: it begins on/,
      /clock/,
    ],
    [
      'TLS 1.1 at most',
      () => ({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }),
      { protocol: 'fail', trusted: 'skip', hostname: 'skip', expiry: 'skip' },
      'protocol',
      /nothing newer than TLS 1\.1/,
      /TLS 1\.2 and 1\.3/,
    ],
    [
      'TLS 1.0 at most',
      () => ({ minVersion: 'TLSv1', maxVersion: 'TLSv1' }),
      { protocol: 'fail', trusted: 'skip', hostname: 'skip', expiry: 'skip' },
      'protocol',
      /nothing newer than TLS 1\.0/,
      /TLS 1\.2 and 1\.3/,
    ],
  ])('%s', async (_name, options, differs, id, message, remedy) => {
    const { code, tls, checks, requests, reached } = await judged(options());
    expect(tls).toEqual({ ...FINE, ...differs });
    expect(checks[`tls/${id}`]?.message).toMatch(message);
    expect(checks[`tls/${id}`]?.remedy).toMatch(remedy);
    expect([code, requests, reached]).toEqual([1, 0, 0]);
    expect(checks['http/no-redirect']).toMatchObject({ status: 'skip' });
    expect(checks['signature/accepted']).toMatchObject({ status: 'skip' });
  });
});

test('a name that stands in the subject only is warned of', async () => {
  const { tls, checks, code } = await judged({ certificate: issue({ names: [] }) });
  expect([tls, code]).toEqual([{ ...FINE, hostname: 'warn' }, 0]);
  expect(checks['tls/hostname']?.message).toContain(`names ${HOST} in its subject only`);
});

test('20 days left pass, 10 days warn, and the run goes on', async () => {
  const plenty = await judged({ certificate: issue({ toDay: 20.5 }) });
  expect(plenty.checks['tls/expiry']).toMatchObject({
    status: 'pass',
    message: expect.stringContaining('20 days left'),
  });
  const few = await judged({ certificate: issue({ toDay: 10.5 }) });
  expect(few.checks['tls/expiry']).toMatchObject({ status: 'warn', message: expect.stringContaining('10 days left') });
  expect([few.code, few.checks['signature/accepted']?.status]).toEqual([0, 'pass']);
});

describe('--insecure', () => {
  test('goes on over a certificate that is not trusted, says so aloud, and still says what is wrong', async () => {
    const { code, tls, checks, stderr, stdout } = await judged({ trusts: false, args: ['--insecure'] });
    expect(tls).toEqual({ ...FINE, trusted: 'fail' });
    expect(checks['signature/accepted']?.status).toBe('pass');
    expect(stderr).toContain('--insecure: the certificate does not stop this run');
    expect(JSON.parse(stdout)).toMatchObject({ insecure: true });
    expect(code).toBe(1);
  });
});

test('the facts of the certificate are evidence, harmless to print', async () => {
  const hostile = 'Evil\u001b[31m Name\u202e';
  const certificate = issue({ commonName: hostile, names: [HOST, '*.example.org'] });
  const { checks, stdout } = await judged({ certificate });
  expect(checks['tls/trusted']?.evidence).toMatchObject([
    {
      kind: 'tls',
      protocol: 'TLSv1.3',
      isTrusted: true,
      certificates: [
        { subject: 'CN=Evil Name', issuer: 'CN=Lab Intermediate', names: [HOST, '*.example.org'], key: 'EC 256' },
        { subject: 'CN=Lab Intermediate', issuer: 'CN=Lab Root' },
        { subject: 'CN=Lab Root', issuer: 'CN=Lab Root' },
      ],
    },
  ]);
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/\\u001b|\\u202e|\u001b|\u202e/);
});
