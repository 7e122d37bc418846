import { describe, expect, test } from 'vitest';
import { createCertificate } from '../support/certificates.ts';
import { answersOk, closesAtOnce, freePort, garbage, hostileServer, neverAnswers } from '../support/hostile-server.ts';
import { failureOf, get, limits, openHttp, textOf } from '../support/http.ts';
import { labProxy } from '../support/proxy.ts';
import { createLab, tlsServer } from '../support/tls-lab.ts';

const lab = createLab();
const trust = [lab.root.pem];
const certificate = createCertificate({ commonName: 'receiver', names: ['receiver.test'], issuer: lab.root });
/** Made up while the test runs, so that no credential stands anywhere. */
const password = `p%${Math.random().toString(36).slice(2)}`;
const withPassword = (url: string): string => url.replace('://', `://me:${encodeURIComponent(password)}@`);

describe('https goes through a tunnel', () => {
  test('with credentials that are sent and never shown', async () => {
    const to = await tlsServer({ certificate }, answersOk);
    const proxy = await labProxy({ to, credentials: `me:${password}` });
    const http = openHttp({ trust, proxies: { https: withPassword(proxy.url) } });
    for (const _ of [1, 2]) {
      const exchange = await http.send(get('https://receiver.test/a?b'), limits());
      expect(exchange).toMatchObject({ status: 200, proxy: proxy.url, address: `127.0.0.1:${proxy.port}` });
      expect(JSON.stringify(exchange)).not.toContain(encodeURIComponent(password));
    }
    const basic = Buffer.from(`me:${password}`).toString('base64');
    expect(proxy.asked).toEqual([`CONNECT receiver.test:443 HTTP/1.1 Basic ${basic}`]);
  });

  test('the certificate is judged by the name of the receiver, not of the proxy', async () => {
    const proxy = await labProxy({ to: await tlsServer({ certificate }, answersOk) });
    const http = openHttp({ trust, proxies: { https: proxy.url } });
    const error = await failureOf(http.send(get('https://other.test/'), limits()));
    expect(error).toMatchObject({ code: 'net/tls', why: expect.stringContaining('not for other.test') });
  });

  test('an address without a scheme is one of http', async () => {
    const proxy = await labProxy({ to: await tlsServer({ certificate }, answersOk) });
    const http = openHttp({ trust, proxies: { https: `127.0.0.1:${proxy.port}` } });
    expect((await http.send(get('https://receiver.test/'), limits())).proxy).toBe(proxy.url);
  });

  test('silence behind the tunnel is that of the receiver, not of the proxy', async () => {
    const proxy = await labProxy({ to: await tlsServer({ certificate }, neverAnswers) });
    const http = openHttp({ trust, proxies: { https: proxy.url } });
    const error = await failureOf(http.send(get('https://receiver.test/'), limits({ timeoutMs: 500 })));
    expect(error.code).toBe('net/no-answer');
  });

  test('a proxy that itself speaks TLS', async () => {
    const receiver = await tlsServer({ certificate }, answersOk);
    const plain = await labProxy({ to: receiver });
    const own = createCertificate({ commonName: 'proxy', names: ['localhost'], issuer: lab.root });
    const port = await tlsServer({ certificate: own, forwardTo: plain.port }, answersOk);
    const http = openHttp({ trust, proxies: { https: `https://localhost:${port}` } });
    // a proxy on this computer is fine; only targets on this computer go without one
    const exchange = await http.send(get('https://receiver.test/'), limits());
    expect([exchange.status, exchange.proxy]).toEqual([200, `https://localhost:${port}`]);
  });
});

describe('plain http is asked of the proxy by its full address', () => {
  test('with headers and body as they are', async () => {
    const server = await hostileServer(answersOk);
    const proxy = await labProxy({ to: server.port, credentials: `me:${password}` });
    const http = openHttp({ proxies: { http: withPassword(proxy.url) } });
    const url = new URL('http://receiver.test:8080/hook?a=1');
    const headers = [['X-Hub-Signature', 'sha1=ab']] as const;
    const exchange = await http.send({ method: 'POST', url, headers, body: Buffer.from('{}') }, limits());
    expect([exchange.status, textOf(exchange), exchange.proxy]).toEqual([200, 'ok', proxy.url]);
    expect(proxy.asked[0]).toMatch(/^POST http:\/\/receiver\.test:8080\/hook\?a=1 HTTP\/1\.1 Basic /);
    expect(proxy.headers()).toEqual(expect.arrayContaining(['receiver.test:8080', 'X-Hub-Signature', 'sha1=ab']));
  });

  test('an answer of 502 may be of the receiver itself and is told as an answer', async () => {
    const proxy = await labProxy({ to: await freePort(), refuses: 502 });
    const http = openHttp({ proxies: { http: proxy.url } });
    expect((await http.send(get('http://receiver.test/'), limits())).status).toBe(502);
  });
});

describe('a proxy in the way', () => {
  test.each([
    [407, 'https', /It answered 407/, /HTTPS_PROXY=http:\/\/NAME:PASSWORD@HOST:PORT/],
    [407, 'http', /It answered 407/, /HTTP_PROXY=http:\/\/NAME:PASSWORD@HOST:PORT/],
    [403, 'https', /It answered 403 No\./, /Ask who runs it .* NO_PROXY=receiver\.test/],
    [502, 'https', /It answered 502 No\./, /cannot reach the host itself/],
  ])('that answers %i to %s', async (status, scheme, why, hint) => {
    const proxy = await labProxy({ to: await freePort(), refuses: status });
    const address = withPassword(proxy.url);
    const http = openHttp({ proxies: { http: address, https: address } });
    const error = await failureOf(http.send(get(`${scheme}://receiver.test/`), limits()));
    expect(error.code).toBe('net/proxy');
    expect(error.what).toContain(`${proxy.url} does not let the request through to receiver.test:`);
    expect(error.why).toMatch(why);
    expect(error.hint).toMatch(hint);
    expect(`${error.message}${error.hint}${String(error.cause)}`).not.toContain(encodeURIComponent(password));
  });

  test.each([
    ['is silent', 'https', neverAnswers, /did not answer within 300 ms/],
    ['is silent', 'http', neverAnswers, /did not answer within 300 ms/],
    ['closes', 'https', closesAtOnce, /closed the connection before it answered/],
    ['closes', 'http', closesAtOnce, /closed the connection before it answered/],
    ['speaks another protocol', 'https', garbage, /does not speak HTTP, so it is no proxy/],
    ['speaks another protocol', 'http', garbage, /does not speak HTTP, so it is no proxy/],
  ])('that %s, for %s', async (_name, scheme, behave, why) => {
    const server = await hostileServer(behave);
    const http = openHttp({ proxies: { http: server.url, https: server.url } });
    const error = await failureOf(http.send(get(`${scheme}://receiver.test/`), limits({ timeoutMs: 300 })));
    expect([error.code, error.why]).toEqual(['net/proxy', expect.stringMatching(why)]);
    await server.allClosed();
  });

  test.each(['http', 'https'])('that is not there, for %s', async (scheme) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const http = openHttp({ proxies: { http: url, https: url } });
    const error = await failureOf(http.send(get(`${scheme}://receiver.test/`), limits()));
    expect(error.code).toBe('net/proxy');
    expect(error.why).toMatch(/^127\.0\.0\.1:\d+ refused the connection \[ECONNREFUSED\]\.$/);
    expect(error.hint).toContain(scheme === 'http' ? 'HTTP_PROXY' : 'HTTPS_PROXY');
  });

  test('whose name does not resolve', async () => {
    const http = openHttp({ proxies: { https: 'http://proxy.invalid:3128' } });
    const error = await failureOf(http.send(get('https://receiver.test/'), limits()));
    expect([error.code, error.why]).toEqual(['net/proxy', expect.stringMatching(/name of the proxy does not resolve/)]);
  });
});

test('this computer is never asked for through a proxy', async () => {
  const server = await hostileServer(answersOk);
  const dead = `http://127.0.0.1:${await freePort()}`;
  const http = openHttp({ proxies: { http: dead, https: dead } });
  for (const host of ['127.0.0.1', 'localhost'])
    expect(await http.send(get(`http://${host}:${server.port}/`), limits())).not.toHaveProperty('proxy');
});
