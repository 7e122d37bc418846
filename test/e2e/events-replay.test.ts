import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finished } from '../support/cli.ts';
import { beside, listEvents, serveWith, untilRecords } from '../support/handlers.ts';
import { send } from '../support/raw-http.ts';
import { always, record } from '../support/recorder.ts';
import { expectValid } from '../support/schemas.ts';
import { delivery, notification, SECRET, type Served, sign, startServe } from '../support/serve.ts';

const OLD = 'the-old-not-a-real-key';

/** Three events in an inbox, the first signed with a secret of before. */
async function filled(): Promise<Served> {
  const served = await startServe([], { env: { INTERCOM_WEBHOOK_SECRET_PREVIOUS: OLD } });
  const first = notification('notif_0');
  await send(
    served.port,
    delivery(first, [`x-hub-signature: ${sign(first, 'sha256', OLD)}`, 'X-Twice: a', 'X-Twice: b']),
  );
  await send(served.port, delivery(notification('notif_1', 'conversation.user.created')));
  await send(served.port, delivery(notification(null, 'ping')));
  return served;
}

interface Replay {
  readonly ok: boolean;
  readonly target: string;
  readonly queued: number | null;
  readonly summary: Record<string, number> | null;
  readonly events: readonly Record<string, unknown>[];
}

const replay = async (served: Served, ...args: readonly string[]): Promise<Finished & { told: Replay }> => {
  const finished = await beside(served, 'events', 'replay', '--json', ...args);
  return { ...finished, told: expectValid(finished.stdout, 'events-replay') as unknown as Replay };
};

describe('events replay --to', () => {
  test('original: the bytes and the header lines as they came, the old signature among them', async () => {
    const served = await filled();
    const target = await record(OLD);
    const { code, told } = await replay(served, 'notif_0', '--to', target.url);
    expect([code, told]).toMatchObject([
      0,
      {
        ok: true,
        target: target.url,
        mode: 'original',
        summary: { ok: 1, failed: 0 },
        events: [{ id: 'evt_000000000001', notificationId: 'notif_0', outcome: 'ok', status: 200, error: null }],
      },
    ]);
    const [request] = target.requests;
    expect([request?.body.toString(), request?.signedWith]).toEqual([notification('notif_0'), 'sha256']);
    expect(request?.headers.filter(([name]) => name === 'x-twice')).toEqual([
      ['x-twice', 'a'],
      ['x-twice', 'b'],
    ]);
  });

  test('re-signed: the same bytes with the present secret, by the algorithm of before, once', async () => {
    const served = await filled();
    const target = await record(SECRET);
    const { code } = await replay(served, 'notif_0', 'notif_1', '--to', target.url, '--mode', 're-signed');
    expect(code).toBe(0);
    expect(target.requests.map(({ signedWith }) => signedWith)).toEqual(['sha256', 'sha1']);
    for (const { headers } of target.requests)
      expect(headers.filter(([name]) => name === 'x-hub-signature')).toHaveLength(1);
  });

  test('sends the oldest first, and ends with 1 where an answer is not 2xx', async () => {
    const served = await filled();
    const target = await record(
      SECRET,
      (_, response, nth) => void response.writeHead([200, 302, 401][nth] ?? 500).end(),
    );
    const { code, told } = await replay(served, '--since', '1h', '--to', target.url);
    expect(code).toBe(1);
    expect(told.events.map(({ id, outcome, status }) => [id, outcome, status])).toEqual([
      ['evt_000000000001', 'ok', 200],
      ['evt_000000000002', 'failed', 302],
      ['evt_000000000003', 'failed', 401],
    ]);
    expect((await listEvents(served)).map(({ state }) => state)).toEqual(['received', 'received', 'received']);
  });

  test('ends with 3 where nobody answers', async () => {
    const served = await filled();
    const { stdout, code } = await beside(
      served,
      'events',
      'replay',
      '--json',
      '--topic',
      'ping',
      '--to',
      'http://127.0.0.1:1/',
    );
    expect([code, expectValid(stdout, 'events-replay')]).toMatchObject([
      3,
      { ok: false, error: { code: 'net/no-answer' } },
    ]);
  });

  test('to another computer, or of many, needs consent', async () => {
    const served = await filled();
    for (const args of [
      ['notif_0', '--to', 'https://propiq.example/hook'],
      ['notif_0', '--to', 'http://192.168.1.1/hook'],
    ]) {
      const { stdout, code } = await beside(served, 'events', 'replay', '--json', ...args);
      expect([code, expectValid(stdout, 'events-replay')]).toMatchObject([2, { error: { code: 'usage/needs-yes' } }]);
    }
    const dry = await replay(served, 'notif_0', '--to', 'https://propiq.example/hook', '--dry-run');
    expect([dry.code, dry.told]).toMatchObject([0, { dryRun: true, events: [{ id: 'evt_000000000001' }] }]);
    const target = await record(SECRET);
    for (let at = 0; at < 100; at += 1) await send(served.port, delivery(notification(`notif_m${at}`)));
    const many = await beside(served, 'events', 'replay', '--json', '--since', '1h', '--to', target.url);
    expect([many.code, JSON.parse(many.stdout)]).toMatchObject([2, { error: { code: 'usage/needs-yes' } }]);
    expect(target.requests).toEqual([]);
    const yes = await replay(served, '--since', '1h', '--to', target.url, '--mode', 're-signed', '--yes');
    expect([yes.code, yes.told.summary]).toEqual([0, { ok: 103, failed: 0, unanswered: 0, notSent: 0 }]);
  });
});

describe('events replay --handler', () => {
  test('runs the functions of a file, tells what failed, and leaves the inbox as it is', async () => {
    const served = await filled();
    writeFileSync(
      join(served.cwd, 'h.mjs'),
      `export const handlers = {
         'contact.user.created'({ id }, { eventId, attempt, log }) { log([id, eventId, attempt].join(' ')); },
         ping() { throw new TypeError('ada@example.com'); },
       };`,
    );
    const { code, told, stderr } = await replay(served, '--since', '1h', '--handler', 'h.mjs');
    expect(code).toBe(1);
    expect(told.events.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['ok', null],
      ['failed', 'there is no handler for its topic'],
      ['failed', 'TypeError at h.mjs:3'],
    ]);
    expect(stderr).toContain('evt_000000000001: notif_0 evt_000000000001 1');
    expect(stderr + JSON.stringify(told)).not.toContain('ada@example.com');
    expect((await listEvents(served)).map(({ state, attempts }) => [state, attempts])).toEqual(
      Array.from({ length: 3 }, () => ['received', 0]),
    );
  });

  test('ends one that never settles', async () => {
    const served = await filled();
    writeFileSync(join(served.cwd, 'h.mjs'), 'export default () => new Promise(() => {});');
    const { code, told } = await replay(served, 'notif_0', '--handler', 'h.mjs', '--handler-timeout', '50ms');
    expect([code, told.events[0]]).toMatchObject([1, { error: 'not done within 50 ms' }]);
  });
});

describe('events replay into the queue', () => {
  test('dead letters are handled by the serve that runs', async () => {
    const served = await serveWith(
      `import { existsSync } from 'node:fs';
       export default () => { if (!existsSync('mended')) throw new Error('not yet'); };`,
      ['--max-attempts', '1'],
    );
    for (const id of ['notif_0', 'notif_1']) await send(served.port, delivery(notification(id)));
    await untilRecords(served, 'handled', 2);
    writeFileSync(join(served.cwd, 'mended'), '');
    const { code, told } = await replay(served, '--state', 'dead');
    expect([code, told]).toMatchObject([0, { ok: true, target: 'queue', queued: 2 }]);
    const handled = await untilRecords(served, 'handled', 4);
    expect(handled.slice(2).map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      ['handled', 1],
      ['handled', 1],
    ]);
    const again = await replay(served, 'notif_0');
    expect(again.told).toMatchObject({ queued: 1 });
    expect((await untilRecords(served, 'handled', 5)).at(-1)).toMatchObject({
      id: 'evt_000000000001',
      outcome: 'handled',
    });
  });
});

describe('events replay refuses', () => {
  test.each([
    [[], 'usage/missing-input'],
    [['notif_0', '--state', 'dead'], 'usage/conflict'],
    [['notif_0', '--to', 'http://127.0.0.1:1/', '--handler', 'h.mjs'], 'usage/conflict'],
    [['notif_0', '--mode', 're-signed'], 'usage/conflict'],
    [['notif_0', '--to', 'http://127.0.0.1:1/', '--secret-stdin'], 'usage/conflict'],
    [['--state', 'gone'], 'usage/invalid-value'],
    [['--since', 'yesterday'], 'usage/invalid-value'],
    [['notif_0', 'notif_x', '--to', 'http://127.0.0.1:1/'], 'inbox/unknown-event'],
    [['notif_0', '--to', 'http://example.com/'], 'url/insecure'],
    [['notif_0', '--to', 'example.com'], 'url/missing-scheme'],
  ])('%j', async (args, error) => {
    const served = await filled();
    const { stdout, code } = await beside(served, 'events', 'replay', '--json', ...args);
    expect([code, expectValid(stdout, 'events-replay')]).toMatchObject([2, { error: { code: error } }]);
  });
});

describe('filters', () => {
  test.each([
    [['--topic', 'ping'], [3]],
    [
      ['--state', 'received'],
      [1, 2, 3],
    ],
    [['--state', 'dead,handled'], []],
    [
      ['--since', '1h', '--until', '0s'],
      [1, 2, 3],
    ],
    [['--until', '1h'], []],
    [['--id', 'notif_1'], [2]],
    [['--id', 'evt_000000000003'], [3]],
    [['--text', 'conversation'], [2]],
    [['--text', '"notif_0"'], [1]],
    [['--text', '%'], []],
  ])('events list %j', async (args, wanted) => {
    const served = await filled();
    expect((await listEvents(served, ...args)).map(({ id }) => Number(id.slice(4)))).toEqual(wanted);
  });

  test('stay in the line that asks for the next page', async () => {
    const served = await filled();
    const { stderr } = await beside(served, 'events', 'list', '--limit', '1', '--state', 'received', '--since', '1h');
    expect(stderr).toBe(
      'More: propiq-intercom events list --limit 1 --state received --since 1h --after evt_000000000003\n',
    );
  });

  test('choose what is exported', async () => {
    const served = await filled();
    const { stdout } = await beside(served, 'events', 'export', '--text', 'conversation', '--state', 'received');
    const [event, summary] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => expectValid(line, 'events-export'));
    expect([event, summary]).toMatchObject([
      { notificationId: 'notif_1', lastError: null, retryAt: null },
      { events: 1 },
    ]);
  });
});

describe('events prune', () => {
  const prune = async (served: Served, ...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { stdout, code } = await beside(served, 'events', 'prune', '--json', ...args);
    return { ...expectValid(stdout, 'events-prune'), code };
  };

  test('takes handled events only, counts first, asks, and keeps the ids: a late duplicate stays one', async () => {
    const served = await serveWith(`export const handlers = { ping() { throw 1; }, default() {} };`, [
      '--max-attempts',
      '1',
    ]);
    await send(served.port, delivery(notification('notif_0')));
    await send(served.port, delivery(notification(null, 'ping')));
    await untilRecords(served, 'handled', 2);
    expect(await prune(served, '--before', '1d', '--yes')).toMatchObject({ ok: true, events: 0 });
    expect(await prune(served, '--before', '0s', '--dry-run')).toMatchObject({
      dryRun: true,
      events: 1,
      states: ['handled'],
    });
    expect(await prune(served, '--before', '0s')).toMatchObject({ code: 2, error: { code: 'usage/needs-yes' } });
    expect(await listEvents(served)).toHaveLength(2);
    expect(await prune(served, '--before', '0s', '--yes')).toMatchObject({ code: 0, events: 1 });
    expect((await listEvents(served)).map(({ state }) => state)).toEqual(['dead']);
    const late = await send(served.port, delivery(notification('notif_0')));
    expect([late.status, late.body]).toEqual([200, '{"status":"duplicate","topic":"user.created"}']);
    expect(await prune(served, '--max-size', '1', '--state', 'dead', '--yes')).toMatchObject({ events: 1 });
    expect(await listEvents(served)).toEqual([]);
  });

  test('keeps the newest up to a size', async () => {
    const served = await filled();
    const { bytes } = await prune(served, '--max-size', '1', '--state', 'received', '--dry-run');
    expect(await prune(served, '--max-size', String(Number(bytes) - 1), '--state', 'received', '--yes')).toMatchObject({
      events: 1,
    });
    expect((await listEvents(served)).map(({ id }) => id)).toEqual(['evt_000000000002', 'evt_000000000003']);
  });

  test.each([
    [[], 'usage/missing-input'],
    [['--before', 'soon'], 'usage/invalid-value'],
    [['--before', '1d', '--state', 'gone'], 'usage/invalid-value'],
    [['--max-size', '0'], 'usage/invalid-value'],
  ])('refuses %j', async (args, code) => {
    const served = await filled();
    expect(await prune(served, ...args)).toMatchObject({ code: 2, error: { code } });
  });
});

test('a target that takes nothing after three tries is left alone', async () => {
  const served = await filled();
  await send(served.port, delivery(notification('notif_3')));
  await send(served.port, delivery(notification('notif_4')));
  const target = await record(SECRET, (request, response, nth) =>
    nth === 0 ? always(200)(request, response, nth) : void response.destroy(),
  );
  const { code, told } = await replay(served, '--since', '1h', '--to', target.url);
  expect([code, told.summary]).toEqual([3, { ok: 1, failed: 0, unanswered: 3, notSent: 1 }]);
});
