import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openMemory } from '../../src/adapters/stores/memory.ts';
import type * as library from '../../src/receiver.ts';
import type { AnswerReport, IntercomReceiver, ReceiverOptions } from '../../src/receiver.ts';
import { PROGRAM, runCli, temporaryFolder } from '../support/cli.ts';
import { parseReply, type RawReply, send } from '../support/raw-http.ts';
import { delivery, notification, SECRET, sign, WEBHOOK } from '../support/serve.ts';

/** As it is built, or installed: its store has a thread of its own, which only runs from a file that Node can read. */
const { createReceiver } = (await import(
  pathToFileURL(resolve(PROGRAM, '../../dist/receiver.js')).href
)) as typeof library;

interface Mounted {
  readonly port: number;
  readonly answers: AnswerReport[];
  readonly errors: unknown[];
  readonly receiver: IntercomReceiver;
}
type Mount = (receiver: IntercomReceiver) => Promise<{ port: number; close: () => Promise<unknown> }>;

/** As the README shows each. */
const MOUNTS: readonly (readonly [name: string, mount: Mount])[] = [
  ['node:http', async ({ listener }) => listening(createServer((request, response) => listener(request, response)))],
  [
    'Express, before express.json()',
    async ({ listener }) => {
      const app = express();
      app.all(WEBHOOK, listener);
      app.use(express.json());
      return listening(createServer(app));
    },
  ],
  [
    'Express, after express.raw(), which keeps the bytes',
    async ({ listener }) => {
      const app = express();
      app.use(express.raw({ type: '*/*', limit: '2mb' }));
      app.all(WEBHOOK, listener);
      return listening(createServer(app));
    },
  ],
  [
    'a router that cuts the path',
    async ({ listener }) => {
      const app = express();
      app.use('/intercom', express.Router().all('/webhook', listener));
      return listening(createServer(app));
    },
  ],
  [
    'Fastify',
    async ({ listener }) => {
      const app = fastify();
      await app.register(async (scope) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('*', (_request, _body, done) => done(null));
        scope.all(WEBHOOK, (request, reply) => {
          reply.hijack();
          listener(request.raw, reply.raw);
        });
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
    },
  ],
  [
    'Hono',
    async (receiver) => {
      const app = new Hono();
      app.all(WEBHOOK, (context) => receiver.fetch(context.req.raw));
      return honoServer(app.fetch);
    },
  ],
  [
    'a Next route handler',
    async (receiver) => {
      const route: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
        POST: receiver.fetch,
        HEAD: receiver.fetch,
        GET: receiver.fetch,
      };
      // what Next does with the functions that a route file exports
      return honoServer(async (request) => route[request.method]?.(request) ?? new Response(null, { status: 405 }));
    },
  ],
];

async function listening(
  server: ReturnType<typeof createServer>,
): Promise<{ port: number; close: () => Promise<unknown> }> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

async function honoServer(fetch: (request: Request) => Response | Promise<Response>) {
  const server = serveHono({ fetch, hostname: '127.0.0.1', port: 0 }) as ReturnType<typeof createServer>;
  if (!server.listening) await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

async function mounted(mount: Mount, changed: Partial<ReceiverOptions> = {}): Promise<Mounted> {
  const answers: AnswerReport[] = [];
  const errors: unknown[] = [];
  const receiver = createReceiver({
    secret: SECRET,
    store: 'memory:',
    onAnswer: (answer) => answers.push(answer),
    onError: (error) => errors.push(error),
    ...changed,
  });
  const { port, close } = await mount(receiver);
  onTestFinished(async () => {
    await close();
    await receiver.close();
  });
  return { port, answers, errors, receiver };
}

const signedWith = (body: string, key: string, algorithm: 'sha1' | 'sha256' = 'sha1'): Buffer =>
  delivery(body, [`X-Hub-Signature: ${sign(body, algorithm, key)}`]);
const told = ({ status, body }: RawReply): [number, unknown] => [status, body === '' ? '' : JSON.parse(body)];

describe.each(MOUNTS)('mounted in %s', (_, mount) => {
  test('answers as serve does', async () => {
    const { port, answers, errors } = await mounted(mount, { previousSecret: 'an-older-key', maxBodyBytes: 100_000 });
    const user = notification('notif_1');
    const tell = async (request: Uint8Array): Promise<[number, unknown]> => told(await send(port, request));
    expect(await tell(delivery(user))).toEqual([200, { status: 'received', topic: 'user.created' }]);
    expect(await tell(delivery(user))).toEqual([200, { status: 'duplicate', topic: 'user.created' }]);
    expect(await tell(signedWith(notification('notif_2'), SECRET, 'sha256'))).toMatchObject([
      200,
      { status: 'received' },
    ]);
    expect(await tell(signedWith(notification('notif_3'), 'an-older-key'))).toMatchObject([
      200,
      { status: 'received' },
    ]);
    expect(await tell(delivery(notification(null, 'ping')))).toMatchObject([200, { status: 'received' }]);
    for (const request of [
      delivery(user, []),
      signedWith(user, 'a-wrong-key'),
      delivery(user, ['X-Hub-Signature: sha1=x']),
    ])
      expect(await tell(request)).toEqual([401, { detail: 'Invalid signature' }]);
    expect((await tell(delivery('{"not":"a notification"}')))[0]).toBe(400);
    expect((await tell(delivery(`"${'x'.repeat(150_000)}"`)))[0]).toBe(413);
    expect(errors).toEqual([]);
    expect(answers.map(({ status, outcome, reason }) => [status, outcome, reason])).toEqual([
      [200, 'stored', undefined],
      [200, 'duplicate', undefined],
      [200, 'stored', undefined],
      [200, 'stored', undefined],
      [200, 'stored', undefined],
      [401, 'refused', 'missing'],
      [401, 'refused', 'mismatch'],
      [401, 'refused', 'malformed'],
      [400, 'refused', 'not-a-notification'],
      [413, 'refused', 'too-large'],
    ]);
    expect(answers[0]).toMatchObject({ id: 'evt_000000000001', notificationId: 'notif_1', topic: 'user.created' });
  });

  test('answers HEAD with 200 and GET with 405', async () => {
    const { port } = await mounted(mount);
    const ask = async (method: string): Promise<number> =>
      (await send(port, `${method} ${WEBHOOK} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).status;
    expect([await ask('HEAD'), await ask('GET')]).toEqual([200, 405]);
  });

  test('takes bytes that are no UTF-8, and stores them as they came', async () => {
    const store = openMemory();
    const { port } = await mounted(mount, { store });
    const body = Buffer.from('{"type":"notification_event" ,"topic":"ping","id":"n\\u00e9\u00e9" }\r\n');
    expect((await send(port, delivery(body))).status).toBe(200);
    expect(Buffer.from((await store.get('evt_000000000001'))?.body ?? '').equals(body)).toBe(true);
    const latin1 = Buffer.concat([body.subarray(0, -4), Buffer.from([0xff, 0x7d])]);
    expect((await send(port, delivery(latin1))).status).toBe(400);
  });

  test('is all green in verify', async () => {
    const { port } = await mounted(mount);
    const { stdout, code } = await runCli(
      ['verify', `http://127.0.0.1:${port}${WEBHOOK}`, '--json', '--skip', 'health/*', '--skip', 'env/*'],
      { env: { INTERCOM_WEBHOOK_SECRET: SECRET } },
    );
    const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string; message: string }[] };
    expect(checks.filter(({ status }) => status === 'fail' || status === 'error')).toEqual([]);
    expect(checks.filter(({ status }) => status === 'warn').map(({ id }) => id)).toEqual(['url/public']);
    expect(code).toBe(0);
  });
});

describe('after a body parser', () => {
  const afterJson: Mount = async ({ listener }) => {
    const app = express();
    app.use(express.json());
    app.all(WEBHOOK, (request, response) => listener(request, response));
    return listening(createServer(app));
  };

  test('says so in the answer and to onError, and takes nothing', async () => {
    const { port, errors, answers } = await mounted(afterJson);
    const { status, body } = await send(port, delivery(notification('notif_1')));
    expect([status, body]).toEqual([500, expect.stringContaining('mount the receiver before any body parser')]);
    expect(errors).toMatchObject([
      { code: 'receiver/body-consumed', hint: expect.stringContaining('express.raw') as string },
    ]);
    expect(answers).toEqual([]);
  });

  test('gives Express the error where it was given next', async () => {
    const seen: unknown[] = [];
    const { port } = await mounted(async ({ listener }) => {
      const app = express();
      app.use(express.json());
      app.all(WEBHOOK, listener);
      app.use((error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
        seen.push(error);
        response.status(500).end('seen');
      });
      return listening(createServer(app));
    });
    expect((await send(port, delivery(notification('notif_1')))).body).toBe('seen');
    expect(seen).toMatchObject([{ code: 'receiver/body-consumed' }]);
  });

  test('says so under Fastify’s own JSON parser', async () => {
    const { port, errors } = await mounted(async ({ listener }) => {
      const app = fastify();
      app.all(WEBHOOK, (request, reply) => {
        reply.hijack();
        listener(request.raw, reply.raw);
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
    });
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(500);
    expect(errors).toMatchObject([{ code: 'receiver/body-consumed' }]);
  });

  test('says so where a Request was read', async () => {
    const { receiver, errors } = await mounted(MOUNTS[0]?.[1] as Mount);
    const request = new Request(`http://x${WEBHOOK}`, { method: 'POST', body: notification('notif_1') });
    await request.json();
    expect((await receiver.fetch(request)).status).toBe(500);
    const locked = new Request(`http://x${WEBHOOK}`, { method: 'POST', body: notification('notif_1') });
    locked.body?.getReader();
    expect((await receiver.fetch(locked)).status).toBe(500);
    expect(errors).toMatchObject([{ code: 'receiver/body-consumed' }, { code: 'receiver/body-consumed' }]);
  });
});

describe('where the framework answers by itself', () => {
  const raw = express.raw({ type: '*/*' });
  test.each<[string, (listener: IntercomReceiver['listener']) => RequestListener]>([
    [
      'when its handler returns',
      (listener) => (request, response) => {
        listener(request, response);
        response.writeHead(404).end('its own');
      },
    ],
    [
      'before it calls the receiver',
      (listener) => (request, response) => {
        response.writeHead(404).end('its own');
        listener(request, response);
      },
    ],
    [
      'with bytes that a parser kept',
      (listener) => {
        const app = express();
        app.use(raw, (request, response) => {
          listener(request, response);
          response.status(404).end('its own');
        });
        return app;
      },
    ],
  ])('%s: nothing crashes, and it is told', async (_, answering) => {
    const { port, errors } = await mounted(async ({ listener }) => listening(createServer(answering(listener))));
    const twice = [delivery(notification('notif_1')), delivery(notification('notif_2'))];
    for (const request of twice) expect((await send(port, request)).body).toContain('its own');
    await vi.waitFor(() => expect(errors).toHaveLength(2));
    expect(errors[0]).toMatchObject({
      code: 'receiver/answered-elsewhere',
      hint: expect.stringContaining('Koa') as string,
    });
  });
});

test('a request without a body that somebody has read to its end is answered', async () => {
  const { port } = await mounted(async ({ listener }) =>
    listening(
      createServer((request, response) => {
        request.resume().once('end', () => listener(request, response));
      }),
    ),
  );
  expect(told(await send(port, delivery('')))[0]).toBe(400);
});

describe('its options', () => {
  test('a path of its own: health beside it, 404 elsewhere', async () => {
    const { port } = await mounted(MOUNTS[0]?.[1] as Mount, { path: '/hooks/intercom' });
    const get = async (path: string) => told(await send(port, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`));
    expect(await get('/health')).toEqual([200, { status: 'healthy' }]);
    expect(await get('/hooks/health')).toMatchObject([200, { intercom_configured: true }]);
    expect((await get('/elsewhere'))[0]).toBe(404);
    const there = delivery(notification('notif_1')).toString().replace(WEBHOOK, '/hooks/intercom');
    expect((await send(port, there)).status).toBe(200);
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(404);
  });

  test.each(['', 'whsec_YOUR_SECRET_HERE', 'changeme'])(
    'the secret %j counts as none: everything is 503',
    async (secret) => {
      const { port } = await mounted(MOUNTS[0]?.[1] as Mount, { secret });
      expect((await send(port, signedWith(notification('notif_1'), secret || 'x'))).status).toBe(503);
    },
  );

  test.each([undefined, null])('without types, the secret %j counts as none too', async (secret) => {
    const { port } = await mounted(MOUNTS[0]?.[1] as Mount, { secret: secret as never });
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(503);
  });

  test.each([
    ['no store', { store: undefined }, /store/],
    ['a store that is none', { store: new URL('postgres://db.example/inbox') }, /store/],
    ['a path without its slash', { path: 'intercom/webhook' }, /path/],
  ])('%s is an error at once', (_, changed, what) => {
    const options = { secret: SECRET, store: 'memory:', ...changed } as unknown as ReceiverOptions;
    expect(() => createReceiver(options)).toThrow(
      expect.objectContaining({ code: 'usage/invalid-value', what: expect.stringMatching(what) as string }),
    );
  });

  test('an onError that throws harms nobody', async () => {
    const failing = { ...openMemory(), add: () => Promise.reject(new Error('out of order')) };
    const { port } = await mounted(MOUNTS[0]?.[1] as Mount, {
      store: failing,
      onError(error) {
        throw error;
      },
    });
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(503);
  });

  test('a SQLite file, which `events list` reads', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'inbox.db');
    const { port, receiver } = await mounted(MOUNTS[0]?.[1] as Mount, { store: file });
    await receiver.ready();
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(200);
    const { stdout } = await runCli(['events', 'list', '--json', '--store', file], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ events: [{ notificationId: 'notif_1' }] });
  });

  test('a store that cannot be opened is an error of ready(), and 503 with Retry-After until it can', async () => {
    const { port, receiver, errors } = await mounted(MOUNTS[0]?.[1] as Mount, { store: '/dev/null/inbox.db' });
    await expect(receiver.ready()).rejects.toMatchObject({ code: expect.stringMatching(/^inbox\//) as string });
    const reply = await send(port, delivery(notification('notif_1')));
    expect([reply.status, /retry-after: 60/i.test(reply.head)]).toEqual([503, true]);
    expect(errors).toHaveLength(1);
  });

  test('a store of one’s own that fails is 503, and told', async () => {
    const store = { ...openMemory(), add: () => Promise.reject(new Error('out of order')) };
    const { port, errors } = await mounted(MOUNTS[0]?.[1] as Mount, { store });
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(503);
    expect(errors).toMatchObject([{ message: 'out of order' }]);
  });

  test('an onAnswer that throws harms nobody', async () => {
    const { port, errors } = await mounted(MOUNTS[0]?.[1] as Mount, {
      onAnswer() {
        throw new Error('not mine');
      },
    });
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(200);
    expect(errors).toMatchObject([{ message: 'not mine' }]);
  });

  test('close(): what comes later is 503', async () => {
    const { port, receiver } = await mounted(MOUNTS[0]?.[1] as Mount);
    await send(port, delivery(notification('notif_1')));
    await receiver.close();
    expect((await send(port, delivery(notification('notif_2')))).status).toBe(503);
  });
});

describe('handlers', () => {
  const plain = MOUNTS[0]?.[1] as Mount;

  test('run after the acknowledgement, by topic under either name, with the rest for default', async () => {
    const seen: unknown[] = [];
    const handled: unknown[] = [];
    const { port } = await mounted(plain, {
      handlers: {
        'contact.user.created': ({ id, topic }, { eventId, attempt, rawBody, log }) => {
          seen.push([topic, id, eventId, attempt, Buffer.from(rawBody).toString()]);
          log('seen');
        },
        default: async ({ topic }) => seen.push([topic]),
      },
      onLog: (eventId, message) => seen.push([eventId, message]),
      onHandled: ({ id, outcome, attempt }) => handled.push([id, outcome, attempt]),
    });
    const body = notification('notif_1', 'user.created');
    await send(port, delivery(body));
    await expect.poll(() => handled).toEqual([['evt_000000000001', 'handled', 1]]);
    expect(seen).toEqual([
      ['user.created', 'notif_1', 'evt_000000000001', 1, body],
      ['evt_000000000001', 'seen'],
    ]);
    await send(port, delivery(notification(null, 'ping')));
    await expect.poll(() => seen.at(-1)).toEqual(['ping']);
  });

  test('that fail are tried again, and given up in the end; nothing of it is seen by Intercom', async () => {
    const handled: library.HandledReport[] = [];
    const store = openMemory();
    const { port, answers } = await mounted(plain, {
      store,
      handlers: {
        default: () => {
          throw new RangeError('ada@example.com has no plan');
        },
      },
      handling: { maxAttempts: 2, retryDelayMs: 1 },
      onHandled: (report) => handled.push(report),
    });
    await send(port, delivery(notification('notif_1')));
    await expect.poll(() => handled.map(({ outcome }) => outcome), { timeout: 20_000 }).toEqual(['retry', 'dead']);
    expect(answers.map(({ status }) => status)).toEqual([200]);
    expect(handled[0]).toMatchObject({ error: 'RangeError', attempt: 1 });
    expect(JSON.stringify(handled)).not.toContain('ada@');
    expect(await store.get('notif_1')).toMatchObject({ state: 'dead', attempts: 2 });
  });

  test('get what waits from an earlier run, before anything is sent', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'inbox.db');
    const first = await mounted(plain, { store: file });
    await send(first.port, delivery(notification('notif_1')));
    await first.receiver.close();
    const seen: unknown[] = [];
    const second = createReceiver({ secret: SECRET, store: file, handlers: { default: ({ id }) => seen.push(id) } });
    onTestFinished(() => second.close());
    await expect.poll(() => seen).toEqual(['notif_1']);
  });

  test('that are none, or no functions, are an error at once', () => {
    for (const handlers of [{}, { 'user.created': 'x' as unknown as library.Handler }])
      expect(() => createReceiver({ secret: SECRET, store: 'memory:', handlers })).toThrow(
        expect.objectContaining({ code: 'handler/no-handlers' }) as Error,
      );
  });

  test('close() lets one that runs finish, and settles it', async () => {
    const store = openMemory();
    let finish: () => void = () => undefined;
    let start: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (start = resolve));
    const { port, receiver } = await mounted(plain, {
      store,
      handlers: {
        default: () => {
          start();
          return new Promise<void>((resolve) => (finish = resolve));
        },
      },
    });
    await send(port, delivery(notification('notif_1')));
    await started;
    const closed = receiver.close();
    finish();
    await closed;
    expect(await store.get('notif_1')).toMatchObject({ state: 'handled' });
  });
});

test('pipelined requests are answered in order', async () => {
  const { port } = await mounted(MOUNTS[0]?.[1] as Mount);
  const two = Buffer.concat([delivery(notification('notif_1')), delivery(notification('notif_2'), [])]);
  const { all } = await send(port, two, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(parseReply(all).status).toBe(200);
});
