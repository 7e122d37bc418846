import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  answersOk,
  type Behaviour,
  closesAtOnce,
  endlessBody,
  freePort,
  hostileServer,
  neverAnswers,
  portThatIgnores,
  saysAndCloses,
} from '../support/hostile-server.ts';
import { startDeadline } from '../../src/adapters/deadline.ts';
import { createLane, exchange, NoAnswer } from '../../src/adapters/exchange.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { failureOf, get, limits, openHttp } from '../support/http.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Behaves once on each connection, and in another way from its second request on. */
function firstThen(first: Behaviour, then: Behaviour): Behaviour {
  const known = new WeakSet<Socket>();
  return (socket, nth) => {
    const behave = known.has(socket) ? then : first;
    known.add(socket);
    behave(socket, nth);
  };
}

describe('connections are used again', () => {
  test('one after the other', async () => {
    const server = await hostileServer(answersOk);
    const http = openHttp();
    for (const _ of [1, 2, 3]) await http.send(get(server.url), limits());
    expect(server.connections()).toBe(1);
  });

  test('unless the other side closed in between', async () => {
    const server = await hostileServer(saysAndCloses(OK));
    const http = openHttp();
    for (const _ of [1, 2, 3]) {
      expect((await http.send(get(server.url), limits())).status).toBe(200);
      await server.allClosed();
    }
    expect([server.connections(), server.requests.length]).toEqual([3, 3]);
  });

  test('one that is closed under a request is no reset: the request is sent on a fresh one', async () => {
    const server = await hostileServer(firstThen(answersOk, closesAtOnce));
    const http = openHttp();
    for (const _ of [1, 2]) expect((await http.send(get(server.url), limits())).status).toBe(200);
    expect([server.connections(), server.requests.length]).toEqual([2, 3]);
  });

  test('a receiver that always closes is found out, also behind a used connection', async () => {
    const server = await hostileServer((socket, nth) => (nth === 0 ? answersOk : closesAtOnce)(socket, nth));
    const http = openHttp();
    await http.send(get(server.url), limits());
    expect((await failureOf(http.send(get(server.url), limits()))).code).toBe('net/reset');
    expect(server.requests).toHaveLength(3);
  });

  test('one that is closed at the moment of sending is not waited for', async () => {
    const held: Socket[] = [];
    const server = await hostileServer((socket, nth) => {
      held.push(socket);
      answersOk(socket, nth);
    });
    const http = openHttp();
    await http.send(get(server.url), limits());
    await new Promise(setImmediate); // from here on the other side's end is seen before undici writes
    held[0]?.end();
    expect((await http.send(get(server.url), limits())).status).toBe(200);
    expect([server.connections(), server.requests.length]).toEqual([2, 2]);
  });

  test('one that broke before its first request is no endless attempt', async () => {
    const server = await hostileServer(answersOk);
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    const lane = createLane({ socket, address: '' });
    const deadline = startDeadline(5000, new AbortController().signal);
    onTestFinished(() => deadline.stop());
    await expect(exchange(lane, get(server.url), '/', [], 10, deadline)).rejects.toBeInstanceOf(NoAnswer);
  });

  test('each for its own receiver', async () => {
    const servers = [await hostileServer(answersOk), await hostileServer(answersOk)];
    const http = openHttp();
    for (const { url } of [...servers, ...servers]) await http.send(get(url), limits());
    expect(servers.map((server) => server.requests.length)).toEqual([2, 2]);
  });

  test('nothing is sent twice once anything of an answer came', async () => {
    const server = await hostileServer(firstThen(answersOk, saysAndCloses('HTTP/1.1 200 OK\r\nX-Ha')));
    const http = openHttp();
    await http.send(get(server.url), limits());
    expect((await failureOf(http.send(get(server.url), limits()))).code).toBe('net/reset');
    expect(server.requests).toHaveLength(2);
  });

  test('nothing is sent twice on a fresh connection', async () => {
    const server = await hostileServer(closesAtOnce);
    expect((await failureOf(openHttp().send(get(server.url), limits()))).code).toBe('net/reset');
    expect(server.requests).toHaveLength(1);
  });

  test('nothing is sent twice for silence', async () => {
    const server = await hostileServer(firstThen(answersOk, neverAnswers));
    const http = openHttp();
    await http.send(get(server.url), limits());
    const error = await failureOf(http.send(get(server.url), limits({ timeoutMs: 200 })));
    expect([error.code, server.requests.length]).toEqual(['net/no-answer', 2]);
  });

  test('close() ends them', async () => {
    const server = await hostileServer(answersOk);
    const http = createHttp();
    await http.send(get(server.url), limits());
    await http.close();
    await server.allClosed();
  });
});

describe('an interrupted run', () => {
  const reason = new Error('stopped by hand');

  test('before it began', async () => {
    const server = await hostileServer(neverAnswers);
    await expect(openHttp().send(get(server.url), limits({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(server.connections()).toBe(0);
  });

  test('while it waits for the answer', async () => {
    const stop = new AbortController();
    const server = await hostileServer(() => stop.abort(reason));
    await expect(openHttp().send(get(server.url), limits({ signal: stop.signal }))).rejects.toBe(reason);
    await server.allClosed();
  });

  test('while it reads the body', async () => {
    const stop = new AbortController();
    const server = await hostileServer((socket, nth) => {
      socket.on('drain', () => socket.bytesWritten > 20_000_000 && stop.abort(reason)); // so much no buffer holds: it reads
      endlessBody(socket, nth);
    });
    const sent = openHttp().send(get(server.url), limits({ signal: stop.signal, maxBytes: 1e12 }));
    await expect(sent).rejects.toBe(reason);
    await server.allClosed();
  });

  test('many exchanges may share one signal without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const server = await hostileServer(answersOk);
    const http = openHttp();
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, () => http.send(get(server.url), limits({ signal }))));
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });
});

describe('where it goes', () => {
  test('IPv6', async () => {
    const server = await hostileServer(answersOk, { host: '::1' });
    const { address } = await openHttp().send(get(server.url), limits());
    expect(address).toBe(`[::1]:${server.port}`);
  });

  test('localhost, with only IPv4 behind it', async () => {
    const server = await hostileServer(answersOk);
    const { address } = await openHttp().send(get(`http://localhost:${server.port}`), limits());
    expect(address).toBe(`127.0.0.1:${server.port}`);
  });

  test.each(['127.0.0.1', '[::1]', 'localhost'])('nothing listens on %s', async (host) => {
    const port = await freePort(host === '[::1]' ? '::1' : '127.0.0.1');
    const error = await failureOf(openHttp().send(get(`http://${host}:${port}/`), limits()));
    expect(error.code).toBe('net/refused');
    expect(error.what).toBe(`Cannot connect to ${host}:${port}`);
    expect(error.why).toMatch(/^(?:127\.0\.0\.1|\[::1\]):\d+ refused the connection \[ECONNREFUSED\]/);
    expect(error.hint).toContain(`propiq-intercom serve --port ${port}`);
  });

  test('a port that does not react', async () => {
    const port = await portThatIgnores();
    const error = await failureOf(openHttp().send(get(`http://127.0.0.1:${port}/`), limits({ timeoutMs: 200 })));
    expect(error.code).toBe('net/timeout');
    expect(error.why).toBe('Nothing answered the attempt to connect within 200 ms [ETIMEDOUT].');
    expect(error.hint).toMatch(/firewall/);
  });

  test('a name that does not resolve', async () => {
    const error = await failureOf(openHttp().send(get('https://nowhere.invalid/'), limits()));
    expect(error.code).toBe('net/dns');
    expect(error.what).toBe('Cannot find the address of nowhere.invalid');
    expect(error.why).toMatch(/\[(?:ENOTFOUND|EAI_AGAIN)\]\.$/);
    expect(error.hint).toContain('nslookup nowhere.invalid');
  });
});

test('no timer is left behind that would hold the process', async () => {
  const server = await hostileServer(answersOk);
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const http = createHttp();
  await http.send(get(server.url), limits({ timeoutMs: 60_000 }));
  await http.close();
  expect(timers()).toBeLessThanOrEqual(before);
});

test('what undici does not send is a mistake of the caller, not an answer', async () => {
  const server = await hostileServer(answersOk);
  const headers = [['X-Split', 'a\r\nb: c']] as const;
  const sent = openHttp().send({ ...get(server.url), headers }, limits());
  await expect(sent).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
  expect(server.requests).toHaveLength(0);
});

test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'an answer that comes before a large body was read is heard (%s)',
  async (leave) => {
    const server = await hostileServer(() => undefined, {
      onConnection: (socket) =>
        void socket.once('readable', () => {
          socket.pause();
          socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno', () =>
            socket[leave](),
          );
        }),
    });
    const body = new Uint8Array(5_000_000);
    const sent = openHttp().send({ method: 'POST', url: new URL(server.url), headers: [], body }, limits());
    expect(await sent).toMatchObject({ status: 413, bodyEnd: 'complete' });
  },
);
