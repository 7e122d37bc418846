import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { scrape, type Scraped } from '../support/prometheus.ts';
import { dial, readToEnd, send } from '../support/raw-http.ts';
import { expectValid } from '../support/schemas.ts';
import { delivery, notification, type Served, type ServeOptions, sign, startServe } from '../support/serve.ts';

const METRICS = ['--metrics-port', '0'];
/** Ada's, in the body of every notification here: nothing of it may be seen anywhere. */
const PERSON = 'ada.canary@example.com';
const body = (id: string | null, topic = 'contact.user.created'): string =>
  JSON.stringify({
    type: 'notification_event',
    id,
    topic,
    data: { item: { type: 'contact', id: 'c1', email: PERSON, name: PERSON } },
  });

interface Watched extends Served {
  readonly metricsPort: number;
}

async function startWatched(args: readonly string[] = METRICS, options: ServeOptions = {}): Promise<Watched> {
  const served = await startServe(args, options);
  const said = await served.output(/"metricsUrl":"[^"]+"|Metrics at \S+/);
  return { ...served, metricsPort: Number(/:(\d+)\/metrics/.exec(said)?.[1]) };
}

const get = (port: number, path: string, host = `127.0.0.1:${port}`) =>
  send(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
const metricsOf = async ({ metricsPort }: Watched): Promise<Scraped> =>
  scrape((await get(metricsPort, '/metrics')).body);

/** A connection on which the receiver has read the head of a right request, and waits for the body. */
async function startPosting(port: number): Promise<Socket> {
  const socket = dial(port);
  const lines = [`X-Hub-Signature: ${sign(body('notif_1'))}`, 'Expect: 100-continue'];
  socket.write(delivery(body('notif_1'), lines).subarray(0, -Buffer.byteLength(body('notif_1'))));
  expect(String((await once(socket, 'data'))[0])).toContain('100 Continue');
  return socket;
}

describe('--metrics-port', () => {
  test('tells what happened, in a form that Prometheus reads', async () => {
    const served = await startWatched();
    const { port } = served;
    await send(port, delivery(body('notif_1')));
    await send(port, delivery(body('notif_1')));
    await send(
      port,
      delivery(body('notif_2', 'no.such.topic'), [
        `X-Hub-Signature: ${sign(body('notif_2', 'no.such.topic'), 'sha256')}`,
      ]),
    );
    await send(port, delivery(body('notif_3'), [`X-Hub-Signature: ${sign('other')}`]));
    await send(port, delivery(body('notif_4'), []));
    await send(port, 'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n');
    const { samples, types, text } = await metricsOf(served);
    expect(
      Object.fromEntries(
        [...samples].filter(
          ([key]) => /answers|notifications|verified|refusals|ready/.test(key) && !key.includes('inbox'),
        ),
      ),
    ).toEqual({
      'propiq_intercom_answers_total{status="200"}': 3,
      'propiq_intercom_answers_total{status="401"}': 2,
      'propiq_intercom_answers_total{status="404"}': 1,
      'propiq_intercom_notifications_total{topic="contact.user.created",outcome="stored"}': 1,
      'propiq_intercom_notifications_total{topic="contact.user.created",outcome="duplicate"}': 1,
      'propiq_intercom_notifications_total{topic="other",outcome="stored"}': 1,
      'propiq_intercom_verified_total{secret="current",algorithm="sha1"}': 2,
      'propiq_intercom_verified_total{secret="current",algorithm="sha256"}': 1,
      'propiq_intercom_refusals_total{reason="mismatch"}': 1,
      'propiq_intercom_refusals_total{reason="missing"}': 1,
      'propiq_intercom_refusals_total{reason="unknown-path"}': 1,
      propiq_intercom_ready: 1,
    });
    expect(samples.get('propiq_intercom_answer_seconds_count')).toBe(4);
    expect(samples.get('propiq_intercom_inbox_events{state="received"}')).toBe(2);
    expect(samples.get('propiq_intercom_inbox_up')).toBe(1);
    expect(types.get('propiq_intercom_answer_seconds')).toBe('histogram');
    expect(text).not.toContain(PERSON);
    expect(text).not.toContain('notif_');
  });

  test('is not for other names, nor on the port of the webhook', async () => {
    const { metricsPort, port } = await startWatched();
    expect((await get(metricsPort, '/metrics', 'evil.example')).status).toBe(403);
    expect((await get(metricsPort, '/metrics', `localhost:${metricsPort}`)).status).toBe(200);
    expect((await get(port, '/metrics')).status).toBe(404);
    expect((await send(metricsPort, delivery(body('notif_1')))).status).toBe(404);
  });

  test('says whether it is ready, and why not', async () => {
    const served = await startWatched();
    expect((await get(served.metricsPort, '/ready')).body).toBe('{"status":"ready"}');
    const bare = await startWatched(METRICS, { env: { INTERCOM_WEBHOOK_SECRET: '' } });
    const { status, body: said } = await get(bare.metricsPort, '/ready');
    expect([status, said]).toEqual([503, '{"status":"not ready","detail":"No webhook secret is set"}']);
    expect((await get(bare.metricsPort, '/live')).status).toBe(200);
  });

  test('is not ready while the inbox cannot be written, and ready again without a restart', async () => {
    const served = await startWatched();
    const other = new Database(join(served.cwd, 'inbox.db'));
    onTestFinished(() => void other.close());
    other.exec('begin immediate');
    const { status, body: said } = await get(served.metricsPort, '/ready');
    expect([status, said]).toEqual([503, '{"status":"not ready","detail":"The inbox cannot be written"}']);
    expect((await metricsOf(served)).samples.get('propiq_intercom_ready')).toBe(0);
    other.exec('rollback');
    await expect.poll(async () => (await get(served.metricsPort, '/ready')).status).toBe(200);
  });

  test('is not ready while it drains', async () => {
    const served = await startWatched([...METRICS, '--drain-timeout', '30s']);
    const waiting = await startPosting(served.port);
    await expect.poll(async () => (await metricsOf(served)).samples.get('propiq_intercom_open_connections')).toBe(1);
    served.child.kill('SIGTERM');
    await expect.poll(async () => (await get(served.metricsPort, '/ready')).body).toContain('It is stopping');
    waiting.write(body('notif_1'));
    expect(await readToEnd(waiting)).toContain('200 OK');
    expect((await served.finished).signal).toBe('SIGTERM');
  });

  test('on a port that is taken says which flag to change', async () => {
    const { metricsPort } = await startWatched();
    const cwd = temporaryFolder();
    const { code, stderr } = await runCli(['serve', '--port', '0', '--metrics-port', String(metricsPort)], {
      cwd,
      env: { PROPIQ_INTERCOM_STORE: `${cwd}/inbox.db` },
    });
    expect([code, stderr]).toEqual([5, expect.stringContaining('--metrics-port 0')]);
  });
});

describe('--log-format json', () => {
  test('is one object a line on standard error, with ids and no personal data', async () => {
    const served = await startServe(['--log-format', 'json'], { json: false });
    await send(
      served.port,
      delivery(body('notif_1'), [`X-Hub-Signature: ${sign(body('notif_1'))}`, 'X-Propiq-Probe: send-test']),
    );
    await send(served.port, delivery(body('notif_1')));
    await send(served.port, delivery(body('notif_2'), []));
    served.child.kill('SIGTERM');
    const { stdout, stderr } = await served.finished;
    expect(stdout).toBe(`Listening on ${served.url}\n`);
    const entries = stderr
      .trimEnd()
      .split('\n')
      .map((line) => expectValid(line, 'log'));
    expect(entries.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'notification stored'],
      ['info', 'notification stored'],
      ['warn', 'Refused with 401: there is no X-Hub-Signature'],
      ['info', 'stopped'],
    ]);
    expect(entries[0]).toMatchObject({
      id: 'evt_000000000001',
      notificationId: 'notif_1',
      topic: 'contact.user.created',
      duplicate: false,
      secret: 'current',
      probe: 'send-test',
      status: 200,
    });
    expect(entries[1]).toMatchObject({ id: 'evt_000000000001', duplicate: true });
    expect(entries[2]).toMatchObject({ status: 401, reason: 'missing' });
    expect(entries[3]).toMatchObject({ received: 1, duplicates: 1, refused: 1 });
    expect(stderr).not.toContain(PERSON);
  });

  test('stands beside --json, which has standard output', async () => {
    const served = await startServe(['--log-format', 'json']);
    await send(served.port, delivery(body('notif_1')));
    served.child.kill('SIGTERM');
    const { stdout, stderr } = await served.finished;
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => expectValid(line, 'serve'));
    expect(records.map(({ type }) => type)).toEqual(['ready', 'event', 'summary']);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => expectValid(line, 'log')['message']),
    ).toEqual(['notification stored', 'stopped']);
  });

  test('holds the warnings, and the error that ends a run', async () => {
    const served = await startServe(['--log-format', 'json'], { json: false, env: { INTERCOM_WEBHOOK_SECRET: '' } });
    const cwd = temporaryFolder();
    const args = ['serve', '--port', String(served.port), '--log-format', 'json', '--store', 'memory:'];
    const { stdout, stderr, code } = await runCli(args, { cwd });
    const entries = stderr
      .trimEnd()
      .split('\n')
      .map((line) => expectValid(line, 'log'));
    expect([code, stdout]).toEqual([5, '']);
    expect(entries.at(-1)).toMatchObject({ level: 'error', code: 'serve/port-in-use' });
    served.child.kill('SIGTERM');
    expect(expectValid((await served.finished).stderr.split('\n')[0] ?? '', 'log')).toMatchObject({ level: 'warn' });
  });

  test('--quiet leaves the warnings', async () => {
    const served = await startServe(['--log-format', 'json', '--quiet'], { json: false });
    await send(served.port, delivery(notification('notif_1')));
    await send(served.port, delivery(notification('notif_1'), []));
    served.child.kill('SIGTERM');
    const { stderr } = await served.finished;
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => expectValid(line, 'log')['level']),
    ).toEqual(['warn']);
  });
});

describe('bounds for each address', () => {
  test('close connections that are too many', async () => {
    const served = await startWatched([...METRICS, '--max-per-address', '2']);
    const held = [dial(served.port), dial(served.port)];
    held.forEach((socket) => socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n'));
    await expect.poll(async () => (await metricsOf(served)).samples.get('propiq_intercom_open_connections')).toBe(2);
    expect(await readToEnd(dial(served.port))).toBe('');
    expect((await metricsOf(served)).samples.get('propiq_intercom_connections_turned_away_total')).toBe(1);
  });

  test('do not hold for the proxy that is trusted', async () => {
    const served = await startServe(['--max-per-address', '1', '--trust-proxy', 'loopback']);
    const held = dial(served.port);
    held.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    const forwarded = [`X-Hub-Signature: ${sign(body('notif_1'))}`, 'X-Forwarded-For: 192.0.2.1'];
    expect((await send(served.port, delivery(body('notif_1'), forwarded))).status).toBe(200);
  });

  test.each([
    ['example.com', 'is not the address of a proxy'],
    ['10.0.0.0/33', 'is not the address of a proxy'],
    ['256.1.1.1', 'is not the address of a proxy'],
    ['::1::', 'is not the address of a proxy'],
    ['', 'is not the address of a proxy'],
    ['0.0.0.0/0', 'is everybody'],
    ['::/0', 'is everybody'],
  ])('--trust-proxy %j is refused', async (given, words) => {
    const { code, stderr } = await runCli(['serve', '--port', '0', '--store', 'memory:', '--trust-proxy', given]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

test('--drain-timeout ends what takes longer', async () => {
  const running = await startServe(['--drain-timeout', '100ms']);
  const waiting = await startPosting(running.port);
  running.child.kill('SIGTERM');
  expect(await readToEnd(waiting)).toBe('');
  expect((await running.finished).signal).toBe('SIGTERM');
});
