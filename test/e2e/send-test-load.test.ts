import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Finished, runCli, startCli } from '../support/cli.ts';
import { freePort } from '../support/hostile-server.ts';
import { always, record, type Recorder, strictFor } from '../support/recorder.ts';
import { expectValid } from '../support/schemas.ts';
import { startServe } from '../support/serve.ts';
import { openTerminal } from '../support/terminal.ts';

const KEY = 'not-a-real-key';
const env = { INTERCOM_WEBHOOK_SECRET: KEY };
const run = (args: readonly string[]): Promise<Finished> => runCli(['send-test', ...args], { env });
const to = ({ url }: Recorder): readonly string[] => ['--url', url];

interface LoadJson {
  readonly ok: boolean;
  readonly summary: Readonly<Record<string, number>>;
  readonly load: Readonly<Record<string, unknown>> & { readonly latencyMs: Readonly<Record<string, number>> };
  readonly deliveries: readonly Readonly<Record<string, unknown>>[];
}
async function runJson(args: readonly string[]): Promise<LoadJson & { code: number | null }> {
  const { stdout, code } = await run([...args, '--json']);
  return { ...(expectValid(stdout, 'send-test') as unknown as LoadJson), code };
}

describe('send-test --count', () => {
  test('sends so many, each with its own id and a right signature', async () => {
    const recorder = await record(KEY);
    const { ok, summary, load, deliveries, code } = await runJson([
      ...to(recorder),
      '--count',
      '300',
      '--concurrency',
      '8',
    ]);
    expect({ ok, code }).toEqual({ ok: true, code: 0 });
    expect(summary).toEqual({ deliveries: 300, asExpected: 300, unexpected: 0, unanswered: 0, notSent: 0 });
    expect(load).toMatchObject({
      count: 300,
      concurrency: 8,
      rate: null,
      byStatus: { 200: 300 },
      measuredFrom: 'sent',
    });
    expect(deliveries.map(({ topic }) => String(topic)).toSorted()).toEqual([
      'contact.user.created',
      'conversation.admin.replied',
      'conversation.user.created',
    ]);
    expect(recorder.requests).toHaveLength(300);
    expect(new Set(recorder.requests.map(({ signedWith }) => signedWith))).toEqual(new Set(['sha1']));
    const ids = recorder.requests.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);
    expect(new Set(ids).size).toBe(300);
  });

  test('is all received and stored once by serve', async () => {
    const served = await startServe();
    const { code, stdout } = await run(['ping', 'user.created', '--url', served.url, '--count', '200']);
    expect(stdout).toContain('200 notifications: 200 as expected');
    expect(stdout).toMatch(/latency +p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms/);
    expect(code).toBe(0);
    served.child.kill('SIGTERM');
    const { stdout: log } = await served.finished;
    expect(log).toContain('"received":200,"duplicates":0');
  });

  test('with a rate keeps to it', async () => {
    const recorder = await record(KEY);
    const { load } = await runJson([...to(recorder), '--count', '41', '--rate', '100/s']);
    expect(load).toMatchObject({ rate: 100, concurrency: 100, measuredFrom: 'scheduled', byStatus: { 200: 41 } });
    expect(load['elapsedMs']).toBeGreaterThanOrEqual(390);
  });

  test('with a chosen id sends duplicates, and says so', async () => {
    const served = await startServe();
    const { code, stderr } = await run(['user.created', '--id', 'notif_1', '--url', served.url, '--count', '20']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('All carry the id that was given')]);
    served.child.kill('SIGTERM');
    expect((await served.finished).stdout).toContain('"received":1,"duplicates":19');
  });

  test.each([
    ['--unsigned', undefined],
    ['--wrong-secret', 'sha1='],
    ['--tamper', 'sha1='],
  ])('%s is refused each time, as expected', async (flag, prefix) => {
    const recorder = await record(KEY);
    const { code, load } = await runJson([...to(recorder), flag, '--count', '30']);
    expect([code, load['byStatus']]).toEqual([0, { 401: 30 }]);
    const signatures = recorder.requests.map(
      ({ headers }) => headers.find(([name]) => name === 'x-hub-signature')?.[1],
    );
    expect(signatures.every((value) => value?.slice(0, 5) === prefix)).toBe(true);
    expect(recorder.requests.every(({ signedWith }) => signedWith === null)).toBe(true);
  });

  test('sends bytes of the user’s as they are, each time', async () => {
    const recorder = await record(KEY);
    const body = '{"id":"notif_1", "topic":"ping","type":"notification_event"}\n';
    const { code } = await runCli(['send-test', ...to(recorder), '--data', '-', '--count', '5'], { env, input: body });
    expect(code).toBe(0);
    expect(recorder.requests.map((request) => request.body.toString())).toEqual(Array.from({ length: 5 }, () => body));
    const right = createHmac('sha1', KEY).update(body).digest('hex');
    expect(recorder.requests[0]?.headers).toContainEqual(['x-hub-signature', `sha1=${right}`]);
  });

  test('finds out with the first that only sha256 is taken', async () => {
    const recorder = await record(KEY, strictFor('sha256'));
    const { code, stdout } = await run([...to(recorder), '--count', '20']);
    expect([code, recorder.requests.length]).toEqual([0, 21]);
    expect(stdout).toContain('refuses sha1');
  });
});

describe('what goes wrong', () => {
  test('is counted, explained once, and exit 1', async () => {
    const recorder = await record(KEY, always(500));
    const { code, stdout } = await run([...to(recorder), 'ping', '--count', '25']);
    expect(code).toBe(1);
    expect(stdout).toContain('25 notifications: 0 as expected, 25 not');
    expect(stdout).toContain('answers    500: 25');
    expect(stdout.match(/verify http/g)).toHaveLength(1);
    const { code: expected } = await run([...to(recorder), 'ping', '--count', '25', '--expect', '500']);
    expect(expected).toBe(0);
  });

  test('connections that are cut are counted by kind, and exit 3 where all that was answered is right', async () => {
    const recorder = await record(KEY, (_, response, nth) => {
      if (nth % 5 === 4) response.socket?.end('HTTP/1.1 2'); // an answer that breaks off, which nobody takes for a stale connection
      else response.end('{}');
    });
    const { code, load } = await runJson([...to(recorder), 'ping', '--count', '50', '--concurrency', '2']);
    expect(code).toBe(3);
    const errors = Object.entries(load['byError'] as Record<string, number>);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(([name]) => name.startsWith('net/'))).toBe(true);
  });

  test('where nobody listens, it is said once', async () => {
    const { code, stderr, stdout } = await run(['--url', `http://127.0.0.1:${await freePort()}/x`, '--count', '1000']);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('refused');
  });

  test.each([
    [['--rate', '10/s'], '--rate needs --count'],
    [['--concurrency', '10'], '--concurrency needs --count'],
    [['--count', '5', '--print'], '--count and --print exclude each other'],
    [['--count', '5', '--dry-run'], '--count and --dry-run exclude each other'],
    [['--count', '0'], '"0" is not a whole number'],
    [['--count', '5', '--rate', 'fast'], '"fast" is not a rate'],
    [['--count', '5', '--concurrency', '5000'], '"5000" is not a whole number from 1 to 1000'],
  ])('%j is exit 2', async (args, words) => {
    const { code, stderr } = await run(['--url', 'http://127.0.0.1:9/intercom/webhook', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  test('over 100 for a receiver elsewhere need --yes', async () => {
    const url = 'https://receiver.invalid/intercom/webhook';
    const { code, stderr } = await run(['--url', url, '--count', '101']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('101 notifications would go to receiver.invalid')]);
    const { code: tried } = await run(['--url', url, '--count', '101', '--yes']);
    expect(tried).toBe(3);
  });
});

describe('an interruption', () => {
  test('tells what was measured by then, and the process dies of the signal', async () => {
    const recorder = await record(KEY);
    const running = startCli(['send-test', ...to(recorder), '--count', '1000', '--rate', '20/s', '--json'], { env });
    await expect.poll(() => recorder.requests.length, { timeout: 20_000 }).toBeGreaterThan(5);
    running.child.kill('SIGINT');
    const { stdout, signal } = await running.finished;
    expect(signal).toBe('SIGINT');
    const { ok, load, summary } = expectValid(stdout, 'send-test') as unknown as LoadJson;
    expect([ok, load['interrupted']]).toEqual([false, true]);
    expect(summary['asExpected']).toBeGreaterThan(4);
    expect(summary['notSent']).toBe(0);
  });
});

test('a progress bar is drawn on a terminal, and nowhere else', async () => {
  const recorder = await record(KEY);
  const args = ['send-test', ...to(recorder), '--count', '50', '--rate', '100/s'];
  const terminal = openTerminal(args, { env });
  const { code, screen } = await terminal.ended;
  expect(code).toBe(0);
  expect(screen).toMatch(/\[#*-+\] +\d+ % {2}\d+ of 50/);
  const { stderr } = await runCli(args, { env });
  expect(stderr).toBe('');
});

test.runIf(process.platform === 'linux')('the memory does not grow with the count', async () => {
  const served = await startServe(['--quiet'], { json: false });
  const peak = async (count: string): Promise<number> => {
    const running = startCli(
      ['send-test', 'ping', 'user.created', '--url', served.url, '--count', count, '--rate', '20000/s'],
      { env },
    );
    let kb = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8');
        kb = Math.max(kb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      } catch {
        // it has ended
      }
    }, 10);
    await running.finished;
    clearInterval(timer);
    return kb / 1024;
  };
  const [few, many] = [await peak('3000'), await peak('15000')];
  expect(many - few).toBeLessThan(60);
});
