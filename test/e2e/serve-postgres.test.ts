import { chownSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../src/adapters/stores/postgres.ts';
import type { AppError } from '../../src/base/errors.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { createCertificate } from '../support/certificates.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { send } from '../support/raw-http.ts';
import { expectValid } from '../support/schemas.ts';
import { delivery, notification, startServe } from '../support/serve.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.end());

const NOBODY = 65_534;
const health = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';

interface Listed {
  readonly events: readonly { readonly notificationId: string; readonly state: string }[];
}

async function events(store: string): Promise<Listed['events']> {
  const { stdout } = await runCli(['events', 'list', '--json'], { env: { PROPIQ_INTERCOM_STORE: store } });
  return (expectValid(stdout.trim(), 'events-list') as unknown as Listed).events;
}

test('two receivers on one database know one another\u2019s notifications, and `events` shows them', async () => {
  const env = { PROPIQ_INTERCOM_STORE: await server.database() };
  const [one, other] = await Promise.all([startServe([], { env }), startServe([], { env })]);
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      send((at % 2 ? one : other).port, delivery(notification(`notif_${at >> 1}`))),
    ),
  );
  expect(answers.filter(({ body }) => body.includes('received'))).toHaveLength(20);
  expect(answers.filter(({ body }) => body.includes('duplicate'))).toHaveLength(20);
  const shown = await events(env.PROPIQ_INTERCOM_STORE);
  expect(new Set(shown.map(({ notificationId }) => notificationId)).size).toBe(20);
  expect((await send(one.port, health)).status).toBe(200);
});

test('while the server is gone notifications are refused and health says so; it goes on by itself', async () => {
  const store = await server.database();
  const served = await startServe([], { env: { PROPIQ_INTERCOM_STORE: store } });
  expect((await send(served.port, delivery(notification('notif_1')))).status).toBe(200);
  await server.stop('SIGINT');
  const refused = await send(served.port, delivery(notification('notif_2')));
  expect([refused.status, /Retry-After: (\d+)/.exec(refused.head)?.[1]]).toEqual([503, '60']);
  expect((await send(served.port, health)).status).toBe(503);
  await server.start();
  expect((await send(served.port, health)).status).toBe(200);
  expect((await send(served.port, delivery(notification('notif_2')))).body).toContain('received');
  expect((await send(served.port, delivery(notification('notif_1')))).body).toContain('duplicate');
  served.child.kill('SIGTERM');
  const { stderr, code, signal } = await served.finished;
  expect(stderr).toContain('Refused with 503: it could not be stored: The inbox postgres://propiq@127.0.0.1');
  expect([code, signal, stderr.includes(server.password)]).toEqual([null, 'SIGTERM', false]);
});

/** A network between receiver and server that can fall silent: nothing is refused, nothing is answered. */
async function silencer(port: number): Promise<{ port: number; silence(isSilent: boolean): void }> {
  const sockets = new Set<Socket>();
  let isSilent = false;
  const relay = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1' });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (part) => void (isSilent || to.write(part)));
      from.on('error', () => undefined).on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  onTestFinished(() => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (relay.address() as AddressInfo).port, silence: (now) => void (isSilent = now) };
}

test('a server that falls silent is not waited for: refused within the time that Intercom waits, and it goes on by itself', async () => {
  const network = await silencer(server.port);
  const store = (await server.database()).replace(`:${server.port}/`, `:${network.port}/`);
  const served = await startServe([], { env: { PROPIQ_INTERCOM_STORE: store } });
  expect((await send(served.port, delivery(notification('notif_1')))).status).toBe(200);
  network.silence(true);
  expect((await send(served.port, delivery(notification('notif_2')))).status).toBe(503);
  expect((await send(served.port, health)).status).toBe(503);
  network.silence(false);
  expect((await send(served.port, delivery(notification('notif_2')))).status).toBe(200);
  expect((await send(served.port, health)).status).toBe(200);
});

describe('a database that cannot be used is named, with what to do, and never its password', () => {
  const away = 'postgres://user:not-a-real-password@127.0.0.1:1/inbox';
  const cases: readonly (readonly [string, string, () => string | Promise<string>, RegExp])[] = [
    [
      'a wrong password',
      'inbox/login',
      () => server.url('postgres').replace(server.password, 'another-password'),
      /password/,
    ],
    ['no password', 'inbox/login', () => server.url('postgres').replace(`:${server.password}`, ''), /password/],
    ['a database that is not there', 'inbox/no-database', () => server.url('nowhere'), /createdb/],
    ['a server that is not there', 'inbox/unreachable', () => away, /host and port/],
    ['a host that is not there', 'inbox/unreachable', () => away.replace('127.0.0.1', 'db.invalid'), /host and port/],
    ['a server without TLS', 'inbox/tls', () => server.url('postgres', '?sslmode=require'), /sslmode=disable/],
    ['a user who may do nothing', 'inbox/forbidden', restricted, /create schema propiq_intercom/],
    ['a user who may only read', 'inbox/forbidden', reader, /name the user whose it is/],
    ['an inbox of a later version', 'inbox/newer', later, /Update/],
  ];

  async function restricted(): Promise<string> {
    const url = new URL(await server.database());
    await server.run("create role guest login password 'not-a-real-password'");
    url.username = 'guest';
    return url.href;
  }

  async function reader(): Promise<string> {
    const url = new URL(await server.database());
    await (await openPostgres(url.href, 'write', '/')).close();
    await server.run(
      `create role reader login password 'not-a-real-password'; grant usage on schema propiq_intercom to reader;
       grant select on all tables in schema propiq_intercom to reader`,
      url.pathname.slice(1),
    );
    url.username = 'reader';
    url.password = 'not-a-real-password';
    return url.href;
  }

  async function later(): Promise<string> {
    const url = await server.database();
    const served = await startServe([], { env: { PROPIQ_INTERCOM_STORE: url } });
    served.child.kill('SIGTERM');
    await served.finished;
    await server.run('update propiq_intercom.inbox set version = 99', new URL(url).pathname.slice(1));
    return url;
  }

  test.each(cases)('%s: %s', async (_, code, location, hint) => {
    const url = await location();
    const env = { PROPIQ_INTERCOM_STORE: url, INTERCOM_WEBHOOK_SECRET: 'not-a-real-key' };
    const text = await runCli(['serve', '--port', '0'], { env });
    const json = await runCli(['serve', '--port', '0', '--json', '--verbose'], { env });
    expect([text.code, json.code]).toEqual([5, 5]);
    expect(expectValid(json.stdout.trim(), 'serve')).toMatchObject({ error: { code } });
    expect(text.stderr).toMatch(hint);
    const { password } = new URL(url);
    const everything = text.stdout + text.stderr + json.stdout + json.stderr;
    expect(password !== '' && everything.includes(password)).toBe(false);
  });

  test('reading makes nothing', async () => {
    const url = await server.database();
    const { stdout, code } = await runCli(['events', 'list', '--json', '--store', url]);
    expect([code, stdout.includes('inbox/missing'), stdout.includes(server.password)]).toEqual([5, true, false]);
    const there = await server.run(
      "select 1 from pg_namespace where nspname = 'propiq_intercom'",
      new URL(url).pathname.slice(1),
    );
    expect(there).toEqual([]);
  });

  test('a password on the command line is warned of', async () => {
    const { stderr } = await runCli(['events', 'list', '--store', away]);
    expect(stderr).toContain('can be seen by every user of this computer');
    expect(stderr).not.toContain('not-a-real-password');
  });
});

test('an administrator may make the schema, for a user who may make none', async () => {
  const url = new URL(await server.database());
  await server.run("create role tenant login password 'not-a-real-password'");
  await server.run('create schema propiq_intercom authorization tenant', url.pathname.slice(1));
  url.username = 'tenant';
  url.password = 'not-a-real-password';
  const served = await startServe([], { env: { PROPIQ_INTERCOM_STORE: url.href } });
  expect((await send(served.port, delivery(notification('notif_1')))).status).toBe(200);
});

test('a database in another encoding holds every topic', async () => {
  const store = await server.database("encoding 'SQL_ASCII' template template0");
  const served = await startServe([], { env: { PROPIQ_INTERCOM_STORE: store } });
  for (const topic of ['a\0b', '\u{1f4a5}', '\ud800']) {
    expect((await send(served.port, delivery(notification(`id ${topic}`, topic)))).status).toBe(200);
  }
  expect(await events(store)).toHaveLength(3);
});

describe('over TLS', () => {
  const authority = createCertificate({ commonName: 'Lab Root', isAuthority: true });
  const folder = (): string => server.folder;

  beforeAll(async () => {
    const own = createCertificate({ commonName: 'db', names: ['127.0.0.1'], issuer: authority });
    for (const [name, pem] of [
      ['server.crt', own.pem],
      ['server.key', own.keyPem],
    ] as const) {
      const path = join(folder(), name);
      writeFileSync(path, pem, { mode: 0o600 });
      if (process.getuid?.() === 0) chownSync(path, NOBODY, NOBODY);
    }
    await server.run(`alter system set ssl_cert_file = '${folder()}/server.crt'`);
    await server.run(`alter system set ssl_key_file = '${folder()}/server.key'`);
    await server.run('alter system set ssl = on');
    await server.stop('SIGINT');
    await server.start();
  });

  test.each([
    ['require', false, 'ok'],
    ['verify-ca', true, 'ok'],
    ['verify-full', true, 'ok'],
    ['disable', false, 'ok'],
    ['verify-ca', false, 'inbox/tls'],
    ['verify-full', false, 'inbox/tls'],
  ])('sslmode=%s, its CA named: %s: %s', async (mode, isNamed, expected) => {
    const ca = join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, authority.pem);
    const store = `${await server.database()}?sslmode=${mode}${isNamed ? `&sslrootcert=${ca}` : ''}`;
    expect(await opened(store)).toBe(expected);
  });

  test('with verify-full a certificate for another name is refused, with verify-ca it is not', async () => {
    const ca = join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, authority.pem);
    const store = (await server.database()).replace('127.0.0.1', 'localhost');
    expect(await opened(`${store}?sslmode=verify-full&sslrootcert=${ca}`)).toBe('inbox/tls');
    expect(await opened(`${store}?sslmode=verify-ca&sslrootcert=${ca}`)).toBe('ok');
  });

  async function opened(store: string): Promise<string> {
    try {
      await (await openPostgres(store, 'write', '/')).close();
      return 'ok';
    } catch (cause) {
      return (cause as AppError).code;
    }
  }
});
