import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startCli, temporaryFolder } from '../support/cli.ts';
import { beside, listEvents, recordsOf, serveWith, untilRecords } from '../support/handlers.ts';
import { send } from '../support/raw-http.ts';
import { expectValid } from '../support/schemas.ts';
import { delivery, notification, SECRET, type Served, startServe } from '../support/serve.ts';

const post = async ({ port }: Served, id: string | null, topic?: string): Promise<void> => {
  expect((await send(port, delivery(notification(id, topic)))).status).toBe(200);
};

/** Each call is a line of a file, written by the handler itself. */
const NOTING = `
  import { appendFileSync } from 'node:fs';
  const note = (name) => ({ id, topic }, { eventId, attempt }) => appendFileSync('calls', [name, topic, id, eventId, attempt].join(' ') + '\\n');
`;
const calls = ({ cwd }: { cwd: string }): readonly string[] =>
  existsSync(join(cwd, 'calls')) ? readFileSync(join(cwd, 'calls'), 'utf8').split('\n').filter(Boolean) : [];

describe('handlers in a file', () => {
  test.each([
    [
      'export const handlers',
      `export const handlers = { 'contact.user.created': note('new'), default: note('rest') };`,
    ],
    ['a default object', `export default { 'contact.user.created': note('new'), default: note('rest') };`],
    [
      'exports named like topics, and a default',
      `const it = note('new'); export { it as 'contact.user.created' }; export default note('rest');`,
    ],
    ['the old name', `export const handlers = { 'user.created': note('new'), default: note('rest') };`],
  ])('exported as %s get the old and the new name of their topic, and the rest', async (_, source) => {
    const served = await serveWith(NOTING + source);
    await post(served, 'notif_1', 'user.created');
    await post(served, 'notif_2', 'contact.user.created');
    await post(served, null, 'ping');
    await post(served, 'notif_2', 'contact.user.created');
    const handled = await untilRecords(served, 'handled', 3);
    expect(handled.map(({ outcome, attempt, error, retryInMs }) => [outcome, attempt, error, retryInMs])).toEqual(
      Array.from({ length: 3 }, () => ['handled', 1, null, null]),
    );
    expect(calls(served).toSorted()).toEqual([
      'new contact.user.created notif_2 evt_000000000002 1',
      'new user.created notif_1 evt_000000000001 1',
      'rest ping  evt_000000000003 1',
    ]);
    expect((await listEvents(served)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['handled', 1],
      ['handled', 1],
      ['handled', 1],
    ]);
  });

  test('that lack a topic leave nothing to be done: it counts as handled, and is told once', async () => {
    const served = await serveWith('export const handlers = { ping() {} };');
    await post(served, 'notif_1', 'user.created');
    await post(served, 'notif_2', 'user.created');
    await untilRecords(served, 'handled', 2);
    served.child.kill('SIGTERM');
    const { stderr } = await served.finished;
    expect(stderr.match(/There is no handler for user\.created/g)).toHaveLength(1);
    expect(stderr).toContain('Handlers from handlers.mjs: 1 topic.');
  });

  test('run after the answer and apart from it, so many at once', async () => {
    const served = await serveWith(
      `import { appendFileSync, existsSync } from 'node:fs';
       let running = 0;
       export default async ({ id }) => {
         running += 1;
         appendFileSync('calls', running + '\\n');
         while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 5));
         running -= 1;
       };`,
      ['--concurrency', '3'],
    );
    for (let at = 0; at < 8; at += 1) await post(served, `notif_${at}`);
    writeFileSync(join(served.cwd, 'go'), '');
    await untilRecords(served, 'handled', 8);
    expect(Math.max(...calls(served).map(Number))).toBeLessThanOrEqual(3);
  });
});

describe('a handler that fails', () => {
  const PERSON = 'ada@example.com';
  const FAILING = `export default ({ data }) => { throw new TypeError('no user ${PERSON}, key ${SECRET}'); };`;

  test('is tried again, then its event is given up, kept, listed and told without personal data', async () => {
    const served = await serveWith(`\n${FAILING}`, ['--max-attempts', '3']);
    await post(served, 'notif_1');
    const handled = await untilRecords(served, 'handled', 3);
    const error = 'TypeError at handlers.mjs:2';
    expect(handled).toMatchObject([
      { attempt: 1, outcome: 'retry', error, retryInMs: expect.any(Number) as number },
      { attempt: 2, outcome: 'retry', error, retryInMs: expect.any(Number) as number },
      { attempt: 3, outcome: 'dead', error, retryInMs: null },
    ]);
    expect(await listEvents(served, '--state', 'dead')).toMatchObject([
      { id: 'evt_000000000001', state: 'dead', attempts: 3 },
    ]);
    const shown = await beside(served, 'events', 'show', 'notif_1', '--json');
    expect(expectValid(shown.stdout, 'events-show')['event']).toMatchObject({
      state: 'dead',
      lastError: `${error}: no user ${PERSON}, key [secret]`,
    });
    expect((await beside(served, 'events', 'show', 'notif_1')).stdout).toContain(`last error    ${error}: no user`);
    served.child.kill('SIGTERM');
    const { stdout, stderr } = await served.finished;
    expect(stderr).toContain('given up after 3 attempts: TypeError at handlers.mjs:2. It is kept.');
    expect(recordsOf(stdout, 'summary')[0]).toMatchObject({ handling: { retry: 2, dead: 1 } });
    for (const secret of [PERSON, SECRET]) expect(stdout + stderr).not.toContain(secret);
  });

  test('and then does not, is handled in the end', async () => {
    const served = await serveWith(
      `export default (n, { attempt }) => attempt < 3 ? Promise.reject(new Error('x')) : 1;`,
    );
    await post(served, 'notif_1');
    const handled = await untilRecords(served, 'handled', 3);
    expect(handled.map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'handled']);
    expect(await listEvents(served)).toMatchObject([{ state: 'handled', attempts: 3 }]);
  });

  test('because it never settles is timed out, and holds nobody up', async () => {
    const served = await serveWith(
      `export const handlers = { ping: () => new Promise(() => {}), 'user.created'() {} };`,
      ['--handler-timeout', '50ms', '--max-attempts', '1', '--concurrency', '1'],
    );
    await post(served, null, 'ping');
    await post(served, 'notif_1', 'user.created');
    const handled = await untilRecords(served, 'handled', 2);
    expect(handled).toMatchObject([
      { topic: 'ping', outcome: 'dead', error: 'not done within 50 ms' },
      { topic: 'user.created', outcome: 'handled' },
    ]);
  });

  test('because it spins is ended; meanwhile requests are answered, and afterwards events handled', async () => {
    const served = await serveWith(`export const handlers = { ping() { for (;;) ; }, 'user.created'() {} };`, [
      '--handler-timeout',
      '1500ms',
      '--max-attempts',
      '1',
      '--concurrency',
      '1',
    ]);
    await post(served, null, 'ping');
    await post(served, 'notif_1', 'user.created');
    expect(await untilRecords(served, 'handled', 2)).toMatchObject([{ outcome: 'dead' }, { outcome: 'handled' }]);
    served.child.kill('SIGTERM');
    expect((await served.finished).stderr).toContain('The thread of the handlers ended: Blocked');
  });

  test.each([
    [
      'an exception that nobody catches',
      `setTimeout(() => { throw new RangeError('later'); }, 1); await new Promise(() => {});`,
      'RangeError',
    ],
    [
      'a rejection that nobody handles',
      `void Promise.reject(new TypeError('x')); await new Promise(() => {});`,
      'TypeError',
    ],
    ['process.exit', `process.exit(0);`, 'Exit'],
  ])('by %s ends its thread, which is told; the receiver goes on', async (_, code, name) => {
    const served = await serveWith(`export const handlers = { async ping() { ${code} }, 'user.created'() {} };`, [
      '--max-attempts',
      '2',
    ]);
    await post(served, null, 'ping');
    expect(await untilRecords(served, 'handled', 2)).toMatchObject([{ outcome: 'retry' }, { outcome: 'dead' }]);
    await post(served, 'notif_1', 'user.created');
    expect((await untilRecords(served, 'handled', 3)).at(-1)).toMatchObject({ outcome: 'handled' });
    served.child.kill('SIGTERM');
    const { stderr, signal } = await served.finished;
    expect(stderr).toContain(`The thread of the handlers ended: ${name}`);
    expect(signal).toBe('SIGTERM');
  });

  test('prints to standard error, never among the records, and without secrets', async () => {
    const served = await serveWith(
      `console.log('loaded'); export default (n, { log }) => { console.log('{"type":"ready"}'); process.stdout.write('${SECRET}\\n'); console.error('\\u001b[31merror'); log('logged\\nline'); };`,
    );
    await post(served, 'notif_1');
    await untilRecords(served, 'handled', 1);
    served.child.kill('SIGTERM');
    const { stdout, stderr } = await served.finished;
    expect(recordsOf(stdout).map(({ type }) => type)).toEqual(['ready', 'event', 'handled', 'summary']);
    for (const line of ['loaded', '{"type":"ready"}', '[secret]', 'error', 'evt_000000000001: logged line'])
      expect(stderr.split('\n')).toContain(line);
    expect(stderr).not.toContain(SECRET);
  });

  test('a line that does not end takes no memory, and the next one is whole', async () => {
    const served = await serveWith(
      `export default () => { process.stdout.write('x'.repeat(2_000_000)); console.log('y'); console.log('the next'); };`,
    );
    await post(served, 'notif_1');
    await untilRecords(served, 'handled', 1);
    served.child.kill('SIGTERM');
    const { stderr } = await served.finished;
    const lines = stderr.split('\n');
    expect(lines).toContain('the next');
    expect(Math.max(...lines.map(({ length }) => length))).toBe(8192);
  });
});

test('the log in JSON holds the attempts, and what handlers print', async () => {
  const served = await serveWith(
    `export const handlers = { ping() { throw new TypeError('ada@example.com'); }, default() { console.log('printed'); } };`,
    ['--log-format', 'json', '--max-attempts', '1'],
  );
  await post(served, null, 'ping');
  await post(served, 'notif_1');
  await untilRecords(served, 'handled', 2);
  served.child.kill('SIGTERM');
  const { stderr } = await served.finished;
  const entries = stderr
    .trimEnd()
    .split('\n')
    .map((line) => expectValid(line, 'log'));
  expect(entries).toContainEqual(expect.objectContaining({ message: 'printed' }));
  expect(entries).toContainEqual(
    expect.objectContaining({ level: 'warn', outcome: 'dead', error: 'TypeError at handlers.mjs:1', attempt: 1 }),
  );
  expect(entries).toContainEqual(expect.objectContaining({ level: 'info', outcome: 'handled', topic: 'user.created' }));
  expect(stderr).not.toContain('ada@example.com');
});

describe('a module that cannot be used', () => {
  test.each([
    ['has a syntax error', 'const x = ;', 2, 'handler/cannot-load', 'handlers.mjs:1'],
    ['throws', 'throw new Error("no database");', 2, 'handler/cannot-load', 'no database'],
    ['exports nothing', '', 2, 'handler/no-handlers', 'no handler'],
    ['exports no function', 'export const handlers = { ping: 1 };', 2, 'handler/no-handlers', 'handlers[\\"ping\\"]'],
    ['is missing', undefined, 5, 'io/read', 'ENOENT'],
  ])('because it %s is an error at the start, before anything is made', async (_, source, code, error, why) => {
    const cwd = temporaryFolder();
    if (source !== undefined) writeFileSync(join(cwd, 'handlers.mjs'), source);
    const args = ['serve', '--port', '0', '--json', '--handler', 'handlers.mjs', '--store', 'inbox.db'];
    const { stdout, code: exited } = await startCli(args, { cwd, env: { INTERCOM_WEBHOOK_SECRET: SECRET } }).finished;
    expect([exited, expectValid(stdout, 'serve')]).toMatchObject([code, { type: 'error', error: { code: error } }]);
    expect(stdout).toContain(why);
    expect(existsSync(join(cwd, 'inbox.db'))).toBe(false);
  });
});

test('a module that is still being loaded does not hold up the end', async () => {
  const cwd = temporaryFolder();
  writeFileSync(
    join(cwd, 'handlers.mjs'),
    'console.log("loading"); await new Promise((done) => setTimeout(done, 1e9));',
  );
  const args = ['serve', '--port', '0', '--handler', 'handlers.mjs', '--store', 'inbox.db'];
  // sooner than loading is given up on
  const running = startCli(args, { cwd, env: { INTERCOM_WEBHOOK_SECRET: SECRET }, longestMs: 25_000 });
  await once(running.child.stderr as NodeJS.ReadableStream, 'data');
  running.child.kill('SIGTERM');
  expect((await running.finished).signal).toBe('SIGTERM');
});

test('a handler that takes all memory is told as that', async () => {
  const source = 'const all = []; export default () => { for (;;) all.push(new Array(10_000).fill(Math.random())); };';
  const env = { NODE_OPTIONS: '--max-old-space-size=100' };
  const served = await serveWith(source, ['--max-attempts', '1', '--handler-timeout', '5m'], { env });
  await post(served, 'notif_1');
  await untilRecords(served, 'handled', 1);
  served.child.kill('SIGTERM');
  expect((await served.finished).stderr).toContain('given up after 1 attempt: OutOfMemory');
});

describe('nothing is lost', () => {
  const SLOW = `${NOTING} export default async (n, c) => { note('begun')(n, c); await new Promise((done) => setTimeout(done, c.attempt === 1 && n.topic === 'ping' ? 60_000 : 1)); note('ended')(n, c); };`;

  test('when serve is stopped in mid-handling: what runs gets its time, and is then returned', async () => {
    const served = await serveWith(SLOW, ['--drain-timeout', '100ms']);
    await post(served, null, 'ping');
    await untilCalls(served, 1);
    served.child.kill('SIGTERM');
    const { stdout, stderr } = await served.finished;
    expect(recordsOf(stdout, 'handled')).toMatchObject([{ outcome: 'released' }]);
    expect(stderr).toContain('returned to the inbox');
    expect(await listEvents(served)).toMatchObject([{ state: 'received', attempts: 0 }]);
  });

  test('when serve is killed in mid-handling: the event is handled after the restart, once its lease has ended', async () => {
    const served = await serveWith(SLOW, ['--handler-timeout', '1s']);
    await post(served, null, 'ping');
    await untilCalls(served, 1);
    served.child.kill('SIGKILL');
    await served.finished;
    const second = await serveWith(SLOW, ['--handler-timeout', '1s'], { cwd: served.cwd });
    const handled = await untilRecords(second, 'handled', 1);
    expect(handled).toMatchObject([{ outcome: 'handled', attempt: 2 }]);
    expect(calls(served).map((line) => line.split(' ')[0])).toEqual(['begun', 'begun', 'ended']);
    second.child.kill('SIGTERM');
    expect((await second.finished).stderr).toContain('Not handled yet: 1 event.');
  });

  test('of what was stored while nobody handled it', async () => {
    const without = await startServe();
    for (let at = 0; at < 25; at += 1) await post(without, `notif_${at}`);
    without.child.kill('SIGTERM');
    await without.finished;
    expect(new Set((await listEvents(without)).map(({ state }) => state))).toEqual(new Set(['received']));
    const served = await serveWith(`${NOTING} export default note('late');`, [], { cwd: without.cwd });
    await untilRecords(served, 'handled', 25);
    expect(new Set(calls(served)).size).toBe(25);
  });

  test('when two processes share one inbox: each event is handled exactly once', async () => {
    const source = `${NOTING} export default async (n, c) => { await new Promise((done) => setTimeout(done, 2)); note(process.pid)(n, c); };`;
    const one = await serveWith(source, ['--quiet']);
    const other = await serveWith(source, ['--quiet'], { cwd: one.cwd });
    const ids = Array.from({ length: 200 }, (_, at) => `notif_${at}`);
    await Promise.all(ids.map((id, at) => post(at % 2 ? one : other, id)));
    await untilCalls(one, 200);
    for (const { child } of [one, other]) child.kill('SIGTERM');
    await Promise.all([one.finished, other.finished]);
    const handled = calls(one).map((line) => line.split(' '));
    expect(new Set(handled.map(([, , id]) => id))).toEqual(new Set(ids));
    expect(handled).toHaveLength(200);
    expect(new Set(handled.map(([pid]) => pid)).size).toBe(2);
    expect(new Set((await listEvents(one)).map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(
      new Set(['handled 1']),
    );
  });
});

/** Waits until the handlers wrote so many lines; the test's own limit ends it. */
async function untilCalls(served: { cwd: string }, count: number): Promise<void> {
  while (calls(served).length < count) await new Promise((resolve) => setImmediate(resolve));
}

test('a handler can be had without the rest: --handler and --forward-to exclude each other', async () => {
  const cwd = temporaryFolder();
  appendFileSync(join(cwd, 'h.mjs'), 'export default () => {};');
  const args = ['serve', '--json', '--handler', 'h.mjs', '--forward-to', 'http://127.0.0.1:1/'];
  const { stdout, code } = await startCli(args, { cwd }).finished;
  expect([code, expectValid(stdout, 'serve')]).toMatchObject([2, { error: { code: 'usage/conflict' } }]);
});
