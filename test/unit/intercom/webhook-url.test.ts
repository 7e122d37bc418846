import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { healthUrls, parseWebhookUrl, reachOf, requireSafeForSigned } from '../../../src/intercom/webhook-url.ts';

function refusal(text: string): AppError {
  try {
    parseWebhookUrl(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('parseWebhookUrl', () => {
  test.each([
    ['https://propiq.example/intercom/webhook', 'https://propiq.example/intercom/webhook'],
    ['  https://propiq.example/intercom/webhook\n', 'https://propiq.example/intercom/webhook'],
    ['HTTPS://Propiq.Example/x?y=1#z', 'https://propiq.example/x?y=1'],
    ['https://bücher.example/hook', 'https://xn--bcher-kva.example/hook'],
    ['http://[::1]:8000/hook', 'http://[::1]:8000/hook'],
    ['http://localhost:8000', 'http://localhost:8000/'],
  ])('reads %j', (text, href) => {
    expect(parseWebhookUrl(text).href).toBe(href);
  });

  test.each([
    ['propiq.luntra.one', 'https://propiq.luntra.one/intercom/webhook'],
    ['propiq.luntra.one/', 'https://propiq.luntra.one/intercom/webhook'],
    ['propiq.example/hooks', 'https://propiq.example/hooks'],
    ['propiq.example:8443/hooks', 'https://propiq.example:8443/hooks'],
    ['//propiq.example/hooks', 'https://propiq.example/hooks'],
    ['https:/propiq.example/hooks', 'https://propiq.example/hooks'],
    ['https:propiq.example/hooks', 'https://propiq.example/hooks'],
    ['https//propiq.example/hooks', 'https://propiq.example/hooks'],
    ['localhost:8000/hooks', 'http://localhost:8000/hooks'],
    ['127.0.0.1:8000', 'http://127.0.0.1:8000/intercom/webhook'],
    ['[::1]:8000', 'http://[::1]:8000/intercom/webhook'],
    ['propiq.example/x?a=1&b=2', "'https://propiq.example/x?a=1&b=2'"],
  ])('offers the full address for %j', (text, corrected) => {
    const error = refusal(text);
    expect(error.code).toBe('url/missing-scheme');
    expect(error.hint).toBe(`propiq-intercom verify ${corrected}`);
  });

  test.each([
    ['', 'url/invalid'],
    ['"https://propiq.example/x"', 'url/invalid'],
    ['https://propiq.example/in tercom', 'url/invalid'],
    ['https://propiq.example/a\nb', 'url/invalid'],
    ['https:\\\\propiq.example\\x', 'url/invalid'],
    ['ftp://propiq.example/x', 'url/invalid'],
    ['javascript:alert(1)', 'url/missing-scheme'],
    ['https://', 'url/invalid'],
    ['https://propiq.example:99999/x', 'url/invalid'],
    ['https://user:pass@propiq.example/x', 'url/credentials'],
    ['https://user@propiq.example/x', 'url/credentials'],
  ])('refuses %j as %s', (text, code) => {
    expect(refusal(text).code).toBe(code);
  });

  test('never repeats a password', () => {
    for (const text of [
      'https://user:hunter22@propiq.example/x',
      'ftp://user:hunter22@propiq.example/x',
      'https://user:hunter22@propi q.example/x',
    ]) {
      expect(`${refusal(text).message} ${refusal(text).hint}`).not.toContain('hunter22');
    }
  });

  test('throws nothing but an error with a next step, whatever is pasted', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string(), fc.string({ unit: 'binary' })),
        (text) => {
          try {
            expect(parseWebhookUrl(text).protocol).toMatch(/^https?:$/);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect((error as AppError).hint).not.toBe('');
          }
        },
      ),
    );
  });

  test('what it corrects, it accepts', () => {
    fc.assert(
      fc.property(fc.domain(), fc.webPath(), (domain, path) => {
        const { hint } = refusal(domain + path);
        const word = hint.split(' ').at(-1) ?? '';
        expect(parseWebhookUrl(word.replace(/^'|'$/g, '').replaceAll("'\\''", "'")).protocol).toBe('https:');
      }),
    );
  });
});

describe('healthUrls', () => {
  test.each([
    ['https://h.example/intercom/webhook', '/health', '/intercom/health'],
    ['https://h.example/api/hooks/intercom', '/health', '/api/hooks/health'],
    ['https://h.example/webhook', '/health', '/intercom/health'],
    ['https://h.example/intercom/webhook/', '/health', '/intercom/health'],
    ['https://h.example/', '/health', '/intercom/health'],
  ])('of %s are %s and %s', (webhook, app, intercom) => {
    const urls = healthUrls(new URL(webhook));
    expect([urls.app.pathname, urls.intercom.pathname]).toEqual([app, intercom]);
  });

  test('are those that were named', () => {
    const urls = healthUrls(new URL('https://h.example/x'), { health: '/up', intercomHealth: '/up/intercom' });
    expect([urls.app.href, urls.intercom.href]).toEqual(['https://h.example/up', 'https://h.example/up/intercom']);
  });
});

describe('reachOf', () => {
  test.each([
    ['http://localhost/', 'loopback'],
    ['http://app.localhost/', 'loopback'],
    ['http://127.9.9.9/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://[::1]/', 'loopback'],
    ['http://[::ffff:127.0.0.1]/', 'loopback'],
    ['http://10.1.2.3/', 'private'],
    ['http://172.16.0.1/', 'private'],
    ['http://172.32.0.1/', 'public'],
    ['http://192.168.1.1/', 'private'],
    ['http://169.254.169.254/', 'private'],
    ['http://100.64.0.1/', 'private'],
    ['http://[fd00::1]/', 'private'],
    ['http://[fe80::1]/', 'private'],
    ['http://[::ffff:10.0.0.1]/', 'private'],
    ['http://printer/', 'private'],
    ['http://nas.local/', 'private'],
    ['http://8.8.8.8/', 'public'],
    ['http://[2001:db8::1]/', 'public'],
    ['http://localhost.example.com/', 'public'],
    ['http://propiq.example/', 'public'],
  ] as const)('%s is %s', (url, reach) => {
    expect(reachOf(new URL(url))).toBe(reach);
  });
});

describe('requireSafeForSigned', () => {
  test.each(['https://propiq.example/', 'http://127.0.0.1:8000/', 'http://192.168.1.1/'])('lets %s pass', (url) => {
    expect(() => requireSafeForSigned(new URL(url))).not.toThrow();
  });

  test('refuses plain http to a public address and offers https', () => {
    expect(() => requireSafeForSigned(new URL('http://propiq.example/hook'))).toThrow(
      expect.objectContaining({ code: 'url/insecure', hint: 'Use https://propiq.example/hook' }) as Error,
    );
  });
});
