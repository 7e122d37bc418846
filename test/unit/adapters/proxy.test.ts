import { describe, expect, test } from 'vitest';
import { proxyFor, proxySettings } from '../../../src/adapters/proxy.ts';
import { AppError } from '../../../src/base/errors.ts';

const PROXY = 'http://proxy.example:3128';

function isProxied(url: string, except: string): boolean {
  return proxyFor(new URL(url), { http: PROXY, https: PROXY, except }) !== undefined;
}

describe('proxySettings', () => {
  test('reads both spellings, the lower-case one first', () => {
    expect(proxySettings({ HTTP_PROXY: 'a', http_proxy: 'b', HTTPS_PROXY: 'c', no_proxy: 'd' })).toEqual({
      http: 'b',
      https: 'c',
      except: 'd',
    });
  });
});

describe('proxyFor', () => {
  test.each([
    ['https://a.example/', 'https.example'],
    ['http://a.example/', 'http.example'],
  ])('%s', (url, host) => {
    const settings = { http: 'http://http.example', https: 'http://https.example' };
    expect(proxyFor(new URL(url), settings)?.host).toBe(host);
  });

  test.each([undefined, '', '  '])('none for the value %j', (value) => {
    expect(proxyFor(new URL('https://a.example/'), { https: value })).toBeUndefined();
  });

  test.each([
    [
      'http://proxy.example:3128',
      { isTls: false, host: 'proxy.example', port: 3128, shown: 'http://proxy.example:3128' },
    ],
    ['https://proxy.example', { isTls: true, host: 'proxy.example', port: 443, shown: 'https://proxy.example:443' }],
    ['proxy.example:3128', { isTls: false, host: 'proxy.example', port: 3128, shown: 'http://proxy.example:3128' }],
    ['http://[::1]:8080/', { isTls: false, host: '::1', port: 8080, shown: 'http://[::1]:8080' }],
  ])('reads %s', (address, proxy) => {
    expect(proxyFor(new URL('https://a.example/'), { https: address })).toEqual(proxy);
  });

  test.each([
    ['me:word', 'me:word'],
    ['me:w%40rd%3A', 'me:w@rd:'],
    ['me:100%', 'me:100%'],
    ['me', 'me:'],
  ])('sends the credentials %s, and never shows them', (given, sent) => {
    const proxy = proxyFor(new URL('https://a.example/'), { https: `http://${given}@proxy.example:1` });
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from(sent).toString('base64')}`);
    expect(proxy?.shown).toBe('http://proxy.example:1');
  });

  test.each(['socks5://proxy.example', 'http://', 'http://a b', '://', 'http://proxy.example:99999'])(
    'refuses %s without repeating it',
    (address) => {
      const call = (): unknown => proxyFor(new URL('https://a.example/'), { https: address });
      expect(call).toThrow(AppError);
      expect(call).toThrow(
        expect.objectContaining({ code: 'settings/invalid', hint: expect.stringContaining('HTTPS_PROXY=') }),
      );
    },
  );

  test.each([
    'http://localhost:1/',
    'http://a.localhost/',
    'http://127.0.0.1/',
    'http://127.9.9.9/',
    'http://[::1]/',
    'http://0.0.0.0/',
  ])('goes to %s directly', (url) => expect(isProxied(url, '')).toBe(false));
});

describe('NO_PROXY', () => {
  test.each([
    ['*', 'http://a.example/', false],
    ['a.example', 'http://a.example/', false],
    ['A.Example', 'http://a.example/', false],
    ['a.example', 'http://b.a.example/', false],
    ['.a.example', 'http://b.a.example/', false],
    ['*.a.example', 'http://b.a.example/', false],
    ['a.example', 'http://ba.example/', true],
    ['a.example', 'http://example/', true],
    ['x,  a.example', 'http://a.example/', false],
    ['x a.example', 'http://a.example/', false],
    ['a.example:8080', 'http://a.example:8080/', false],
    ['a.example:8080', 'http://a.example/', true],
    ['a.example:443', 'https://a.example/', false],
    ['a.example', 'http://a.example./', false],
    ['10.0.0.0/8', 'http://10.1.2.3/', false],
    ['10.0.0.0/8', 'http://11.1.2.3/', true],
    ['10.0.0.0/99', 'http://10.1.2.3/', true],
    ['10.1.2.3', 'http://10.1.2.3/', false],
    ['10.1.2.3', 'http://110.1.2.3/', true],
    ['2.3', 'http://10.1.2.3/', true],
    ['2001:db8::1', 'http://[2001:db8::1]/', false],
    ['[2001:db8::1]:80', 'http://[2001:db8::1]/', false],
    ['[2001:db8::1]:81', 'http://[2001:db8::1]/', true],
    ['2001:db8::/32', 'http://[2001:db8:1::2]/', false],
    ['10.0.0.0/8', 'http://[2001:db8::1]/', true],
    ['', 'http://a.example/', true],
    [',, ,', 'http://a.example/', true],
  ])('%j and %s: through the proxy %s', (except, url, expected) => {
    expect(isProxied(url, except)).toBe(expected);
  });
});
