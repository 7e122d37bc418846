import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finished, runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { event, freshPath, openFreshEngine } from '../support/inbox.ts';
import { send } from '../support/raw-http.ts';
import { expectValid } from '../support/schemas.ts';
import { delivery, notification, type Served, startServe } from '../support/serve.ts';

const PAYLOADS = join(import.meta.dirname, '../fixtures/payloads');
const FILES = readdirSync(PAYLOADS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

/** A command beside `serve`, on the same inbox. */
const beside = (served: Served, ...args: readonly string[]): Promise<Finished> =>
  runCli(args, { cwd: served.cwd, env: served.env });

describe('every captured payload', () => {
  test('goes through serve into events show --body, and comes back byte for byte', async () => {
    const served = await startServe();
    const ids = new Map<string, string>();
    for (const file of FILES) {
      // a duplicate id is one in the files too: the composed ones were made of the others
      const { body } = await send(served.port, delivery(readFileSync(join(PAYLOADS, file))));
      if (JSON.parse(body).status === 'received') {
        const { stdout } = await beside(served, 'events', 'list', '--limit', '1', '--json');
        ids.set(file, (JSON.parse(stdout) as { events: { id: string }[] }).events[0]?.id ?? '');
      }
    }
    expect(ids.size).toBe(FILES.length);
    for (const [file, id] of ids) {
      const { stdoutBytes, code, stderr } = await beside(served, 'events', 'show', id, '--body');
      expect([file, code, stderr, stdoutBytes.equals(readFileSync(join(PAYLOADS, file)))]).toEqual([file, 0, '', true]);
    }
  });

  test.each([
    ['white space and line ends', '{ "type" : "notification_event",\r\n\t"topic" : "ping" , "id" : null }\n\n'],
    [
      'escapes and letters beyond ASCII',
      '{"type":"notification_event","topic":"\\u0070ing\\/","id":"\u{1f600}\\ud83d","n":1.0e+2}',
    ],
    ['a byte order mark', '\ufeff{"type":"notification_event","topic":"ping"}'],
  ])('with %s too', async (_, body) => {
    const served = await startServe();
    expect((await send(served.port, delivery(body))).status).toBe(200);
    const { stdoutBytes } = await beside(served, 'events', 'show', 'evt_1', '--body');
    expect(stdoutBytes.equals(Buffer.from(body))).toBe(true);
    const exported = await beside(served, 'events', 'export');
    const [record] = exported.stdout.split('\n').map((line) => line && expectValid(line, 'events-export'));
    const { encoding, body: written } = record as { encoding: BufferEncoding; body: string };
    expect(Buffer.from(written, encoding).equals(Buffer.from(body))).toBe(true);
  });
});

describe('events list', () => {
  const topics = ['user.created', 'conversation.user.created', 'conversation.admin.single.created'];

  async function filled(): Promise<Served> {
    const served = await startServe();
    for (let at = 0; at < 25; at += 1)
      await send(served.port, delivery(notification(`notif_${at}`, topics[at % topics.length])));
    return served;
  }

  test('pages from the newest to the oldest, by cursor', async () => {
    const served = await filled();
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const { stdout } = await beside(
        served,
        'events',
        'list',
        '--json',
        '--limit',
        '10',
        ...(next ? ['--after', next] : []),
      );
      const page = expectValid(stdout, 'events-list') as unknown as {
        events: { notificationId: string }[];
        next: string | null;
      };
      seen.push(...page.events.map(({ notificationId }) => notificationId));
      next = page.next;
      await send(served.port, delivery(notification(null, 'ping')));
    } while (next !== null);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, at) => `notif_${24 - at}`));
  });

  test('shows a table that fits 80 columns, and how to go on', async () => {
    const served = await filled();
    const { stdout, stderr } = await beside(served, 'events', 'list');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[1]).toMatch(/^evt_000000000025 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}received {2}user\.created$/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stderr).toBe('More: propiq-intercom events list --after evt_000000000006\n');
  });

  test('by topic', async () => {
    const served = await filled();
    const { stdout } = await beside(served, 'events', 'list', '--topic', 'user.created', '--json');
    const { events, next } = expectValid(stdout, 'events-list') as unknown as {
      events: { topic: string }[];
      next: null;
    };
    expect([events.length, new Set(events.map(({ topic }) => topic)), next]).toEqual([
      9,
      new Set(['user.created']),
      null,
    ]);
    const none = await beside(served, 'events', 'list', '--topic', 'nothing');
    expect(none).toMatchObject({ stdout: '', stderr: 'No events.\n', code: 0 });
  });

  test.each([
    [['--limit', '0'], 'usage/invalid-value'],
    [['--limit', '1001'], 'usage/invalid-value'],
    [['--after', 'notif_1'], 'usage/invalid-value'],
  ])('refuses %j', async (args, code) => {
    const { stdout, code: exited } = await runCli(['events', 'list', '--json', ...args]);
    expect([exited, expectValid(stdout, 'events-list')]).toMatchObject([2, { ok: false, error: { code } }]);
  });
});

describe('where there is no inbox', () => {
  test('of this user yet, lists are empty and say so, and nothing is made', async () => {
    const cwd = temporaryFolder();
    const list = await runCli(['events', 'list'], { cwd });
    expect(list).toMatchObject({ stdout: '', code: 0 });
    expect(list.stderr).toContain('There is no inbox yet');
    expect(expectValid((await runCli(['events', 'list', '--json'], { cwd })).stdout, 'events-list')).toMatchObject({
      events: [],
      next: null,
    });
    expect((await runCli(['events', 'export'], { cwd })).stdout).toBe('{"type":"summary","events":0}\n');
    expect((await runCli(['events', 'show', 'evt_1'], { cwd })).code).toBe(2);
    expect(existsSync(join(cwd, 'state'))).toBe(false);
  });

  test.each([
    ['events-list', ['events', 'list']],
    ['events-show', ['events', 'show', 'evt_1']],
    ['events-export', ['events', 'export']],
  ])('that was named, %s is an error', async (schema, args) => {
    for (const [flags, env] of [
      [['--store', 'nowhere.db'], {}],
      [[], { PROPIQ_INTERCOM_STORE: 'nowhere.db' }],
    ] as const) {
      const { stdout, code } = await runCli([...args, ...flags, '--json'], { env });
      expect([code, expectValid(stdout, schema)]).toMatchObject([5, { error: { code: 'inbox/missing' } }]);
    }
  });

  test('but a folder or another file', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'folder'));
    const folder = await runCli(['events', 'list', '--store', 'folder', '--json'], { cwd });
    expect([folder.code, JSON.parse(folder.stdout)]).toMatchObject([5, { error: { code: 'inbox/is-a-directory' } }]);
    const other = await runCli(['events', 'list', '--store', join(PAYLOADS, FILES[0] ?? ''), '--json'], { cwd });
    expect([other.code, JSON.parse(other.stdout)]).toMatchObject([5, { error: { code: 'inbox/not-a-database' } }]);
  });
});

describe('events show', () => {
  test('takes either id, and fits the schema', async () => {
    const served = await startServe();
    const lines = ['X-Twice: b', 'x-twice: \u00e9'];
    const sent = delivery(notification('notif_1'));
    const head = sent.toString('latin1').replace('Content-Type', `${lines.join('\r\n')}\r\nContent-Type`);
    await send(served.port, Buffer.from(head, 'latin1'));
    const [one, other] = [
      await beside(served, 'events', 'show', 'notif_1', '--json'),
      await beside(served, 'events', 'show', 'evt_000000000001', '--json'),
    ];
    expect(one.stdout).toBe(other.stdout);
    const { event: shown } = expectValid(one.stdout, 'events-show') as { event: Record<string, unknown> };
    expect(shown).toMatchObject({ notificationId: 'notif_1', encoding: 'utf-8', body: notification('notif_1') });
    expect(shown['headers']).toContainEqual(['X-Twice', 'b']);
    expect(shown['headers']).toContainEqual(['x-twice', '\u00e9']);
    expect(shown['headers']).toContainEqual(['X-Hub-Signature', expect.stringMatching(/^sha1=[0-9a-f]{40}$/)]);
    const text = await beside(served, 'events', 'show', 'notif_1');
    expect(text.stdout).toContain('  "topic": "user.created"');
  });

  test.each([
    [
      'a body nested 100,000 deep',
      `{"type":"notification_event","topic":"x","d":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ],
    ['a body of 900 kB', `{"type":"notification_event","topic":"x","d":["${'y'.repeat(900_000)}"]}`],
    [
      'what a terminal would obey',
      '{"type":"notification_event","topic":"x\u009b31m","d":"\u009b31m\u202e\u2028\u007f"}',
    ],
  ])('%s is shown, stripped', async (_, body) => {
    const served = await startServe();
    expect((await send(served.port, delivery(body))).status).toBe(200);
    for (const args of [['show', 'evt_1'], ['show', 'evt_1', '--json'], ['export'], ['list'], ['list', '--json']]) {
      const { stdout, code, stderr } = await beside(served, 'events', ...args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.length).toBeGreaterThan(50);
      expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\u2028]/u);
    }
  });
});

describe('events export', () => {
  const COUNT = 100_000;

  test('of 100,000 events through a pipe that is read slowly arrives whole', async () => {
    const cwd = temporaryFolder();
    const store = join(cwd, 'inbox.db');
    const engine = await openFreshEngine(store);
    for (let at = 0; at < COUNT; at += 5000) {
      engine.addAll(
        Array.from({ length: 5000 }, (_, more) => ({
          ...event({ notificationId: `notif_${at + more}`, body: Buffer.from(notification(`notif_${at + more}`)) }),
          headers: Buffer.from('[["Host","x"]]'),
        })),
      );
    }
    const running = startCli(['events', 'export', '--store', store], { cwd });
    const { stdout } = running.child;
    let lines = 0;
    let last = '';
    let first: string | undefined;
    stdout?.on('data', (part: Buffer) => {
      const pieces = (last + part.toString()).split('\n');
      last = pieces.pop() ?? '';
      first ??= pieces[0];
      lines += pieces.length;
      if (lines % 7 === 0) {
        stdout.pause();
        setImmediate(() => stdout.resume());
      }
    });
    const { code, stdout: all, stderr } = await running.finished;
    expect([code, stderr, lines, last]).toEqual([0, '', COUNT + 1, '']);
    expect(expectValid(first ?? '', 'events-export')).toMatchObject({
      id: 'evt_000000000001',
      notificationId: 'notif_0',
    });
    const records = all.trimEnd().split('\n');
    expect(expectValid(records.at(-2) ?? '', 'events-export')).toMatchObject({ notificationId: `notif_${COUNT - 1}` });
    expect(records.at(-1)).toBe(`{"type":"summary","events":${COUNT}}`);
  });

  test('starts behind an event, by topic', async () => {
    const served = await startServe();
    for (let at = 0; at < 6; at += 1)
      await send(served.port, delivery(notification(`notif_${at}`, at % 2 ? 'a' : 'b')));
    const { stdout } = await beside(
      served,
      'events',
      'export',
      '--after',
      'evt_000000000002',
      '--topic',
      'a',
      '--json',
    );
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => expectValid(line, 'events-export'));
    expect(records.map(({ notificationId, events }) => notificationId ?? events)).toEqual(['notif_3', 'notif_5', 2]);
  });

  test('whose reader goes away ends in silence', async () => {
    const served = await startServe();
    for (let at = 0; at < 30; at += 1) await send(served.port, delivery(notification(null).padEnd(100_000)));
    const running = startCli(['events', 'export'], { cwd: served.cwd, env: served.env });
    if (running.child.stdout) await once(running.child.stdout, 'data');
    running.child.stdout?.destroy();
    expect((await running.finished).stderr).toBe('');
  });
});

test('two commands read the inbox while it is filled', async () => {
  const served = await startServe();
  const done = new AbortController();
  const filling = (async () => {
    let at = 0;
    for (; !done.signal.aborted; at += 1)
      expect((await send(served.port, delivery(notification(`notif_${at}`)))).status).toBe(200);
    return at;
  })();
  for (let round = 0; round < 3; round += 1) {
    const [list, exported] = await Promise.all([
      beside(served, 'events', 'list', '--json'),
      beside(served, 'events', 'export'),
    ]);
    expect([list.code, exported.code, list.stderr, exported.stderr]).toEqual([0, 0, '', '']);
  }
  done.abort();
  const stored = await filling;
  const { stdout } = await beside(served, 'events', 'export');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(`{"type":"summary","events":${stored}}`);
});

test('an export whose reader stands still ends with the first SIGINT', async () => {
  const path = freshPath();
  const engine = await openFreshEngine(path);
  const rows = Array.from({ length: 500 }, (_, at) => ({
    ...event({ notificationId: `notif_${at}` }),
    headers: Buffer.from('[]'),
    body: Buffer.alloc(10_000, 'x'),
  }));
  engine.addAll(rows);
  const { child, finished } = startCli(['events', 'export', '--store', path]);
  child.stdout?.pause();
  // what it has written does not grow any more
  let before = '';
  await expect
    .poll(
      () => {
        const written = /wchar: (\d+)/.exec(readFileSync(`/proc/${child.pid}/io`, 'utf8'))?.[1] ?? '';
        const isStill = Number(written) > 65_536 && written === before;
        before = written;
        return isStill;
      },
      { interval: 50 },
    )
    .toBe(true);
  child.kill('SIGINT');
  const exited = new Promise((done) => child.once('exit', (_, signal) => done(signal)));
  expect(await exited).toBe('SIGINT');
  child.stdout?.resume();
  expect((await finished).stdout).not.toContain('summary');
});
