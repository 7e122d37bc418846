import { describe, expect, test } from 'vitest';
import type { AppError } from '../../src/base/errors.ts';
import * as hostile from '../support/hostile-server.ts';
import { failureOf, get, limits, openHttp, textOf } from '../support/http.ts';

const SOON = { timeoutMs: 300 };

describe('an answer that came is told, whatever becomes of its body', () => {
  test.each([
    ['a body without end', hostile.endlessBody, 'too-long', 10_000],
    ['10 GB announced', hostile.tenGigabytes, 'too-long', 10_000],
    ['a compressed bomb', hostile.gzipBomb(), 'too-long', 10_000],
    ['a reset in the middle', hostile.resetMidBody, 'cut-off', 9],
    ['shorter than announced', hostile.shorterThanAnnounced, 'cut-off', 9],
    ['longer than announced', hostile.longerThanAnnounced, 'complete', 4],
    ['a body that stops', hostile.says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'), 'timed-out', 2],
    [
      'chunks that are not',
      hostile.says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n'),
      'cut-off',
      2,
    ],
    ['a body that ends with the connection', hostile.saysAndCloses('HTTP/1.1 200 OK\r\n\r\nall of it'), 'complete', 9],
    ['HTTP/1.0', hostile.saysAndCloses('HTTP/1.0 200 OK\r\n\r\nold'), 'complete', 3],
    ['byte by byte', hostile.byteByByte('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 'complete', 2],
  ] as const)('%s', async (_name, behave, bodyEnd, length) => {
    const server = await hostile.hostileServer(behave);
    const exchange = await openHttp().send(get(server.url), limits(SOON));
    expect({ status: exchange.status, bodyEnd: exchange.bodyEnd, length: exchange.body.length }).toEqual({
      status: 200,
      bodyEnd,
      length,
    });
    if (bodyEnd !== 'complete') await server.allClosed();
  });

  test('interim answers come before the real one, asked for or not', async () => {
    const server = await hostile.hostileServer(hostile.interimFirst);
    const exchange = await openHttp().send(get(server.url), limits());
    expect([exchange.status, textOf(exchange), exchange.bodyEnd]).toEqual([201, 'ok', 'complete']);
  });

  test('interim answers byte by byte', async () => {
    const text =
      'HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    const server = await hostile.hostileServer(hostile.byteByByte(text));
    const http = openHttp();
    for (const _ of [1, 2]) expect(textOf(await http.send(get(server.url), limits()))).toBe('ok');
    expect(server.connections()).toBe(1);
  });

  test('a body that looks like an interim answer is left alone', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\nok';
    const server = await hostile.hostileServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      setTimeout(() => socket.write(body), 20); // a packet of its own
    });
    expect(textOf(await openHttp().send(get(server.url), limits()))).toBe(body);
  });

  test('bytes that a terminal would obey arrive as they are', async () => {
    const server = await hostile.hostileServer(hostile.escapeSequences);
    const exchange = await openHttp().send(get(server.url), limits());
    expect(exchange.headers).toContainEqual(['Server', 'a\u009b2Jb']);
    expect(textOf(exchange)).toBe('\x1b[2J\x1b]0;x\x07ok');
  });

  test('a body of exactly the limit is whole', async () => {
    const server = await hostile.hostileServer(hostile.answersOk);
    expect((await openHttp().send(get(server.url), limits({ maxBytes: 2 }))).bodyEnd).toBe('complete');
    expect((await openHttp().send(get(server.url), limits({ maxBytes: 1 }))).bodyEnd).toBe('too-long');
  });
});

describe('no answer is an error that says what came instead', () => {
  test.each<[string, hostile.Behaviour, AppError['code'], RegExp]>([
    ['silence', hostile.neverAnswers, 'net/no-answer', /No answer came within 300 ms \[ETIMEDOUT\]/],
    ['half a header', hostile.halfAHeader, 'net/no-answer', /began with "HTTP\/1.1 200 OK/],
    [
      'early hints and then nothing',
      hostile.says('HTTP/1.1 103 Early Hints\r\n\r\n'),
      'net/no-answer',
      /began with "HTTP\/1.1 103/,
    ],
    ['closed in order', hostile.closesAtOnce, 'net/reset', /closed it without a byte of an answer/],
    ['reset', hostile.resetsAtOnce, 'net/reset', /without a byte of an answer \[ECONNRESET\]/],
    [
      'closed within the header',
      hostile.saysAndCloses('HTTP/1.1 200 OK\r\nServ'),
      'net/reset',
      /within the header, after "HTTP\/1.1 200 OK"/,
    ],
    ['another protocol', hostile.garbage, 'net/protocol', /It began with "SSH-2.0-OpenSSH_9.2/],
    ['HTTP/2', hostile.speaksHttp2, 'net/protocol', /It began with "\\x00\\x00\\x00\\x04/],
    ['an endless header', hostile.endlessHeader, 'net/protocol', /longer than 64 kB/],
    [
      'a page without a header',
      hostile.saysAndCloses('<html>hello</html>'),
      'net/protocol',
      /It began with "<html>hello/,
    ],
    ['escape sequences', hostile.says('\x1b[2J\x1b[31mred'), 'net/protocol', /It began with "\\x1b\[2J\\x1b\[31mred/],
    [
      'an interim answer without end',
      hostile.says('HTTP/1.1 100 Continue\r\nX'),
      'net/no-answer',
      /began with "HTTP\/1.1 100/,
    ],
    [
      'an upgrade that nobody asked for',
      hostile.says('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      'net/protocol',
      /another protocol/,
    ],
    [
      'two lengths',
      hostile.says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
      'net/protocol',
      /"HTTP\/1.1 200 OK", and then: .* \[/,
    ],
  ])('%s', async (_name, behave, code, why) => {
    const server = await hostile.hostileServer(behave);
    const error = await failureOf(openHttp().send(get(server.url), limits(SOON)));
    expect(error.code).toBe(code);
    expect(error.why).toMatch(why);
    expect(error.what).toContain(`127.0.0.1:${server.port}`);
    expect(error.hint).not.toBe('');
    expect(`${error.what}${error.why}${error.hint}`).not.toMatch(/fetch failed|other side closed/);
    await server.allClosed();
  });
});
