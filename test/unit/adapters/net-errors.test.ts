import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyNetError } from '../../../src/adapters/net-errors.ts';
import { type NetContext, type NetPhase, TimedOut } from '../../../src/adapters/net-failure.ts';
import { AppError, type ErrorCode } from '../../../src/base/errors.ts';

const CONTEXT: NetContext = { host: 'a.example', port: 443, isHttps: true, phase: 'connect', timeoutMs: 5000 };

function systemError(code: string, address?: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code }, address === undefined ? {} : { address, port: 443 });
}

function classify(error: unknown, changed: Partial<NetContext> = {}): AppError {
  return classifyNetError(error, { ...CONTEXT, ...changed });
}

describe('before the receiver took the connection', () => {
  test.each<[NetPhase, string, ErrorCode, RegExp]>([
    ['name', 'ENOTFOUND', 'net/dns', /knows no address for this name \[ENOTFOUND\]\.$/],
    ['name', 'EAI_AGAIN', 'net/dns', /could not be asked, or has no answer for now \[EAI_AGAIN\]\.$/],
    ['name', 'EAI_FAIL', 'net/dns', /answered that it failed \[EAI_FAIL\]\.$/],
    ['name', 'EAI_NODATA', 'net/dns', /\[EAI_NODATA\]\.$/],
    ['connect', 'ECONNREFUSED', 'net/refused', /^a\.example:443 refused the connection \[ECONNREFUSED\]\.$/],
    ['connect', 'EHOSTUNREACH', 'net/unreachable', /no way leads to that host \[EHOSTUNREACH\]/],
    ['connect', 'ENETUNREACH', 'net/unreachable', /no way leads to that network \[ENETUNREACH\]/],
    ['connect', 'EADDRNOTAVAIL', 'net/unreachable', /no address of that kind \[EADDRNOTAVAIL\]/],
    ['connect', 'ETIMEDOUT', 'net/timeout', /did not answer \[ETIMEDOUT\]/],
    ['connect', 'EWHATEVER', 'net/unreachable', /failed \[EWHATEVER\]/],
  ])('%s: %s', (phase, system, code, why) => {
    const error = classify(systemError(system), { phase });
    expect(error.code).toBe(code);
    expect(error.why).toMatch(why);
    expect(error.what).toContain('a.example');
  });

  test.each<[NetPhase, ErrorCode, RegExp]>([
    ['name', 'net/dns', /The DNS did not answer within 5\.0 s/],
    ['connect', 'net/timeout', /Nothing answered the attempt to connect within 5\.0 s/],
    ['proxy', 'net/proxy', /The proxy did not answer within 5\.0 s/],
    ['tls', 'net/no-answer', /handshake was not finished within 5\.0 s/],
    ['answer', 'net/no-answer', /No answer came within 5\.0 s/],
  ])('time over in the phase %s', (phase, code, why) => {
    const error = classify(new TimedOut(), { phase });
    expect([error.code, error.why]).toEqual([code, expect.stringMatching(why)]);
  });

  test('each address that was tried is told, once, and the one that came furthest gives the code', () => {
    const tried = ['2001:db8::1', '192.0.2.1'].map((address, at) =>
      systemError(at === 0 ? 'ENETUNREACH' : 'ECONNREFUSED', address),
    );
    const { code, why } = classify(new AggregateError([...tried, tried[1]], ''));
    expect(code).toBe('net/refused');
    expect(why).toBe(
      '[2001:db8::1]:443 cannot be reached, no way leads to that network [ENETUNREACH]; 192.0.2.1:443 refused the connection [ECONNREFUSED].',
    );
  });

  test('a host with many addresses does not fill the screen', () => {
    const many = Array.from({ length: 40 }, (_, at) => systemError('ETIMEDOUT', `192.0.2.${at}`));
    expect(classify(new AggregateError(many)).why.split(';')).toHaveLength(4);
  });
});

describe('whatever the wrapping', () => {
  test.each<[string, (inner: Error) => Error]>([
    ['fetch', (inner) => new TypeError('fetch failed', { cause: inner })],
    ['undici', (inner) => Object.assign(new Error('other side closed', { cause: inner }), { code: 'UND_ERR_SOCKET' })],
    ['both', (inner) => new TypeError('fetch failed', { cause: new AggregateError([inner], 'all failed') })],
  ])('%s: the cause is found and kept', (_name, wrap) => {
    const wrapped = wrap(systemError('ECONNREFUSED', '192.0.2.1'));
    const error = classify(wrapped);
    expect(error.code).toBe('net/refused');
    expect(error.cause).toBe(wrapped);
  });

  test('an expected failure passes as it is', () => {
    const known = new AppError('net/dns', { what: 'a', why: 'b', hint: 'c' });
    expect(classify(known)).toBe(known);
  });

  test('always three parts, one line each, with nothing that a terminal acts on, and never words that say nothing', () => {
    const text = fc.oneof(
      fc.constantFrom('fetch failed', 'other side closed', 'terminated', ''),
      fc.string({ unit: 'binary' }),
    );
    const code = fc.option(
      fc.oneof(fc.constantFrom('ECONNRESET', 'UND_ERR_SOCKET', 'ERR_SSL_X', 'HPE_X', 'toString'), fc.string()),
      { nil: undefined },
    );
    const plain = fc
      .tuple(text, code)
      .map(([message, code]) => Object.assign(new Error(message), code === undefined ? {} : { code }));
    const wrapped = fc.oneof(
      plain,
      fc.array(plain).map((errors) => new AggregateError(errors, 'fetch failed')),
      fc.tuple(text, plain).map(([message, cause]) => new TypeError(message, { cause })),
      fc.anything(),
    );
    const phase = fc.constantFrom<NetPhase>('name', 'connect', 'proxy', 'tls', 'answer');
    fc.assert(
      fc.property(wrapped, phase, fc.uint8Array({ maxLength: 64 }), fc.boolean(), (error, phase, opening, isHttps) => {
        const { what, why, hint, exitCode } = classify(error, {
          phase,
          opening,
          isHttps,
          proxy: 'http://proxy.example:1',
        });
        expect(exitCode).toBe(3);
        for (const part of [what, why, hint]) {
          expect(part).not.toBe('');
          expect(part).not.toMatch(/fetch failed|other side closed|undefined/);
          expect(part).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        }
        expect(why).toMatch(/\.$/);
        expect(what).not.toMatch(/\.$/);
      }),
    );
  });
});

describe('what an answer that is not HTTP began with says where to look', () => {
  test.each<[string, number[], boolean, RegExp]>([
    ['a TLS alert', [0x15, 3, 1, 0, 2, 2, 80], false, /That port speaks TLS: use https:\/\/a\.example:443/],
    ['HTTP/2', [0, 0, 18, 4, 0, 0, 0, 0, 0], true, /HTTP\/2 only/],
    ['SSH', [...Buffer.from('SSH-2.0-x\r\n')], false, /SSH server/],
    ['SMTP', [...Buffer.from('220 mail ready\r\n')], false, /Check the port/],
  ])('%s', (_name, bytes, isHttps, hint) => {
    const parserError = Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError' });
    const error = classify(parserError, { phase: 'answer', opening: Uint8Array.from(bytes), isHttps });
    expect(error.code).toBe('net/protocol');
    expect(error.hint).toMatch(hint);
  });
});

test.each([
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /TLS 1\.2 is the least/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /may be plain HTTP/],
  ['ERR_SSL_SOMETHING_NEW', /^a message of OpenSSL \[ERR_SSL_SOMETHING_NEW\]\.$/],
  ['CERT_REVOKED', /revoked/],
])('TLS: %s', (system, why) => {
  const error = classify(Object.assign(new Error('a message of OpenSSL'), { code: system }), { phase: 'tls' });
  expect([error.code, error.why]).toEqual(['net/tls', expect.stringMatching(why)]);
});
