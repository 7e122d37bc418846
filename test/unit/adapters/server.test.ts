import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../src/adapters/server.ts';
import { openMemory } from '../../../src/adapters/stores/memory.ts';
import type { Application } from '../../../src/base/application.ts';
import type { Added } from '../../../src/receive/inbox.ts';
import { failureOf } from '../../support/http.ts';
import { listening } from '../../support/listening.ts';
import { dial, parseReply, post, readToEnd, send, signedPost } from '../../support/raw-http.ts';
import { PATH, PING, receiver, recordingInbox } from '../../support/receiver.ts';

const ADDED: Added = { outcome: 'added', id: 'evt_000000000001' };
const nothing = { maxBodyBytes: 1 };
const noApplication = {} as Application;

describe('a request as it comes', () => {
  test('reaches the receiver with its exact bytes and header lines', async () => {
    const inbox = recordingInbox(() => ADDED);
    const { port } = await listening(receiver({ inbox }));
    const body = Buffer.from(PING.replace('ping', 'p\u00efng\\u0000'));
    const reply = await send(port, signedPost(body, 'X-Twice: b', 'x-TWICE: \u00e9', 'X-Twice:', 'X-Propiq-Probe: p'));
    expect([reply.status, inbox.events[0]?.topic]).toEqual([200, 'p\u00efng\0']);
    expect(Buffer.from(inbox.events[0]?.body ?? '').equals(body)).toBe(true);
    expect(inbox.events[0]?.headers.filter(([name]) => /^x-(twice|propiq)/i.test(name))).toEqual([
      ['X-Twice', 'b'],
      ['x-TWICE', '\u00e9'],
      ['X-Twice', ''],
      ['X-Propiq-Probe', 'p'],
    ]);
  });

  test.each([1, 7, 50])('in pieces of %i bytes is the same', async (size) => {
    const inbox = recordingInbox(() => ADDED);
    const { port } = await listening(receiver({ inbox }));
    const bytes = signedPost(PING);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    expect((await send(port, ...pieces)).status).toBe(200);
    expect(Buffer.from(inbox.events[0]?.body ?? '').toString()).toBe(PING);
  });

  test('in chunks is the same', async () => {
    const { port, happenings } = await listening(receiver());
    const whole = signedPost(PING)
      .toString('latin1')
      .split('\r\n\r\n')[0]
      ?.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked');
    const chunks = Array.from(PING)
      .map((letter) => `1;ext=x\r\n${letter}\r\n`)
      .join('');
    expect((await send(port, `${whole}\r\n\r\n`, chunks, '0\r\nTrailer: x\r\n\r\n')).status).toBe(200);
    expect(happenings[0]).toMatchObject({ kind: 'stored' });
  });

  test('has no body for HEAD in the answer, and its length', async () => {
    const { port } = await listening(receiver());
    const socket = dial(port);
    socket.write(
      `HEAD /health HTTP/1.1\r\nHost: x\r\n\r\nHEAD ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    const all = await readToEnd(socket);
    expect(all.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(all).toContain('Content-Length: 20');
    expect(all).not.toContain('healthy');
  });

  test('after others on the same connection is answered in order', async () => {
    let release: () => void = () => undefined;
    const slow = new Promise<Added>((resolve) => (release = () => resolve(ADDED)));
    const { port } = await listening(receiver({ inbox: recordingInbox(() => slow) }));
    const socket = dial(port);
    socket.write(
      Buffer.concat([signedPost(PING), Buffer.from('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')]),
    );
    const reading = readToEnd(socket);
    await new Promise((resolve) => setImmediate(resolve));
    release();
    expect((await reading).match(/"status":"\w+"/g)).toEqual(['"status":"received"', '"status":"healthy"']);
  });
});

describe('a body that is too large', () => {
  const limits = { maxBodyBytes: 1000, lingerMs: 200 };

  test('is refused by its announced length, before it is sent', async () => {
    const { port, happenings } = await listening(receiver(), limits);
    const reply = await send(
      port,
      post('', 'Content-Type: x')
        .toString()
        .replace('Content-Length: 0', 'Content-Length: 1001')
        .replace('\r\nContent-Type: x', '\r\nX-Hub-Signature: sha1=' + '0'.repeat(40)),
    );
    expect(reply.status).toBe(413);
    expect(happenings).toMatchObject([{ kind: 'refused', reason: 'too-large' }]);
  });

  test('of exactly the limit is taken, of one byte more is not', async () => {
    const { port } = await listening(receiver(), limits);
    const fits = PING.padEnd(1000, ' ');
    expect((await send(port, signedPost(fits))).status).toBe(200);
    expect((await send(port, signedPost(`${fits} `))).status).toBe(413);
  });

  test('in chunks is cut when it is over', async () => {
    const { port } = await listening(receiver(), limits);
    const head = signedPost('').toString().replace('Content-Length: 0', 'Transfer-Encoding: chunked');
    const reply = await send(port, head, `400\r\n${'x'.repeat(1024)}\r\n`);
    expect([reply.status, reply.head.includes('Connection: close')]).toEqual([413, true]);
  });

  test('without end is ended', async () => {
    const { port } = await listening(receiver(), limits);
    const socket = dial(port);
    socket.write(signedPost('').toString().replace('Content-Length: 0', 'Transfer-Encoding: chunked'));
    const chunk = `ffff\r\n${'x'.repeat(0xffff)}\r\n`;
    const pump = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pump);
    pump();
    expect(parseReply(await readToEnd(socket)).status).toBe(413);
  });

  test('that nobody asked for does not keep the connection either', async () => {
    const { port } = await listening(receiver(), limits);
    const reply = await send(
      port,
      `POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    );
    expect([reply.status, reply.head.includes('Connection: close')]).toEqual([404, true]);
  });

  test('does not cost a small body its connection', async () => {
    const { port } = await listening(receiver());
    const socket = dial(port);
    socket.write(
      Buffer.concat([post('hello'), Buffer.from('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')]),
    );
    expect((await readToEnd(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });
});

describe('Expect: 100-continue', () => {
  test('is told to go on where the body is wanted', async () => {
    const { port } = await listening(receiver());
    const bytes = signedPost(PING, 'Expect: 100-continue');
    const split = bytes.indexOf('\r\n\r\n') + 4;
    const socket = dial(port);
    socket.write(bytes.subarray(0, split));
    const [interim] = (await once(socket, 'data')) as [Buffer];
    expect(interim.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(bytes.subarray(split));
    expect(parseReply(((await once(socket, 'data')) as [Buffer])[0].toString()).status).toBe(200);
  });

  test.each([
    ['unsigned', post('', 'Expect: 100-continue').toString().replace('Length: 0', 'Length: 10'), 401],
    ['too large', signedPost('', 'Expect: 100-continue').toString().replace('Length: 0', 'Length: 9999999'), 413],
  ])('is refused at once where it is %s', async (_, head, status) => {
    const { port } = await listening(receiver());
    const socket = dial(port);
    socket.write(head);
    const reply = parseReply(await readToEnd(socket));
    expect([reply.status, reply.all.includes('100 Continue')]).toEqual([status, false]);
  });
});

describe('bounds', () => {
  test('a head that comes byte by byte is ended', async () => {
    const { port, happenings } = await listening(receiver(), { headTimeoutMs: 100, requestTimeoutMs: 100 });
    const socket = dial(port);
    const timer = setInterval(() => socket.write('P'), 20);
    onTestFinished(() => clearInterval(timer));
    socket.write('POST / HTTP/1.1\r\nX: ');
    expect(parseReply(await readToEnd(socket)).status).toBe(408);
    expect(happenings).toMatchObject([{ reason: 'unreadable', status: 408 }]);
  });

  test('a body that comes byte by byte is ended', async () => {
    const { port } = await listening(receiver(), { headTimeoutMs: 100, requestTimeoutMs: 200 });
    const socket = dial(port);
    const timer = setInterval(() => socket.write('x'), 20);
    onTestFinished(() => clearInterval(timer));
    socket.write(signedPost('').toString().replace('Length: 0', 'Length: 1000'));
    expect(parseReply(await readToEnd(socket)).status).toBe(408);
  });

  test('a connection that never says anything is ended', async () => {
    const { port } = await listening(receiver(), { headTimeoutMs: 100, requestTimeoutMs: 100 });
    expect(await readToEnd(dial(port))).toContain('408');
  });

  test('a connection that stays silent after an answer is ended', async () => {
    const { port } = await listening(receiver(), { keepAliveMs: 100 });
    const socket = dial(port);
    socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(parseReply(await readToEnd(socket)).status).toBe(200);
  });

  test('a head that is too large is refused', async () => {
    const { port } = await listening(receiver(), { maxHeaderBytes: 2000, lingerMs: 200 });
    expect((await send(port, post('', `X: ${'x'.repeat(3000)}`))).status).toBe(431);
  });

  test('more connections than there is room for are closed, and later there is room again', async () => {
    const { port } = await listening(receiver(), { maxConnections: 3 });
    const held = [dial(port), dial(port), dial(port)];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    expect(await readToEnd(dial(port))).toBe('');
    held[0]?.destroy();
    await expect.poll(async () => (await send(port, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBe(200);
  });

  test('silent connections make room when it gets crowded', async () => {
    const { port } = await listening(receiver(), { maxConnections: 4 });
    const idle = dial(port);
    idle.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const closed = once(idle, 'close');
    for (let count = 0; count < 3; count += 1) dial(port);
    await closed;
  });

  test('a connection whose first request is on its way is left alone when it gets crowded', async () => {
    const { port } = await listening(receiver(), { maxConnections: 4 });
    const first = dial(port);
    await once(first, 'connect');
    for (let count = 0; count < 3; count += 1) await once(dial(port), 'connect');
    expect(await readToEnd(dial(port))).toBe('');
    first.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String((await once(first, 'data'))[0])).toContain('200 OK');
  });

  test('more bodies at once than there is room for are asked to come again', async () => {
    const { port, happenings } = await listening(receiver(), {
      maxBodyBytes: 1000,
      maxBufferedBytes: 1500,
      lingerMs: 100,
    });
    const waiting = dial(port);
    waiting.write(signedPost('').toString().replace('Length: 0', 'Length: 1000') + 'x'.repeat(900));
    await expect.poll(async () => (await send(port, signedPost('x'.repeat(900)))).status).toBe(503);
    expect(happenings).toContainEqual(expect.objectContaining({ reason: 'overloaded' }));
    waiting.destroy();
    await expect.poll(async () => (await send(port, signedPost(PING.padEnd(900)))).status).toBe(200);
  });
});

test('room for bodies is given back with every answer', async () => {
  const { port } = await listening(receiver(), { maxBodyBytes: 1000, maxBufferedBytes: 1000 });
  for (let count = 0; count < 5; count += 1) expect((await send(port, signedPost(PING.padEnd(900)))).status).toBe(200);
});

test('a refused body is read to its end, so that its sender gets to see why', async () => {
  const { port } = await listening(receiver(), { maxBodyBytes: 1000, lingerMs: 30_000 });
  const socket = dial(port);
  const reading = readToEnd(socket);
  const sent = once(socket, 'finish');
  socket.end(signedPost(Buffer.alloc(8 * 1024 * 1024)));
  await sent;
  expect(parseReply(await reading).status).toBe(413);
});

describe('a drain', () => {
  test('answers what runs, accepts nothing new, and ends', async () => {
    let release: () => void = () => undefined;
    const slow = new Promise<Added>((resolve) => (release = () => resolve(ADDED)));
    const inbox = recordingInbox(() => slow);
    const { port, listener } = await listening(receiver({ inbox }));
    const socket = dial(port);
    socket.write(signedPost(PING));
    const reading = readToEnd(socket);
    await expect.poll(() => inbox.events.length).toBe(1);
    const drained = listener.drain(10_000);
    expect(await readToEnd(dial(port))).toBe('');
    release();
    const reply = parseReply(await reading);
    expect([reply.status, reply.head.includes('Connection: close')]).toEqual([200, true]);
    await drained;
  });

  test('does not wait for connections that say nothing, or nothing more', async () => {
    const { port, listener } = await listening(receiver());
    const [silent, idle] = [dial(port), dial(port)];
    await once(silent, 'connect');
    idle.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    await listener.drain(60_000);
  });

  test('ends what takes longer than it may', async () => {
    const inbox = recordingInbox(() => new Promise<Added>(() => undefined));
    const { port, listener } = await listening(receiver({ inbox }));
    const socket = dial(port);
    socket.write(signedPost(PING));
    const reading = readToEnd(socket);
    await expect.poll(() => inbox.events.length).toBe(1);
    await listener.drain(50);
    expect(await reading).toBe('');
  });
});

describe('listening', () => {
  test('on a port that is taken says so', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    expect(await failureOf(listen({ host: '127.0.0.1', port }, nothing, noApplication))).toMatchObject({
      code: 'serve/port-in-use',
      exitCode: 5,
      what: `Port ${port} of 127.0.0.1 is in use`,
    });
  });

  test.each(['192.0.2.1', '2001:db8::1'])('on %s, which is not of this computer, says so', async (host) => {
    const failure = await failureOf(listen({ host, port: 0 }, nothing, noApplication));
    expect(failure).toMatchObject({ code: 'serve/cannot-listen', exitCode: 5 });
  });

  test('gives its address as a URL has it', async () => {
    const { listener } = await listening(receiver());
    expect(listener.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

test('a bug in the receiver is answered with 500, told, and harms nothing else', async () => {
  const inbox = recordingInbox(() => {
    throw new TypeError('a bug');
  });
  const { port, bugs } = await listening(receiver({ inbox }));
  const reply = await send(port, signedPost(PING));
  expect([reply.status, reply.body]).toEqual([500, '{}']);
  expect(bugs).toMatchObject([{ message: 'a bug' }]);
  expect((await send(port, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBe(200);
});

test('a sender that goes away before the answer harms nothing', async () => {
  const inbox = openMemory();
  const { port, bugs } = await listening(receiver({ inbox }));
  for (let count = 0; count < 50; count += 1) {
    const socket = dial(port);
    socket.write(signedPost(PING), () => socket.resetAndDestroy());
  }
  expect((await send(port, signedPost(PING))).status).toBe(200);
  expect(bugs).toEqual([]);
});
