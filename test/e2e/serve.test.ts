import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { dial, readToEnd, send } from '../support/raw-http.ts';
import { expectValid } from '../support/schemas.ts';
import { delivery, notification, SECRET, sign, startServe, WEBHOOK } from '../support/serve.ts';

const get = (path: string, method = 'GET'): string => `${method} ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const USER = notification('notif_1');

describe('the table of the contract', () => {
  test('every row', async () => {
    const { port } = await startServe(['--max-body', '2kb']);
    const said = async (...parts: readonly (string | Uint8Array)[]): Promise<[number, string]> => {
      const { status, body } = await send(port, ...parts);
      return [status, body];
    };
    const refused = [401, '{"detail":"Invalid signature"}'];
    expect(await said(delivery(USER))).toEqual([200, '{"status":"received","topic":"user.created"}']);
    expect(await said(delivery(USER))).toEqual([200, '{"status":"duplicate","topic":"user.created"}']);
    expect(await said(delivery(notification(null, 'ping')))).toEqual([200, '{"status":"received","topic":"ping"}']);
    expect(await said(delivery(notification(null, 'ping')))).toEqual([200, '{"status":"received","topic":"ping"}']);
    const other = notification('notif_2');
    expect(await said(delivery(other, [`X-Hub-Signature: ${sign(other, 'sha256')}`]))).toEqual([
      200,
      '{"status":"received","topic":"user.created"}',
    ]);
    for (const lines of [
      [],
      ['X-Hub-Signature: '],
      ['X-Hub-Signature: sha1='],
      [`X-Hub-Signature: ${sign(USER, 'sha1', 'another-key')}`],
      [`X-Hub-Signature: ${sign(`${USER} `)}`],
      [`X-Hub-Signature: ${sign(USER).slice(5)}`],
      [`X-Hub-Signature: ${sign(USER)}, ${sign(USER)}`],
      [`X-Hub-Signature: ${sign(USER)}`, `X-Hub-Signature: ${sign(USER)}`],
      ['X-Hub-Signature: sha1=\u00e9'],
    ]) {
      expect(await said(delivery(USER, lines))).toEqual(refused);
    }
    expect((await said(delivery('not json')))[0]).toBe(400);
    expect((await said(delivery('{}')))[0]).toBe(400);
    expect((await said(delivery(USER.padEnd(2049))))[0]).toBe(413);
    const wrong = await send(port, get(WEBHOOK));
    expect([wrong.status, /\r\nAllow: (.*)\r\n/.exec(wrong.head)?.[1]]).toEqual([405, 'HEAD, POST']);
    expect(await said(get(WEBHOOK, 'HEAD'))).toEqual([200, '']);
    expect(await said(get('/health'))).toEqual([200, '{"status":"healthy"}']);
    expect(await said(get('/intercom/health'))).toEqual([
      200,
      '{"status":"healthy","intercom_configured":true,"api_base":"https://api.intercom.io"}',
    ]);
    expect((await said(get('/')))[0]).toBe(404);
  });

  test.each([
    ['no secret', {}],
    ['an empty one', { INTERCOM_WEBHOOK_SECRET: '' }],
    ['the guide\u2019s placeholder', { INTERCOM_WEBHOOK_SECRET: 'whsec_YOUR_ACTUAL_SECRET_HERE' }],
  ])('with %s it starts, warns, and answers 503', async (_, env) => {
    const served = await startServe([], { env: { INTERCOM_WEBHOOK_SECRET: '', ...env } });
    for (const lines of [[], [`X-Hub-Signature: ${sign(USER, 'sha1', 'whsec_YOUR_ACTUAL_SECRET_HERE')}`]]) {
      const { status, body } = await send(served.port, delivery(USER, lines));
      expect([status, body]).toEqual([503, '{"detail":"Intercom not configured"}']);
    }
    expect((await send(served.port, get('/intercom/health'))).body).toContain(
      '"status":"degraded","intercom_configured":false',
    );
    expect((await send(served.port, get(WEBHOOK, 'HEAD'))).status).toBe(200);
    served.child.kill('SIGTERM');
    expect((await served.finished).stderr).toContain('No webhook secret is set');
  });

  test('the region and the override of the API are shown', async () => {
    const eu = await startServe([], { env: { INTERCOM_REGION: 'eu' } });
    expect((await send(eu.port, get('/intercom/health'))).body).toContain('"api_base":"https://api.eu.intercom.io"');
    const other = await startServe([], { env: { INTERCOM_API_BASE: 'http://127.0.0.1:9/api/' } });
    expect((await send(other.port, get('/intercom/health'))).body).toContain('"api_base":"http://127.0.0.1:9/api"');
  });
});

describe('its secrets', () => {
  test('come from the env file, the alias and the one before', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), 'INTERCOM_CLIENT_SECRET=a-new-key\nINTERCOM_WEBHOOK_SECRET_PREVIOUS=an-old-key\n');
    const { port } = await startServe([], { cwd, env: { INTERCOM_WEBHOOK_SECRET: '' } });
    for (const key of ['a-new-key', 'an-old-key']) {
      const { status } = await send(port, delivery(USER, [`X-Hub-Signature: ${sign(USER, 'sha1', key)}`]));
      expect(status).toBe(200);
    }
    expect((await send(port, delivery(USER))).status).toBe(401);
  });

  test('that contradict each other are warned about, and never printed', async () => {
    const served = await startServe([], { env: { INTERCOM_CLIENT_SECRET: 'whsec_another-key' } });
    expect((await send(served.port, delivery(USER))).status).toBe(200);
    served.child.kill('SIGTERM');
    const { stdout, stderr } = await served.finished;
    expect(stderr).toContain('Two different secrets are set');
    expect(stdout + stderr).not.toContain('another-key');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test('may be piped in', async () => {
    const cwd = temporaryFolder();
    const running = startCli(['serve', '--port', '0', '--secret-stdin', '--store', './inbox.db'], { cwd });
    running.child.stdin?.end('a-piped-key\n');
    const port = Number(/:(\d+)\//.exec(await running.output(/http:\/\/\S+/))?.[1]);
    const right = delivery(USER, [`X-Hub-Signature: ${sign(USER, 'sha1', 'a-piped-key')}`]);
    expect((await send(port, right)).status).toBe(200);
    expect((await send(port, delivery(USER))).status).toBe(401);
  });

  test('with a shape that cannot be right are warned about, and used as they are', async () => {
    const served = await startServe([], { env: { INTERCOM_WEBHOOK_SECRET: '"quoted-key"' } });
    const quoted = delivery(USER, [`X-Hub-Signature: ${sign(USER, 'sha1', '"quoted-key"')}`]);
    expect((await send(served.port, quoted)).status).toBe(200);
    served.child.kill('SIGTERM');
    expect((await served.finished).stderr).toMatch(
      /INTERCOM_WEBHOOK_SECRET in the environment: There are quotes around it/,
    );
  });
});

describe('what it says', () => {
  test('are the lines of the guide, with ids in place of e-mail addresses', async () => {
    const served = await startServe([], { json: false });
    const body = notification('notif_1').replace('"u1"', '"u1","email":"ada@example.com"');
    await send(served.port, delivery(body));
    await send(served.port, delivery(body));
    await send(served.port, delivery(notification(null, 'x\\u001b[31m')));
    await send(served.port, delivery(USER, ['X-Propiq-Probe: a\u009b31m/b']));
    served.child.kill('SIGINT');
    const { stdout, stderr, signal } = await served.finished;
    expect(stdout.split('\n')).toEqual([
      `Listening on ${served.url}`,
      'Intercom webhook received: user.created',
      'New Intercom user: u1',
      'Intercom webhook received: user.created (duplicate, already stored)',
      'Intercom webhook received: x\\u001b[31m',
      '',
    ]);
    expect(stderr).toContain('Refused with 401: there is no X-Hub-Signature (probe: a/b)');
    expect(stderr).toContain('Stopped: 2 received, 1 duplicate, 1 refused (401: 1).');
    expect(stdout + stderr).not.toContain('ada@');
    expect(signal).toBe('SIGINT');
  });

  test('under --json are records that fit the schema', async () => {
    const served = await startServe();
    await send(served.port, delivery(USER, [`X-Hub-Signature: ${sign(USER)}`, 'X-Propiq-Probe: send-test']));
    await send(served.port, delivery(USER));
    await send(served.port, delivery(notification(null, 'ping')));
    await send(served.port, delivery(USER, []));
    served.child.kill('SIGTERM');
    const { stdout, signal } = await served.finished;
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => expectValid(line, 'serve'));
    expect(records).toMatchObject([
      { type: 'ready', url: served.url },
      {
        type: 'event',
        id: 'evt_000000000001',
        notificationId: 'notif_1',
        topic: 'user.created',
        duplicate: false,
        probe: 'send-test',
      },
      { type: 'event', id: 'evt_000000000001', duplicate: true, probe: null },
      { type: 'event', notificationId: null, topic: 'ping', duplicate: false },
      {
        type: 'summary',
        received: 2,
        duplicates: 1,
        refused: 1,
        signedWith: { current: 3, previous: 0 },
        refusedByStatus: { 401: 1 },
        notShown: 0,
      },
    ]);
    expect(signal).toBe('SIGTERM');
  });

  test('a flood of refusals does not flood the log', async () => {
    const served = await startServe();
    const socket = dial(served.port);
    socket.write(
      Buffer.concat([
        ...Array.from({ length: 500 }, () => delivery('{}', [])),
        Buffer.from(get('/health').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')),
      ]),
    );
    expect((await readToEnd(socket)).match(/HTTP\/1\.1 401/g)).toHaveLength(500);
    served.child.kill('SIGTERM');
    const { stderr } = await served.finished;
    expect(stderr.match(/Refused with/g)).toHaveLength(20);
    expect(stderr).toContain('… and 480 more requests refused');
  });

  test('with --quiet is the address and nothing more', async () => {
    const served = await startServe(['--quiet'], { json: false });
    await send(served.port, delivery(USER));
    await send(served.port, delivery(USER, []));
    served.child.kill('SIGTERM');
    expect(await served.finished).toMatchObject({ stdout: `Listening on ${served.url}\n`, stderr: '' });
  });

  test('beyond loopback warns of plain http', async () => {
    const served = await startServe(['--host', '0.0.0.0']);
    served.child.kill('SIGTERM');
    expect((await served.finished).stderr).toContain('this is plain http');
  });
});

describe('it ends', () => {
  test('after what runs was answered, and of the signal itself', async () => {
    const served = await startServe();
    const socket = dial(served.port);
    const bytes = delivery(USER);
    socket.write(bytes.subarray(0, bytes.length - 1));
    await send(served.port, get('/health')); // the half request has arrived before this one
    served.child.kill('SIGTERM');
    await expect.poll(() => readToEnd(dial(served.port))).toBe('');
    const reading = readToEnd(socket);
    socket.write(bytes.subarray(bytes.length - 1));
    expect(await reading).toContain('"status":"received"');
    expect(await served.finished).toMatchObject({ code: null, signal: 'SIGTERM' });
    const { stdout } = await runCli(['events', 'list', '--json'], { cwd: served.cwd, env: served.env });
    expect(JSON.parse(stdout)).toMatchObject({ events: [{ notificationId: 'notif_1' }] });
  });

  test('at once at the second signal', async () => {
    const served = await startServe();
    const socket = dial(served.port);
    socket.write(delivery(USER).subarray(0, 100));
    await send(served.port, get('/health'));
    served.child.kill('SIGTERM');
    await expect.poll(() => readToEnd(dial(served.port))).toBe('');
    served.child.kill('SIGINT');
    expect((await served.finished).signal).toBe('SIGINT');
  });

  test('when nobody reads what it says any more, having stored all that it answered', async () => {
    const served = await startServe([], { json: false });
    served.child.stdout?.destroy();
    await send(served.port, delivery(notification('notif_1')));
    await send(served.port, delivery(notification('notif_2')));
    const { stderr } = await served.finished;
    expect(stderr).not.toContain('EPIPE');
    const { stdout } = await runCli(['events', 'show', 'notif_1', '--json'], { cwd: served.cwd, env: served.env });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });
});

describe('it does not start', () => {
  test.each([
    [['--port', '70000'], 2, 'usage/invalid-value'],
    [['--port', 'http'], 2, 'usage/invalid-value'],
    [['--host', ''], 2, 'usage/invalid-value'],
    [['--host', '192.0.2.1'], 5, 'serve/cannot-listen'],
    [['--path', 'webhook'], 2, 'usage/invalid-value'],
    [['--path', '/health/'], 2, 'usage/conflict'],
    [['--path', '/intercom/health'], 2, 'usage/conflict'],
    [['--max-body', 'much'], 2, 'usage/invalid-value'],
    [['--max-body', '1gb'], 2, 'usage/invalid-value'],
    [['--store', '.'], 5, 'inbox/is-a-directory'],
    [['--store', '/dev/null/inbox.db'], 5, 'inbox/not-writable'],
    [['--store', 'mysql://db.example/inbox'], 2, 'usage/invalid-value'],
    [['--env-file', 'nowhere.env'], 2, 'settings/env-file'],
  ])('with %j: exit code %i, %s', async (args, exitCode, code) => {
    const { stdout, code: exited } = await runCli(['serve', '--port', '0', '--json', ...args], {
      env: { INTERCOM_WEBHOOK_SECRET: SECRET },
    });
    const record = expectValid(stdout.trim(), 'serve');
    expect([exited, record]).toMatchObject([exitCode, { type: 'error', error: { code } }]);
  });

  test('on a port that is taken, and says what to do', async () => {
    const { port } = await startServe();
    const cwd = temporaryFolder();
    const { code, stdout, stderr } = await runCli(['serve', '--port', String(port), '--store', 'x.db'], { cwd });
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is in use`);
    expect(stderr).toContain('--port 0');
  });
});
