import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { type CertificateOptions, createCertificate } from '../support/certificates.ts';
import { answersOk, closesAtOnce, freePort, garbage, hostileServer, neverAnswers } from '../support/hostile-server.ts';
import { failureOf, get, limits, openHttp, textOf } from '../support/http.ts';
import { createLab, tlsServer, type TlsServerOptions } from '../support/tls-lab.ts';

const lab = createLab();

function issue(options: Partial<CertificateOptions> = {}): TlsServerOptions['certificate'] {
  return createCertificate({
    commonName: 'Lab Receiver',
    names: ['localhost', '127.0.0.1'],
    issuer: lab.intermediate,
    ...options,
  });
}

async function failureAt(port: number, trust: readonly string[] = [lab.root.pem]): ReturnType<typeof failureOf> {
  const http = openHttp({ trust });
  return failureOf(http.send(get(`https://localhost:${port}/`), limits({ timeoutMs: 800 })));
}

describe('a connection that can be trusted', () => {
  test.each(['localhost', '127.0.0.1'])('is used again, by the name %s', async (host) => {
    const port = await tlsServer({ certificate: issue(), chain: [lab.intermediate] }, answersOk);
    const http = openHttp({ trust: [lab.root.pem] });
    for (const _ of [1, 2]) {
      const exchange = await http.send(get(`https://${host}:${port}/`), limits());
      expect([exchange.status, textOf(exchange), exchange.address]).toEqual([200, 'ok', `127.0.0.1:${port}`]);
    }
  });
});

test.each([
  ['localhost', 'localhost'],
  ['127.0.0.1', false],
])('the name %s is told in the handshake as %s, so that a shared host finds its certificate', async (host, told) => {
  const names: unknown[] = [];
  const port = await tlsServer({ certificate: issue(), chain: [lab.intermediate] }, (socket, nth) => {
    names.push((socket as TLSSocket).servername);
    answersOk(socket, nth);
  });
  await openHttp({ trust: [lab.root.pem] }).send(get(`https://${host}:${port}/`), limits());
  expect(names).toEqual([told]);
});

describe('what is wrong with a certificate is named', () => {
  test.each<[string, () => TlsServerOptions, RegExp, RegExp]>([
    [
      'expired',
      () => ({ certificate: issue({ fromDay: -60, toDay: -2 }), chain: [lab.intermediate] }),
      /^The certificate has expired: it was valid until \d{4}-\d\d-\d\d \[CERT_HAS_EXPIRED\]\.$/,
      /Renew it/,
    ],
    [
      'not yet valid',
      () => ({ certificate: issue({ fromDay: 2 }), chain: [lab.intermediate] }),
      /^The certificate is not valid yet: it begins on \d{4}-\d\d-\d\d \[CERT_NOT_YET_VALID\]\.$/,
      /clock/,
    ],
    [
      'self-signed',
      () => ({ certificate: createCertificate({ commonName: 'localhost', names: ['localhost'] }) }),
      /self-signed: no authority vouches for it \[DEPTH_ZERO_SELF_SIGNED_CERT\]/,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'missing intermediate',
      () => ({ certificate: issue() }),
      /issued by "Lab Intermediate", whose own certificate was not sent .* \[UNABLE_TO_VERIFY_LEAF_SIGNATURE\]/,
      /whole chain .*fullchain\.pem.* openssl s_client -connect localhost:\d+ .*NODE_EXTRA_CA_CERTS/,
    ],
    [
      'another name',
      () => ({
        certificate: issue({ commonName: 'other.test', names: ['other.test', '*.other.test'] }),
        chain: [lab.intermediate],
      }),
      /not for localhost; it is for other\.test, \*\.other\.test \[ERR_TLS_CERT_ALTNAME_INVALID\]/,
      /has localhost among its names/,
    ],
    [
      'no name at all',
      () => ({ certificate: issue({ names: [] }), chain: [lab.intermediate] }),
      /not for localhost; it is for Lab Receiver \[ERR_TLS_CERT_ALTNAME_INVALID\]/,
      /among its names/,
    ],
    [
      'TLS 1.1 at most',
      () => ({ certificate: issue(), chain: [lab.intermediate], minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }),
      /version of TLS or ciphers that are no longer secure.* \[ERR_SSL_\w+\]/,
      /TLS 1\.2 and 1\.3/,
    ],
  ])('%s', async (_name, options, why, hint) => {
    const error = await failureAt(await tlsServer(options(), answersOk));
    expect(error.code).toBe('net/tls');
    expect(error.what).toMatch(/^Cannot make a TLS connection to localhost:\d+$/);
    expect(error.why).toMatch(why);
    expect(error.hint).toMatch(hint);
  });

  test('a private authority', async () => {
    const port = await tlsServer({ certificate: issue(), chain: [lab.intermediate] }, answersOk);
    const { code, why, hint } = await failureAt(port, []);
    expect(code).toBe('net/tls');
    expect(why).toMatch(/ends in an authority that is not trusted \[UNABLE_TO_GET_ISSUER_CERT_LOCALLY\]/);
    expect(hint).toMatch(/public authority .* NODE_EXTRA_CA_CERTS/);
  });

  test('a private authority that is sent along', async () => {
    const port = await tlsServer({ certificate: issue(), chain: [lab.intermediate, lab.root] }, answersOk);
    const { why } = await failureAt(port, []);
    expect(why).toMatch(/ends in an authority that is not trusted \[SELF_SIGNED_CERT_IN_CHAIN\]/);
  });

  test.each([
    ['TLSv1.2', /broke the TLS handshake off/, /wants a client certificate/],
    ['TLSv1.3', /asks for a client certificate/, /Intercom sends none/],
  ] as const)('a client certificate that is asked for, in %s', async (version, why, hint) => {
    const options = { certificate: issue(), chain: [lab.intermediate], wantsClientCertificate: true };
    const port = await tlsServer({ ...options, minVersion: version, maxVersion: version }, answersOk);
    const error = await failureAt(port);
    expect(error.code).toBe('net/tls');
    expect(error.why).toMatch(why);
    expect(error.hint).toMatch(hint);
  });
});

describe('a port that does not speak TLS', () => {
  test('plain HTTP', async () => {
    const server = await hostileServer(() => undefined, {
      onConnection: (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    });
    const { code, why, hint } = await failureAt(server.port);
    expect(code).toBe('net/tls');
    expect(why).toMatch(/does not speak TLS; it may be plain HTTP \[ERR_SSL_\w+\]/);
    expect(hint).toContain(`http://localhost:${server.port}`);
  });

  test.each([
    ['closes at once', 'net/reset', /took the connection and closed it during the TLS handshake/],
    ['is silent', 'net/no-answer', /TLS handshake was not finished within 800 ms/],
  ])('%s', async (name, code, why) => {
    const server = await hostileServer(() => undefined, {
      onConnection: (socket) => void (name === 'closes at once' && socket.end()),
    });
    const error = await failureAt(server.port);
    expect([error.code, error.why]).toEqual([code, expect.stringMatching(why)]);
    await server.allClosed();
  });

  test('nothing at all', async () => {
    const { code } = await failureAt(await freePort());
    expect(code).toBe('net/refused');
  });

  test('TLS where plain HTTP was asked for', async () => {
    const port = await tlsServer({ certificate: issue() }, answersOk);
    const error = await failureOf(openHttp().send(get(`http://127.0.0.1:${port}/`), limits()));
    expect(['net/reset', 'net/protocol']).toContain(error.code);
    expect(error.hint).toContain(`https://127.0.0.1:${port}`);
  });
});

test.each([
  ['silence', neverAnswers, 'net/no-answer'],
  ['a closed connection', closesAtOnce, 'net/reset'],
  ['another protocol', garbage, 'net/protocol'],
] as const)('%s inside TLS is told as it is without', async (_name, behave, code) => {
  const port = await tlsServer({ certificate: issue(), chain: [lab.intermediate] }, behave);
  expect((await failureAt(port)).code).toBe(code);
});
