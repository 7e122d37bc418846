import { createServer } from 'node:http';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { listEvents, recordsOf, untilRecords } from '../support/handlers.ts';
import { listenHere } from '../support/hostile-server.ts';
import { send } from '../support/raw-http.ts';
import { always, record, type Recorder } from '../support/recorder.ts';
import { expectValid } from '../support/schemas.ts';
import { delivery, notification, SECRET, type Served, sign, startServe, WEBHOOK } from '../support/serve.ts';

const forwarding = (to: string, ...args: readonly string[]): Promise<Served> =>
  startServe(['--forward-to', to, '--retry-delay', '5ms', ...args]);

/** Sends a notification with these header lines, rightly signed, and resolves with what came out on the other side. */
async function through(served: Served, to: Recorder, body: string | Uint8Array, lines: readonly string[]) {
  const before = to.requests.length;
  const { status } = await send(served.port, delivery(body, [`X-Hub-Signature: ${sign(body)}`, ...lines]));
  expect(status).toBe(200);
  while (to.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
  const arrived = to.requests[before];
  if (!arrived) throw new Error('nothing arrived');
  return arrived;
}

describe('what is forwarded', () => {
  test('is the same to the byte, whatever the body and the headers hold, so that it still verifies', async () => {
    const target = await record(SECRET);
    const served = await forwarding(target.url, '--quiet');
    const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}$/);
    const latin1 = fc.stringMatching(/^[!-~\u00a1-\u00ff](?:[ !-~\u00a1-\u00ff]{0,38}[!-~\u00a1-\u00ff])?$/);
    const ours =
      /^(?:host|content-.*|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|x-hub-.*|user-agent)$/i;
    const header = fc.tuple(
      token.filter((name) => !ours.test(name)),
      fc.oneof(latin1, fc.constant('')),
    );
    let nth = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(header, { maxLength: 8 }),
        fc.json({ stringUnit: 'binary' }),
        fc.constantFrom('', ' ', '\n', '\r\n\t'),
        async (headers, json, space) => {
          nth += 1;
          const body = Buffer.from(
            `{${space}"type":"notification_event",${space}"topic" : "x","id":"notif_${nth}","data":${json}}${space}`,
          );
          const doubled = headers.flatMap(([name, value]) => [`${name}: ${value}`, `${name.toUpperCase()}: ${value}`]);
          const arrived = await through(served, target, body, doubled);
          expect(arrived.body.equals(body)).toBe(true);
          expect(arrived.signedWith).toBe('sha1');
          const own = new Set(['host', 'content-length', 'connection']);
          expect(arrived.headers.filter(([name]) => !own.has(name))).toEqual([
            ['user-agent', 'intercom-parrot-service-client/1.0'],
            ['content-type', 'application/json'],
            ['x-hub-signature', sign(body)],
            ...headers.flatMap(([name, value]) => {
              const line = [name.toLowerCase(), value] as const;
              return [line, line];
            }),
          ]);
          expect(arrived.headers.filter(([name]) => name === 'host')).toEqual([['host', new URL(target.url).host]]);
          expect(arrived.headers.filter(([name]) => name === 'content-length')).toEqual([
            ['content-length', String(body.length)],
          ]);
        },
      ),
      { numRuns: 60 },
    );
    expect(target.requests).toHaveLength(nth);
  });

  test('has none of the headers that belong to one connection, but never loses its signature', async () => {
    const target = await record(SECRET);
    const served = await forwarding(target.url);
    const arrived = await through(served, target, notification('notif_1'), [
      'Connection: keep-alive, X-Private, X-Hub-Signature',
      'X-Private: 1',
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Proxy-Authorization: Basic eA==',
      'X-Kept: yes',
    ]);
    const names = arrived.headers.map(([name]) => name);
    for (const gone of ['x-private', 'keep-alive', 'te', 'proxy-authorization']) expect(names).not.toContain(gone);
    expect(names).toContain('x-kept');
    expect([arrived.signedWith, arrived.method, arrived.path]).toEqual(['sha1', 'POST', WEBHOOK]);
  });
});

describe('the answer is judged as Intercom would', () => {
  test.each([
    [204, 'handled', null, null],
    [302, 'dead', 'answered with 302', /redirect/],
    [401, 'dead', 'answered with 401', null],
    [410, 'dead', 'answered with 410', /disabled/],
    [429, 'dead', 'answered with 429', /slowed down/],
    [500, 'dead', 'answered with 500', null],
  ] as const)('%i is %s', async (status, outcome, error, verdict) => {
    const elsewhere = await record(SECRET);
    const target = await record(SECRET, always(status, '', { Location: elsewhere.url }));
    const served = await forwarding(target.url, '--max-attempts', '1');
    await send(served.port, delivery(notification('notif_1')));
    const [told] = await untilRecords(served, 'forward', 1);
    expect(told).toMatchObject({ outcome, status, error, attempt: 1, topic: 'user.created' });
    expect(told?.['verdict']).toEqual(verdict === null ? null : expect.stringMatching(verdict));
    expect(elsewhere.requests).toEqual([]);
    expect(await listEvents(served)).toMatchObject([{ state: outcome, attempts: 1 }]);
  });

  test('a failure is tried again until it is taken', async () => {
    const target = await record(SECRET, (_, response, nth) => void response.writeHead(nth < 2 ? 503 : 200).end());
    const served = await forwarding(target.url);
    await send(served.port, delivery(notification('notif_1')));
    const told = await untilRecords(served, 'forward', 3);
    expect(told.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['retry', 503],
      ['retry', 503],
      ['handled', 200],
    ]);
    expect(new Set(target.requests.map(({ body }) => body.toString())).size).toBe(1);
  });

  test('over 500 ms is slow, and over 5 s is no answer', async () => {
    const target = await record(SECRET, (_, response, nth) => {
      if (nth === 0) setTimeout(() => response.end(), 700); // the time is what is tested: it must be over the limit
    });
    const served = await forwarding(target.url, '--max-attempts', '1');
    await send(served.port, delivery(notification('notif_1')));
    await untilRecords(served, 'forward', 1);
    await send(served.port, delivery(notification('notif_2')));
    const told = await untilRecords(served, 'forward', 2);
    expect(told).toMatchObject([
      { outcome: 'handled', slow: true, verdict: expect.stringContaining('500 ms') as string },
      { outcome: 'dead', status: null, slow: false, verdict: expect.stringContaining('within 5.0 s') as string },
    ]);
  });

  test('nobody there is tried again, and told in words', async () => {
    const server = createServer();
    const port = await listenHere(server);
    server.close();
    const served = await forwarding(`http://127.0.0.1:${port}/hook`, '--max-attempts', '2');
    await send(served.port, delivery(notification('notif_1')));
    const told = await untilRecords(served, 'forward', 2);
    expect(told.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['retry', null],
      ['dead', null],
    ]);
    expect(String(told[0]?.['error'])).toContain('net/refused');
  });

  test('the lines for people say so too', async () => {
    const target = await record(SECRET);
    const served = await startServe(['--forward-to', target.url], { json: false });
    await send(served.port, delivery(notification('notif_1')));
    await served.output(/Forwarded user\.created: 200 in \d+ ms \(evt_000000000001\)/);
  });
});

describe('a target that cannot be meant', () => {
  test.each([
    ['http://example.com/hook', 'url/insecure'],
    ['example.com/hook', 'url/missing-scheme'],
    ['ftp://example.com/', 'url/invalid'],
    ['https://user:word@example.com/', 'url/credentials'],
  ])('%s is refused at the start', async (url, code) => {
    const { stdout, code: exited } = await runCli(['serve', '--port', '0', '--json', '--forward-to', url]);
    expect([exited, expectValid(stdout, 'serve')]).toMatchObject([2, { error: { code } }]);
  });

  test.each(['127.0.0.1', 'localhost', '[::1]'])('the receiver itself, as %s, is refused', async (host) => {
    const server = createServer();
    const port = await listenHere(server);
    await new Promise((resolve) => server.close(resolve));
    const url = `http://${host}:${port}${WEBHOOK}`;
    const cwd = temporaryFolder();
    const args = ['serve', '--port', String(port), '--json', '--store', 'inbox.db', '--forward-to', url];
    const { stdout, code } = await runCli(args, { cwd, env: { INTERCOM_WEBHOOK_SECRET: SECRET } });
    expect([code, recordsOf(stdout, 'error')[0]]).toMatchObject([2, { error: { code: 'usage/conflict' } }]);
  });

  test('the receiver itself behind something else is found out, also for a ping, which has no id', async () => {
    let back = 0;
    // a tunnel: it hands on what it gets to the receiver
    const tunnel = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        void send(
          back,
          delivery(Buffer.concat(parts), [`X-Hub-Signature: ${request.headers['x-hub-signature'] as string}`]),
        ).then(({ status }) => response.writeHead(status).end());
      });
    });
    const port = await listenHere(tunnel);
    onTestFinished(() => void tunnel.close());
    const served = await forwarding(`http://127.0.0.1:${port}/`, '--max-attempts', '2');
    back = served.port;
    await send(served.port, delivery(notification(null, 'ping')));
    const told = await untilRecords(served, 'forward', 2);
    expect(told).toMatchObject([
      { outcome: 'retry', status: 508 },
      { outcome: 'dead', status: 508 },
    ]);
    served.child.kill('SIGTERM');
    expect((await served.finished).stderr).toContain('--forward-to leads to this receiver');
    expect(await listEvents(served)).toHaveLength(1);
  });
});
