import { describe, expect, test } from 'vitest';
import { type Answer, explainStatus } from '../../../src/deliver/explain-status.ts';

const URL_ = new URL('https://propiq.example/intercom/webhook');
const explain = (answer: Partial<Answer>): ReturnType<typeof explainStatus> =>
  explainStatus({
    url: URL_,
    status: 500,
    variant: 'signed',
    expected: '2xx',
    bodyBytes: 300,
    isGuideSecret: false,
    ...answer,
  });

describe('an answer that was not expected', () => {
  test.each([
    [400, /fault with the request/, /once more after a minute/],
    [401, /refuses the signature/, /seven days/],
    [403, /forbidden/, /what stands before it/],
    [404, /no route at \/intercom\/webhook/, /path/],
    [405, /does not take POST/, /another method/],
    [410, /gone for good/, /disables the subscription at once/],
    [413, /too large.*300 bytes/, /lower limit/],
    [415, /content type/, /application\/json/],
    [429, /fewer requests/, /two hours/],
    [500, /failed/, /once more after a minute/],
    [503, /not ready/, /secret is not set/],
    [418, /refuses it with 418/, /once more after a minute/],
    [302, /elsewhere/, /Only 2xx counts/],
  ])('%i is explained', (status, what, why) => {
    const parts = explain({ status });
    expect(parts.what).toMatch(what);
    expect(parts.why).toMatch(why);
    expect(parts.hint).not.toBe('');
  });

  test('has three parts for every status there is', () => {
    for (let status = 100; status < 600; status += 1) {
      for (const variant of ['signed', 'unsigned', 'wrong-secret', 'tampered'] as const) {
        const { what, why, hint } = explain({ status, variant });
        expect(what).toMatch(/[^.]$/);
        expect(why).toMatch(/\.$/);
        expect(hint).not.toBe('');
      }
    }
  });

  test.each(['unsigned', 'wrong-secret', 'tampered'] as const)('acceptance of what is %s is a danger', (variant) => {
    expect(explain({ status: 200, variant, expected: '401' }).why).toMatch(/Whoever finds the address/);
  });

  test('a redirect names the address to register, and no terminal obeys it', () => {
    expect(explain({ status: 301, location: '/intercom/webhook/' }).hint).toContain(
      'https://propiq.example/intercom/webhook/',
    );
    expect(explain({ status: 301, location: 'https://\u001b[31mevil' }).hint).not.toContain('\u001b');
    expect(explain({ status: 301, location: 'http://' }).hint).toMatch(/^Register/);
    expect(explain({ status: 301 }).hint).toMatch(/^Register/);
  });

  test("a key of the guide's form is suspected where signatures are refused", () => {
    expect(explain({ status: 401, isGuideSecret: true }).why).toMatch(/client secret/);
    expect(explain({ status: 401 }).why).not.toMatch(/whsec_/);
  });

  test('an address with marks of the shell is quoted in the command to type', () => {
    const url = new URL("https://propiq.example/hook?a=1&b=';rm");
    expect(explain({ status: 500, url }).hint).toContain(`'https://propiq.example/hook?a=1&b=%27;rm'`);
  });
});
