import { describe, expect, test } from 'vitest';
import type { Added } from '../../../src/receive/inbox.ts';
import { listening } from '../../support/listening.ts';
import { dial, parseReply, readToEnd, send, signedPost } from '../../support/raw-http.ts';
import { PATH, PING, receiver, recordingInbox } from '../../support/receiver.ts';

const ADDED: Added = { outcome: 'added', id: 'evt_000000000001' };
const HOST = 'Host: x\r\n';
const line = (target: string): string => `POST ${target} HTTP/1.1\r\n${HOST}`;

const NOT_HTTP: readonly (readonly [string, string | Uint8Array, number])[] = [
  ['garbage', '\u0001\u0002\u0003 \u00ff\u00fe garbage\r\n\r\n', 400],
  ['NUL bytes', new Uint8Array(2000), 400],
  ['a TLS hello', Buffer.from('16030100c8010000c4030300000000', 'hex'), 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['another protocol', 'EHLO example.com\r\n', 400],
  ['SSH', 'SSH-2.0-OpenSSH_9.0\r\n', 400],
  ['a method that nobody knows', `BREW ${PATH} HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['a method in lower case', `post ${PATH} HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['HTTP/3', `POST ${PATH} HTTP/3.0\r\n${HOST}\r\n`, 400],
  ['a header line without a colon', `${line(PATH)}nonsense\r\n\r\n`, 400],
  ['a space before the colon', `${line(PATH)}Content-Length : 5\r\n\r\nhello`, 400],
  ['a NUL in a header', `${line(PATH)}X: a\0b\r\n\r\n`, 400],
  ['a negative length', `${line(PATH)}Content-Length: -1\r\n\r\n`, 400],
  ['two lengths', `${line(PATH)}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, 400],
  ['a length beside chunks', `${line(PATH)}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a length that is no number', `${line(PATH)}Content-Length: 0x10\r\n\r\n`, 400],
  ['a length beyond all numbers', `${line(PATH)}Content-Length: 99999999999999999999999\r\n\r\n`, 400],
  ['no Host', `POST ${PATH} HTTP/1.1\r\n\r\n`, 400],
  ['a header of 100 kB', `${line(PATH)}X: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
  ['10,000 header lines', `${line(PATH)}${'X: y\r\n'.repeat(10_000)}\r\n`, 431],
  ['a target of 100 kB', line(`/${'x'.repeat(100_000)}`), 431],
];

const HTTP: readonly (readonly [string, string | Uint8Array, number])[] = [
  ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', 404],
  ['CONNECT to the webhook', `CONNECT ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`, 405],
  ['the whole server', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 404],
  ['the absolute form', `GET http://propiq.example/health HTTP/1.1\r\n${HOST}\r\n`, 200],
  [
    'an unsigned POST in the absolute form',
    `POST http://propiq.example${PATH} HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`,
    401,
  ],
  [
    'a WebSocket',
    `GET /health HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n`,
    200,
  ],
  [
    'an upgrade to HTTP/2',
    `POST ${PATH} HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\nContent-Length: 0\r\n\r\n`,
    401,
  ],
  ['HTTP/1.0', 'GET /health HTTP/1.0\r\n\r\n', 200],
  ['another expectation', `POST ${PATH} HTTP/1.1\r\n${HOST}Expect: miracles\r\nContent-Length: 0\r\n\r\n`, 401],
  ['a path that climbs', `GET /../../etc/passwd HTTP/1.1\r\n${HOST}\r\n`, 404],
  ['a path with escapes', `GET /%00%0d%0aX:%20y HTTP/1.1\r\n${HOST}\r\n`, 404],
  ['a method override', signedPost(PING, 'X-HTTP-Method-Override: GET'), 200],
  ['a Latin-1 signature', `${line(PATH)}X-Hub-Signature: sha1=\u00e9\u00e8\r\nContent-Length: 2\r\n\r\n{}`, 401],
  ['two signatures', signedPost(PING, `X-Hub-Signature: sha1=${'0'.repeat(40)}`), 401],
  [
    'a folded signature',
    `${line(PATH)}X-Hub-Signature: sha1=\r\n ${'0'.repeat(40)}\r\nContent-Length: 2\r\n\r\n{}`,
    400,
  ],
];

describe('what is not HTTP/1.1 is refused, and the connection ended', () => {
  test.each(NOT_HTTP)('%s', async (_, bytes, status) => {
    const inbox = recordingInbox(() => ADDED);
    const { port, bugs } = await listening(receiver({ inbox }), { lingerMs: 100 });
    const socket = dial(port);
    socket.write(bytes);
    const reply = parseReply(await readToEnd(socket));
    expect([reply.status, reply.head.includes('Connection: close')]).toEqual([status, true]);
    expect(reply.all.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect([inbox.events, bugs]).toEqual([[], []]);
    expect((await send(port, `GET /health HTTP/1.1\r\n${HOST}\r\n`)).status).toBe(200);
  });

  test('HTTP/0.9, which has no head to wait for, when its time is up', async () => {
    const { port } = await listening(receiver(), { headTimeoutMs: 100, requestTimeoutMs: 100 });
    const socket = dial(port);
    socket.write('GET /health\r\n');
    expect(parseReply(await readToEnd(socket)).status).toBe(408);
  });

  test('TLS is named as such', async () => {
    const { port, happenings } = await listening(receiver(), { lingerMs: 50 });
    await send(port, Buffer.from('16030100c8010000c4030300000000', 'hex'));
    expect(happenings).toMatchObject([{ detail: 'it speaks TLS, and this port speaks plain HTTP' }]);
  });
});

test('what was refused as unreadable is not refused again when its time is up', async () => {
  const limits = { headTimeoutMs: 60, requestTimeoutMs: 60, lingerMs: 400 };
  const { port, happenings } = await listening(receiver(), limits);
  const socket = dial(port);
  socket.write('\u0001 garbage\r\n');
  expect((await readToEnd(socket)).match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(happenings).toMatchObject([{ status: 400 }]);
});

describe('what is unusual is answered', () => {
  test.each(HTTP)('%s', async (_, bytes, status) => {
    const { port, bugs } = await listening(receiver(), { lingerMs: 100 });
    expect((await send(port, bytes)).status).toBe(status);
    expect(bugs).toEqual([]);
    expect((await send(port, `GET /health HTTP/1.1\r\n${HOST}\r\n`)).status).toBe(200);
  });
});

describe('chunks that are wrong', () => {
  const head = signedPost('').toString().replace('Content-Length: 0', 'Transfer-Encoding: chunked');

  test.each([
    ['a size that is no number', 'zz\r\nhello\r\n0\r\n\r\n', 400],
    ['a size beyond all numbers', 'fffffffffffffffff\r\n', 400],
    ['a chunk longer than its size', '3\r\nhello\r\n0\r\n\r\n', 400],
    ['extensions of 100 kB', `5;${'x'.repeat(100_000)}\r\nhello\r\n`, 413],
    ['trailers of 100 kB', `0\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
  ])('%s', async (_, chunks, status) => {
    const inbox = recordingInbox(() => ADDED);
    const { port } = await listening(receiver({ inbox }), { lingerMs: 100 });
    expect((await send(port, head, chunks)).status).toBe(status);
    expect(inbox.events).toEqual([]);
  });
});

describe('garbage after a request', () => {
  test('does not take the place of its answer', async () => {
    let release: () => void = () => undefined;
    const slow = new Promise<Added>((resolve) => (release = () => resolve(ADDED)));
    const inbox = recordingInbox(() => slow);
    const { port, happenings } = await listening(receiver({ inbox }), { lingerMs: 100 });
    const socket = dial(port);
    const reading = readToEnd(socket);
    socket.write(Buffer.concat([signedPost(PING), Buffer.from('\u0001\u0002 garbage\r\n\r\n')]));
    await expect.poll(() => happenings.length).toBe(1); // the garbage is refused, the answer is still to come
    release();
    expect((await reading).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  test('longer than announced is taken for the next request', async () => {
    const { port } = await listening(receiver(), { lingerMs: 100 });
    const socket = dial(port);
    const reading = readToEnd(socket);
    socket.write(Buffer.concat([signedPost(PING), Buffer.from('{"more":true}\r\n\r\n')]));
    expect((await reading).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });
});

test('1,000 requests in one write are answered, each once', async () => {
  const { port } = await listening(receiver());
  const socket = dial(port);
  const reading = readToEnd(socket);
  const last = Buffer.from(`GET /health HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  socket.write(Buffer.concat([...Array.from({ length: 1000 }, () => signedPost(PING)), last]));
  expect((await reading).match(/"status":"received"/g)).toHaveLength(1000);
});

test('connections that are reset at any point harm nothing', async () => {
  const { port, bugs } = await listening(receiver());
  const bytes = signedPost(PING);
  for (let cut = 0; cut < bytes.length; cut += 3) {
    const socket = dial(port);
    socket.write(bytes.subarray(0, cut), () => socket.resetAndDestroy());
  }
  expect((await send(port, bytes)).status).toBe(200);
  expect(bugs).toEqual([]);
});
