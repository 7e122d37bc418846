import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finished, runCli, startCli, temporaryFolder } from '../support/cli.ts';
import * as hostile from '../support/hostile-server.ts';
import { always, record, type Recorder, saying, strictFor } from '../support/recorder.ts';
import { expectValid } from '../support/schemas.ts';
import { runShell } from '../support/shell.ts';
import { openTerminal } from '../support/terminal.ts';

const PAYLOADS = join(import.meta.dirname, '../fixtures/payloads');
const FILES = readdirSync(PAYLOADS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
/** A key that no text contains by chance: none may be seen anywhere. */
const KEY = 'canary-0f2b-not-a-real-key';
const HOSTILE_CHARACTERS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
}

/** `send-test` as a user runs it; whatever it prints is harmless and never holds the key. */
async function sendTest(args: readonly string[], { env, ...options }: Options = {}): Promise<Finished> {
  const finished = await runCli(['send-test', ...args], {
    ...options,
    env: { INTERCOM_WEBHOOK_SECRET: KEY, ...env },
  });
  for (const text of [finished.stdout, finished.stderr]) {
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(Buffer.from(KEY).toString('hex'));
    expect(text).not.toMatch(HOSTILE_CHARACTERS);
  }
  return finished;
}

interface SentJson {
  readonly ok: boolean;
  readonly mode: string;
  readonly summary: Record<string, number>;
  readonly deliveries: readonly (Record<string, unknown> & {
    readonly curl: string;
    readonly request: {
      readonly headers: readonly [string, string][];
      readonly body: string;
      readonly bodyEncoding: string;
    };
    readonly answer: { readonly text: string; readonly end: string };
  })[];
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

async function sendJson(
  args: readonly string[],
  options: Options = {},
): Promise<{ code: number | null; json: SentJson }> {
  const { stdout, code } = await sendTest([...args, '--json'], options);
  const json = expectValid(stdout, 'send-test') as unknown as SentJson;
  expect(json.ok).toBe(code === 0);
  return { code, json };
}

const to = ({ url }: Recorder): readonly string[] => ['--url', url];

describe('what is sent', () => {
  test("is the guide's three without a topic, with the documented headers and a right signature", async () => {
    const recorder = await record(KEY);
    const { code, stdout } = await sendTest(to(recorder));
    expect(code).toBe(0);
    expect(stdout).toContain('3 notifications: 3 as expected');
    expect(recorder.requests.map(({ body }) => (JSON.parse(body.toString()) as { topic: string }).topic)).toEqual([
      'contact.user.created',
      'conversation.user.created',
      'conversation.admin.replied',
    ]);
    for (const request of recorder.requests) {
      expect(request).toMatchObject({ method: 'POST', path: '/intercom/webhook', signedWith: 'sha1' });
      const signature = createHmac('sha1', KEY).update(request.body).digest('hex');
      expect(saying(request)).toEqual([
        'accept: application/json',
        `content-length: ${request.body.length}`,
        'content-type: application/json',
        `host: ${new URL(recorder.url).host}`,
        'user-agent: intercom-parrot-service-client/1.0',
        `x-hub-signature: sha1=${signature}`,
        'x-propiq-probe: send-test',
      ]);
    }
  });

  test.each(FILES)('is %s to the byte', async (file) => {
    const recorder = await record(KEY);
    const body = readFileSync(join(PAYLOADS, file));
    const { code } = await sendTest([...to(recorder), '--data', `@${join(PAYLOADS, file)}`]);
    expect(code).toBe(0);
    expect(recorder.requests).toMatchObject([{ signedWith: 'sha1' }]);
    expect(recorder.requests[0]?.body.equals(body)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['NUL, CR LF, a byte order mark', '\uFEFF{"a":"\u0000"}\r\n'],
    ['a lone high byte', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['every byte', Uint8Array.from({ length: 256 }, (_, at) => at)],
    ['300 kB', 'x'.repeat(300_000)],
    ['what only looks like a file', '@-'],
  ])('from standard input is untouched: %s', async (_, bytes) => {
    const recorder = await record(KEY);
    const { code, stderr } = await sendTest([...to(recorder), '--data', '-'], { input: bytes });
    expect(code).toBe(0);
    expect(stderr).toContain('The data is no notification');
    expect(recorder.requests[0]?.body.equals(Buffer.from(bytes as Uint8Array))).toBe(true);
    expect(recorder.requests[0]?.signedWith).toBe('sha1');
  });

  test('has a fresh id and time each time, and the same bytes under a seed', async () => {
    const recorder = await record(KEY);
    for (const flags of [[], [], ['--seed', '7'], ['--seed', '7'], ['--seed', '8']]) {
      await sendTest([...to(recorder), 'contact.deleted', ...flags]);
    }
    const [one, two, seeded, again, other] = recorder.requests.map(({ body }) => body.toString());
    expect(one).not.toBe(two);
    expect(again).toBe(seeded);
    expect(other).not.toBe(seeded);
    const { id, created_at: madeAt } = JSON.parse(one ?? '') as { id: string; created_at: number };
    expect(id).toMatch(/^notif_[0-9a-f-]{36}$/);
    expect(Math.abs(madeAt - Date.now() / 1000)).toBeLessThan(120);
  });

  test('is changed by --set and --id', async () => {
    const recorder = await record(KEY);
    const set = ['--set', 'data.item.email=bo@example.com', '--set', 'data.item.custom_attributes.plan=pro'];
    const { code } = await sendTest([...to(recorder), 'contact.user.created', ...set, '--id', 'notif_1']);
    expect(code).toBe(0);
    expect(JSON.parse(recorder.requests[0]?.body.toString() ?? '')).toMatchObject({
      id: 'notif_1',
      data: { item: { email: 'bo@example.com', custom_attributes: { plan: 'pro' } } },
    });
  });

  test("is the guide's sample when asked for, as printed", async () => {
    const recorder = await record(KEY);
    const { json } = await sendJson([...to(recorder), '--sample', 'guide'], { env: { INTERCOM_APP_ID: 'abc123de' } });
    expect(json).toMatchObject({ sample: 'guide', apiVersion: null });
    const [user, conversation] = recorder.requests.map(({ body }) => body.toString());
    expect(user).toMatch(/^\{\n {2}"type": "notification_event",\n {2}"app_id": "abc123de",\n/);
    expect(user).toContain('"name": "John Doe"');
    expect(conversation).toContain('"id": "notif_xyz789"');
  });

  test.each([
    ['2.4', 'user.created', 'contact.user.created'],
    ['2.18', 'contact.user.created', 'user.created'],
  ])('with --all are the topics of API %s', async (version, one, other) => {
    const recorder = await record(KEY);
    const { code, json } = await sendJson([...to(recorder), '--all', '--api-version', version]);
    expect(code).toBe(0);
    const topics = json.deliveries.map(({ topic }) => topic);
    expect(topics).toEqual(expect.arrayContaining(['ping', one]));
    expect(topics).not.toContain(other);
    expect(recorder.requests.every(({ signedWith }) => signedWith === 'sha1')).toBe(true);
    expect(recorder.requests).toHaveLength(topics.length);
  });

  test('under an old name is said to be called otherwise now', async () => {
    const recorder = await record(KEY);
    const { stdout } = await sendTest([...to(recorder), 'user.created']);
    expect(stdout).toContain('user.created is an old name');
    expect(stdout.replaceAll('\n', ' ')).toContain('call it contact.user.created');
    const { json } = await sendJson([...to(recorder), 'user.created', '--api-version', '2.16']);
    expect(json.deliveries).toMatchObject([{ topic: 'user.created', currentName: 'contact.user.created' }]);
  });

  test('is signed with a secret from standard input, one line end removed', async () => {
    const recorder = await record('other-key');
    const { code } = await sendTest([...to(recorder), 'ping', '--secret-stdin'], { input: 'other-key\n' });
    expect(code).toBe(0);
  });

  test('is signed with a secret that a person types', async () => {
    const recorder = await record('typed-key');
    const terminal = openTerminal(['send-test', 'ping', ...to(recorder)]);
    await terminal.shows(/client secret/);
    terminal.type('typed-key\r');
    const { code, screen } = await terminal.ended;
    expect(code).toBe(0);
    expect(screen).not.toContain('typed-key');
    expect(recorder.requests).toMatchObject([{ signedWith: 'sha1' }]);
  });
});

describe('what is printed instead', () => {
  const bodies: readonly (readonly [string, string | Uint8Array])[] = [
    ['a notification', readFileSync(join(PAYLOADS, 'ping.spaced.json'))],
    ['quotes, dollars and backticks', `{"a":"it's \\"$HOME\\" \`id\` \\\\ %s !! # ; & | < >"}\n\n`],
    ['an at sign first', '@/etc/hostname'],
    ['a dash first', '-n \u0001'],
    ['emoji and long lines', `{"a":"${'🎟 é '.repeat(500)}"}`],
    ['CR LF and tabs', '{\r\n\t"a": 1\r\n}\r\n'],
    ['a byte order mark', '\uFEFF{}'],
    ['escape sequences', '{"a":"\u001b[2J\u202e"}'],
    ['every byte', Uint8Array.from({ length: 256 }, (_, at) => at)],
    ['nothing', ''],
    ['150 kB of text', `{"a":"${"it's ".repeat(30_000)}"}`],
    ['150 kB of bytes', Uint8Array.from({ length: 150_000 }, (_, at) => (at * 7) % 256)],
    ['1.2 MB, for which curl would ask first', 'x'.repeat(1_200_000)],
  ];

  test.each(bodies)('makes sh and curl send the same bytes and headers: %s', async (_, body) => {
    const recorder = await record(KEY);
    const args = [...to(recorder), '--data', '-'];
    await sendTest(args, { input: body });
    const { json } = await sendJson([...args, '--print'], { input: body });
    expect(recorder.requests).toHaveLength(1);
    const { code, output } = await runShell(json.deliveries[0]?.curl ?? '');
    expect(code, output).toBe(0);
    const [sent, curled] = recorder.requests;
    expect(curled?.body.equals(Buffer.from(body as Uint8Array))).toBe(true);
    expect(curled?.signedWith).toBe('sha1');
    expect(saying(curled ?? never())).toEqual(saying(sent ?? never()));
  });

  test('is the whole request, in words and as fields, and nothing is sent', async () => {
    const recorder = await record(KEY);
    const args = [...to(recorder), 'ping', '--seed', '1'];
    const { stdout, code } = await sendTest([...args, '--print']);
    expect(code).toBe(0);
    const { json } = await sendJson([...args, '--dry-run']);
    const [printed] = json.deliveries;
    expect(json).toMatchObject({ mode: 'printed', summary: null });
    expect(recorder.requests).toHaveLength(0);
    await sendTest(args);
    const [sent] = recorder.requests;
    expect(printed?.request).toMatchObject({ bodyEncoding: 'utf8', body: sent?.body.toString() });
    for (const [name, value] of printed?.request.headers ?? []) {
      expect(stdout).toContain(`${name}: ${value}`);
      expect(saying(sent ?? never())).toContain(`${name.toLowerCase()}: ${value}`);
    }
    expect(stdout).toContain('POST /intercom/webhook HTTP/1.1');
    expect(stdout).toContain(sent?.body.toString());
    expect(stdout.trimEnd().endsWith(printed?.curl ?? never())).toBe(true);
  });

  test('of a forgery is that forgery', async () => {
    const recorder = await record(KEY);
    for (const flag of ['--unsigned', '--wrong-secret', '--tamper']) {
      const { json } = await sendJson([...to(recorder), 'ping', flag, '--print']);
      const { code } = await runShell(json.deliveries[0]?.curl ?? '');
      expect(code).toBe(0);
    }
    expect(recorder.requests.map(({ signedWith }) => signedWith)).toEqual([null, null, null]);
    expect(recorder.requests[0]?.headers.map(([name]) => name)).not.toContain('x-hub-signature');
  });
});

describe('the answer decides', () => {
  test.each([
    [[], 200, 0],
    [[], 204, 0],
    [[], 500, 1],
    [[], 301, 1],
    [[], 410, 1],
    [['--expect', '500'], 500, 0],
    [['--expect', '4xx'], 404, 0],
    [['--expect', '200,204'], 201, 1],
    [['--unsigned'], 401, 0],
    [['--unsigned'], 200, 1],
    [['--wrong-secret'], 401, 0],
    [['--tamper'], 401, 0],
    [['--tamper'], 200, 1],
    [['--unsigned', '--expect', '403'], 403, 0],
  ])('%j and %i: exit code %i', async (flags, status, expected) => {
    const recorder = await record(KEY, always(status, '{"detail":"because"}', { Location: '/elsewhere' }));
    const { code, json } = await sendJson([...to(recorder), 'ping', ...flags]);
    expect(code).toBe(expected);
    expect(json.deliveries[0]).toMatchObject({ status, meaning: expected === 0 ? null : expect.anything() });
  });

  test('and what it means for Intercom is said, with the next command', async () => {
    const recorder = await record(KEY, always(404, '<h1>Not Found</h1>'));
    const { code, stdout } = await sendTest([...to(recorder), 'ping', 'contact.deleted']);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ failed    contact.deleted  404');
    expect(stdout).toContain('answer: <h1>Not Found</h1>');
    expect(stdout.match(/There is no route at \/intercom\/webhook/g)).toHaveLength(1);
    expect(stdout).toContain('2 notifications: 0 as expected, 2 not');
  });

  test('auto: a receiver for sha256 only takes it the second time, and hears what that means', async () => {
    const recorder = await record(KEY, strictFor('sha256'));
    const { code, stdout } = await sendTest([...to(recorder), 'ping']);
    expect(code).toBe(0);
    expect(recorder.requests.map(({ signedWith }) => signedWith)).toEqual(['sha1', 'sha256']);
    expect(stdout.replaceAll('\n', ' ')).toContain('every real delivery will be refused');
    const { json } = await sendJson([...to(recorder), 'ping']);
    expect(json.deliveries).toMatchObject([
      {
        algorithm: 'sha256',
        attempts: [
          { algorithm: 'sha1', status: 401 },
          { algorithm: 'sha256', status: 200 },
        ],
      },
    ]);
    expect(await sendTest([...to(recorder), 'ping', '--algorithm', 'sha1'])).toMatchObject({ code: 1 });
    expect(await sendTest([...to(recorder), 'ping', '--algorithm', 'sha256'])).toMatchObject({ code: 0 });
  });

  test('none at all is exit code 3, with the cause', async () => {
    const port = await hostile.freePort();
    const { code, json } = await sendJson(['--url', `http://127.0.0.1:${port}/hook`]);
    expect(code).toBe(3);
    expect(json.error).toMatchObject({ code: 'net/refused', message: expect.stringContaining('None of the 3') });
    const { stderr, stdout } = await sendTest(['--url', `http://127.0.0.1:${port}/hook`, 'ping']);
    expect(stdout).toBe('');
    expect(stderr).toContain(`127.0.0.1:${port} refused the connection`);
  });

  test('one missing among others is 3, unless another is wrong', async () => {
    const silentFor =
      (nth: number, status: number): Parameters<typeof record>[1] =>
      (_, response, at) => {
        if (at === nth) response.destroy();
        else response.writeHead(status).end();
      };
    const two = ['ping', 'contact.deleted', '--timeout', '2s'];
    const partly = await sendJson([...to(await record(KEY, silentFor(0, 200))), ...two]);
    expect(partly.code).toBe(3);
    expect(partly.json.deliveries).toMatchObject([{ verdict: 'unanswered', status: null }, { verdict: 'as-expected' }]);
    expect((await sendJson([...to(await record(KEY, silentFor(0, 500))), ...two])).code).toBe(1);
  });
});

describe('an answer that means no good', () => {
  const cases: readonly (readonly [string, hostile.Behaviour, number | null])[] = [
    ['never comes', hostile.neverAnswers, 3],
    ['stops in the header', hostile.halfAHeader, 3],
    ['is another protocol', hostile.garbage, 3],
    ['is a header without end', hostile.endlessHeader, 3],
    ['is a reset', hostile.resetsAtOnce, 3],
    ['is reset half-way', hostile.resetMidBody, 1],
    ['is shorter than announced', hostile.shorterThanAnnounced, 1],
    ['is longer than announced', hostile.longerThanAnnounced, 0],
    ['never ends', hostile.endlessBody, 0],
    ['announces 10 GB', hostile.tenGigabytes, 0],
    ['drips', hostile.byteByByte('HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\nslow', 40), 1],
    ['is a compressed bomb', hostile.gzipBomb(), 0],
    ['carries escape sequences', hostile.escapeSequences, 0],
  ];

  test.each(cases)('and %s ends soon, with a clear result', async (_, behaviour, expected) => {
    const server = await hostile.hostileServer(behaviour);
    const { code, json } = await sendJson(['--url', `${server.url}/hook`, 'ping', '--timeout', '3s']);
    expect(code).toBe(expected);
    if (expected === 3) expect(json.error?.code).toMatch(/^net\//);
    else expect(json.deliveries[0]?.answer.text.length).toBeLessThan(400);
    expect(JSON.stringify(json)).not.toMatch(/fetch failed|undefined|\bat .*:\d+:\d+/);
  });
});

test('escape sequences in an answer are not obeyed, and a bomb is not unpacked', async () => {
  const recorder = await record(KEY, always(500, '\u001b[2J\u001b]0;title\u0007Oops\u202e \u009b31m'));
  expect((await sendTest([...to(recorder), 'ping'])).stdout).toMatch(/answer: .*Oops/);
  const server = await hostile.hostileServer(hostile.gzipBomb());
  const { stdout } = await sendTest(['--url', `${server.url}/hook`, 'ping', '--expect', '500']);
  expect(stdout).toContain('compressed as gzip, which was not asked for');
});

describe('refuses before anything is sent', () => {
  const here = { INTERCOM_WEBHOOK_URL: 'http://127.0.0.1:1/intercom/webhook' };

  test.each([
    ['an unknown topic', ['contact.user.creatd'], 'topic/unknown', /contact\.user\.created/],
    ['a topic without a known shape', ['call.started'], 'topic/unknown-shape', /--data @/],
    ['a topic of another version', ['ticket.created', '--api-version', '2.5'], 'topic/not-in-version', /topics list/],
    ['an unknown version', ['--api-version', '2.99'], 'usage/invalid-value', /2\.9|--api-version/],
    ['an unknown algorithm', ['--algorithm', 'sha265'], 'usage/invalid-value', /sha256/],
    ['an unknown kind of sample', ['--sample', 'guid'], 'usage/invalid-value', /guide/],
    ['an unknown flag', ['--unsinged'], 'usage/unknown-option', /--unsigned/],
    ['a status that is none', ['--expect', 'ok'], 'usage/invalid-value', /--expect 2xx/],
    ['a time that is none', ['--timeout', '5'], 'usage/invalid-value', /5s/],
    [
      'a path that matches nothing',
      ['ping', '--set', 'data.item.mesage=x'],
      'sample/unknown-path',
      /data\.item\.message/,
    ],
    ['a path that is none', ['ping', '--set', 'message'], 'usage/invalid-value', /--set/],
    ['an empty id', ['ping', '--id', ''], 'usage/invalid-value', /--id/],
    ['two faults at once', ['--unsigned', '--tamper'], 'usage/conflict', /one at a time/],
    ['--all with topics', ['--all', 'ping'], 'usage/conflict', /Leave one/],
    ['--data with topics', ['--data', '-', 'ping'], 'usage/conflict', /Leave one/],
    ['--data with --set', ['--data', '-', '--set', 'a=b'], 'usage/conflict', /Leave one/],
    ['--data and a secret from one standard input', ['--data', '-', '--secret-stdin'], 'usage/conflict', /--data @/],
    ['a version with the guide', ['--sample', 'guide', '--api-version', '2.4'], 'usage/conflict', /--api-version/],
    ['what the guide does not print', ['ping', '--sample', 'guide'], 'usage/invalid-value', /guide/],
    [
      'a URL without a scheme',
      ['--url', 'propiq.example'],
      'url/missing-scheme',
      /https:\/\/propiq\.example\/intercom\/webhook/,
    ],
    [
      'plain http to a public host',
      ['--url', 'http://propiq.example/hook', '--yes'],
      'url/insecure',
      /https:\/\/propiq/,
    ],
  ])('%s', async (_, args, code, hint) => {
    const finished = await sendJson(args, { env: here });
    expect(finished.code).toBe(2);
    expect(finished.json.error).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });

  test('data that cannot be read', async () => {
    const { code, json } = await sendJson(['--data', '@missing.json'], { env: here });
    expect(code).toBe(5);
    expect(json.error).toMatchObject({ code: 'io/read' });
  });

  test('a host other than the configured one, unless it is meant', async () => {
    const recorder = await record(KEY);
    const env = { INTERCOM_WEBHOOK_URL: 'https://propiq.example/intercom/webhook' };
    const refused = await sendJson([...to(recorder), 'ping'], { env });
    expect(refused).toMatchObject({ code: 2, json: { error: { code: 'usage/needs-yes' } } });
    expect(recorder.requests).toHaveLength(0);
    expect((await sendJson([...to(recorder), 'ping', '--yes'], { env })).code).toBe(0);
    expect((await sendJson([...to(recorder), 'ping', '--print'], { env })).code).toBe(0);
    const near = { INTERCOM_WEBHOOK_URL: 'http://localhost:1/intercom/webhook' };
    expect((await sendJson([...to(recorder), 'ping'], { env: near })).code).toBe(0);
  });

  test('that host also where a person is asked and says no', async () => {
    const recorder = await record(KEY);
    const env = { INTERCOM_WEBHOOK_SECRET: KEY, INTERCOM_WEBHOOK_URL: 'https://propiq.example/intercom/webhook' };
    const answer = async (key: string): Promise<number> => {
      const terminal = openTerminal(['send-test', 'ping', ...to(recorder)], { env });
      await terminal.shows(/Configured is propiq\.example/);
      terminal.type(key);
      return (await terminal.ended).code;
    };
    expect(await answer('n\r')).toBe(2);
    expect(recorder.requests).toHaveLength(0);
    expect(await answer('y\r')).toBe(0);
    expect(recorder.requests).toHaveLength(1);
  });

  test.each(['whsec_YOUR_ACTUAL_SECRET_HERE', 'changeme', '   '])('the placeholder "%s"', async (secret) => {
    const recorder = await record(KEY);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `INTERCOM_WEBHOOK_SECRET="${secret}"\n`);
    const { stdout, code } = await runCli(['send-test', 'ping', ...to(recorder), '--json'], { cwd });
    expect(code).toBe(2);
    expect(expectValid(stdout, 'send-test')).toMatchObject({ error: { code: 'settings/secret-unusable' } });
    expect(recorder.requests).toHaveLength(0);
  });

  test('nothing without an address or a secret, and a forgery without one', async () => {
    const recorder = await record(KEY);
    expect((await sendJson(['ping'])).json.error).toMatchObject({ code: 'url/missing' });
    const bare = (flags: readonly string[]): Promise<Finished> =>
      runCli(['send-test', 'ping', ...to(recorder), '--json', ...flags]);
    expect(expectValid((await bare([])).stdout, 'send-test')).toMatchObject({
      error: { code: 'settings/secret-missing' },
    });
    expect((await bare(['--unsigned'])).code).toBe(0);
    expect((await bare(['--wrong-secret'])).code).toBe(0);
  });
});

test('a secret of an odd form is used, and said to look wrong', async () => {
  const odd = '"not-a-real-key"';
  const recorder = await record(odd);
  const { code, stderr } = await sendTest([...to(recorder), 'ping'], { env: { INTERCOM_WEBHOOK_SECRET: odd } });
  expect(code).toBe(0);
  expect(stderr).toContain('The webhook secret looks wrong: there are quotes around it');
  expect(stderr).not.toContain('not-a-real-key');
});

test('Ctrl-C while waiting is death by SIGINT, without a claim that nothing was sent', async () => {
  const server = await hostile.hostileServer(hostile.neverAnswers);
  const running = startCli(['send-test', 'ping', '--url', `${server.url}/hook`, '--timeout', '1m'], {
    env: { INTERCOM_WEBHOOK_SECRET: KEY },
  });
  await expect.poll(() => server.requests.length).toBe(1);
  running.child.kill('SIGINT');
  const { signal, stderr } = await running.finished;
  expect(signal).toBe('SIGINT');
  expect(stderr).not.toContain('nothing was changed');
  expect(stderr).toContain('has been sent');
});

function never(): never {
  throw new Error('the request is missing');
}
