import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Habits, listen, plainApp, SECRET } from '../receivers/receiver.ts';
import { type Finished, runCli, type RunOptions, startCli, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';
import { openTerminal } from '../support/terminal.ts';

const KEY = { INTERCOM_WEBHOOK_SECRET: SECRET };

/** A receiver for one test, and what it was sent. */
async function receiver(habits: Partial<Habits> = {}): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const app = plainApp(habits);
  const server = createServer((request, response) => {
    seen.push(request);
    app(request, response);
  });
  const { url, close } = await listen(server);
  onTestFinished(close);
  return { url, seen };
}

interface Told {
  readonly code: number | null;
  readonly report: Record<string, unknown>;
  readonly status: (id: string) => unknown;
}

async function verifyJson(args: readonly string[], options: RunOptions = {}): Promise<Told> {
  const { stdout, code } = await runCli(['verify', ...args, '--json'], options);
  const report = expectValid(stdout, 'verify');
  const checks = (report['checks'] ?? []) as { id: string; status: string }[];
  return { code, report, status: (id) => checks.find((check) => check.id === id)?.status };
}

const isUsage = ({ code, stdout }: Finished): void => expect({ code, stdout }).toEqual({ code: 2, stdout: '' });

describe('verify', () => {
  test('judges a healthy receiver, counts what it sent, and passes', async () => {
    const { url, seen } = await receiver();
    const { code, report, status } = await verifyJson([url], { env: KEY });
    expect(code).toBe(0);
    expect(report).toMatchObject({ ok: true, target: url, requests: seen.length, diagnosis: [], error: null });
    expect(status('delivery/latency')).toBe('pass');
    for (const { headers } of seen) {
      expect(headers['user-agent']).toMatch(/^propiq-intercom\/\d+\.\d+\.\d+$/);
      expect(headers['x-propiq-probe']).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
    }
  });

  test('fails a receiver that accepts unsigned requests, and says what to do next', async () => {
    const { url } = await receiver({ isRight: () => true });
    const { stdout, stderr, code } = await runCli(['verify', url], { env: KEY });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('✗ fail  endpoint/unsigned-rejected');
    expect(stdout.trimEnd()).toMatch(/Next: propiq-intercom explain endpoint\/unsigned-rejected$/);
  });

  test('cannot judge what nothing listens for: one error, the rest skipped, exit 3', async () => {
    const { url, close } = await listen(createServer());
    await close();
    const { code, report, status } = await verifyJson([url], { env: KEY });
    expect(code).toBe(3);
    expect(report['summary']).toMatchObject({ error: 1, fail: 0 });
    expect(report['requests']).toBe(0);
    expect(status('endpoint/head')).toBe('skip');
  });

  test('--strict fails a warning, --only and --skip choose', async () => {
    const { url } = await receiver({ health: (response) => void response.writeHead(404).end() });
    const strict = await verifyJson([url, '--strict', '--only', 'health/*'], { env: KEY });
    expect(strict).toMatchObject({ code: 1, report: { summary: { warn: 1, pass: 1, skip: 0 } } });
    const skipped = await verifyJson([url, '--strict', '--only', 'health/*', '--skip', 'health/app'], { env: KEY });
    expect(skipped.code).toBe(0);
    expect(skipped.status('health/app')).toBe('skip');
  });

  test('a health path that is named must answer exactly', async () => {
    const { url } = await receiver();
    const { code, status } = await verifyJson([url, '--health-path', '/healthz', '--only', 'health/app']);
    expect({ code, status: status('health/app') }).toEqual({ code: 1, status: 'fail' });
  });

  test('--no-signed sends nothing rightly signed and needs no secret', async () => {
    const { url } = await receiver({ accept: () => expect.fail('something was rightly signed') });
    const { code, status } = await verifyJson([url, '--no-signed'], { env: KEY });
    expect(code).toBe(0);
    expect(status('signature/accepted')).toBe('skip');
  });

  test('--timeout is how long it waits', async () => {
    const { url } = await receiver({ accept: () => undefined });
    const { code, status } = await verifyJson([url, '--timeout', '300ms'], { env: KEY });
    expect({ code, status: status('signature/accepted') }).toEqual({ code: 1, status: 'fail' });
  });

  test('--wait asks until the deployment answers', async () => {
    let asked = 0;
    const { url } = await receiver({
      before(_, response) {
        asked += 1;
        if (asked > 2) return false;
        response.writeHead(asked === 1 ? 502 : 503).end();
        return true;
      },
    });
    const { stderr, code } = await runCli(['verify', url, '--wait', '20s'], { env: KEY });
    expect(code).toBe(0);
    expect(stderr).toContain('Waiting for 127.0.0.1');
  });

  test('-q tells only what did not pass, -v shows requests and answers without the signature', async () => {
    const { url } = await receiver();
    const quiet = await runCli(['verify', url, '-q', '--skip', 'url/public'], { env: KEY });
    expect(quiet).toMatchObject({ stdout: '', stderr: '', code: 0 });
    const verbose = await runCli(['verify', url, '-v', '--only', 'signature/accepted'], { env: KEY });
    expect(verbose.stdout).toContain('> X-Hub-Signature: sha1=[masked]');
    expect(verbose.stdout).toMatch(/< 200 from 127\.0\.0\.1:\d+/);
    expect(verbose.stdout + verbose.stderr).not.toContain(SECRET);
  });

  test('-v and the JSON never show the secret, whatever the receiver answers', async () => {
    const { url } = await receiver({
      refuse: (response) => void response.writeHead(401, { 'X-Key': SECRET }).end(`\u001b]0;${SECRET}\u0007`),
    });
    for (const args of [['-v'], ['--json'], ['--reporter', 'json']]) {
      const { stdout, stderr } = await runCli(['verify', url, ...args], { env: KEY });
      expect(stdout + stderr).not.toContain(SECRET);
      expect(stdout).not.toContain('\u001b');
    }
  });
});

describe('settings of verify', () => {
  test('URL and secret come from the env file, and the place is named', async () => {
    const { url } = await receiver();
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `INTERCOM_WEBHOOK_URL=${url}\nINTERCOM_WEBHOOK_SECRET=${SECRET}\n`);
    const { stdout, code } = await runCli(['verify', '--only', 'env/*', '--only', 'signature/*'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('INTERCOM_WEBHOOK_SECRET in .env line 2');
  });

  test.each([
    [[], {}, 'There is no URL to judge', 'propiq-intercom verify https://propiq.example/intercom/webhook'],
    [['propiq.example'], {}, '"propiq.example" is not a full URL', 'verify https://propiq.example/intercom/webhook'],
    [['https://user:word@propiq.example/x'], {}, 'user name or password', 'verify https://propiq.example/x'],
    [
      [],
      { INTERCOM_WEBHOOK_URL: 'propiq.example' },
      'INTERCOM_WEBHOOK_URL in the environment',
      'https://propiq.example',
    ],
    [['http://127.0.0.1/x', '--only', 'endpoint/heads'], {}, 'fits no check', 'Did you mean endpoint/head?'],
    [['http://127.0.0.1/x', '--timeout', '5'], {}, '"5" is not a duration', '5s'],
    [['http://127.0.0.1/x', '--wait', 'long'], {}, '"long" is not a duration', '5s'],
    [['http://127.0.0.1/x', '--reporter', 'jsn'], {}, 'no reporter "jsn"', 'Did you mean json?'],
    [
      ['http://127.0.0.1/x', '--reporter', 'json', '--reporter', 'pretty'],
      {},
      'cannot both',
      '--reporter json=verify.json',
    ],
    [['http://127.0.0.1/x', '--reporter', 'json='], {}, 'names no file', '--reporter json=verify.json'],
    [['http://127.0.0.1/x', '--health-path', 'health'], {}, 'is not a path', '/health'],
    [['http://127.0.0.1/x', '--all'], {}, 'exclude each other', 'Leave one'],
    [['--all'], {}, 'no profile to judge', 'propiq-intercom.config.json'],
  ])('%j with %j is a usage error: %s', async (args, env, what, hint) => {
    const finished = await runCli(['verify', ...args], { env });
    isUsage(finished);
    expect(finished.stderr).toContain(what);
    expect(finished.stderr).toContain(hint);
    expect(finished.stderr).not.toContain('word@');
  });

  test('a URL that is only a domain fails, with the one to use, and nothing is sent', async () => {
    const { url, seen } = await receiver();
    const { origin } = new URL(url);
    const { stdout, code } = await runCli(['verify', origin], { env: KEY });
    expect(code).toBe(1);
    expect(stdout).toContain(`propiq-intercom verify ${origin}/intercom/webhook`);
    expect(seen).toEqual([]);
  });

  test('a placeholder as the secret fails and keeps signed probes back', async () => {
    const { url } = await receiver();
    const { code, status } = await verifyJson([url], { env: { INTERCOM_WEBHOOK_SECRET: 'whsec_YOUR_SECRET_HERE' } });
    expect(code).toBe(1);
    expect([status('env/secret-shape'), status('signature/accepted')]).toEqual(['fail', 'skip']);
  });

  test('two different secrets are a warning, and the right name is used', async () => {
    const { url } = await receiver();
    const env = { ...KEY, INTERCOM_CLIENT_SECRET: 'another-one-of-no-use' };
    const { status, report } = await verifyJson([url], { env });
    expect([status('env/secret-present'), status('signature/accepted')]).toEqual(['warn', 'pass']);
    expect(JSON.stringify(report)).not.toContain('another-one');
  });

  test('without a secret refusals are judged, and a warning says what could not be', async () => {
    const { url } = await receiver();
    const { code, status } = await verifyJson([url]);
    expect(code).toBe(0);
    expect([status('env/secret-present'), status('endpoint/unsigned-rejected'), status('signature/sha1')]).toEqual([
      'warn',
      'pass',
      'skip',
    ]);
  });
});

describe('reports', () => {
  test('go to files besides the screen, and to standard output as asked', async () => {
    const { url } = await receiver();
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'out'));
    const args = ['verify', url, '--reporter', 'json=out/verify.json', '--reporter', 'pretty=out/verify.txt'];
    const { stdout, code } = await runCli(args, { cwd, env: KEY });
    expect(code).toBe(0);
    expect(stdout).toContain('✓ pass  endpoint/head');
    expect(readFileSync(join(cwd, 'out/verify.txt'), 'utf8')).toContain('✓ pass  endpoint/head');
    expectValid(readFileSync(join(cwd, 'out/verify.json'), 'utf8'), 'verify');
    const json = await runCli(['verify', url, '--reporter', 'json'], { cwd, env: KEY });
    expect(expectValid(json.stdout, 'verify')).toMatchObject({ ok: true });
  });

  test('a report that cannot be written is an error of its own', async () => {
    const { url } = await receiver();
    const { code, stderr } = await runCli(['verify', url, '--reporter', 'json=no/such/folder.json'], { env: KEY });
    expect(code).toBe(5);
    expect(stderr).toContain('Cannot write the report no/such/folder.json');
  });

  test('the environment may choose the reporter', async () => {
    const { url } = await receiver();
    const { stdout } = await runCli(['verify', url], { env: { ...KEY, PROPIQ_INTERCOM_REPORTER: 'json' } });
    expectValid(stdout, 'verify');
  });
});

describe('verify --all', () => {
  test('judges every profile of the config file, and no other', async () => {
    const [good, bad] = [await receiver(), await receiver({ isRight: () => true })];
    const cwd = temporaryFolder();
    const profiles = { good: { url: good.url }, bad: { url: bad.url } };
    writeFileSync(join(cwd, 'propiq-intercom.config.json'), JSON.stringify({ profiles }));
    const { stdout, code } = await runCli(['verify', '--all', '--json'], { cwd, env: KEY });
    expect(code).toBe(1);
    const report = expectValid(stdout, 'verify-all');
    expect(report).toMatchObject({
      ok: false,
      runs: [
        { profile: 'good', ok: true, target: good.url },
        { profile: 'bad', ok: false, target: bad.url },
      ],
    });
    const text = await runCli(['verify', '--all'], { cwd, env: KEY });
    expect(text.stdout).toMatch(new RegExp(`Checking ${good.url}[^]*Checking ${bad.url}`));
  });

  test('sends nothing when one profile cannot be judged', async () => {
    const { url, seen } = await receiver();
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'propiq-intercom.config.json'),
      JSON.stringify({ profiles: { a: { url }, b: { url: 'b.example' } } }),
    );
    const finished = await runCli(['verify', '--all'], { cwd, env: KEY });
    isUsage(finished);
    expect(finished.stderr).toContain('profile "b"');
    expect(seen).toEqual([]);
  });
});

describe('an interruption', () => {
  test.each([
    ['SIGINT', []],
    ['SIGTERM', ['--json']],
  ] as const)('by %s ends the run at once, by that signal', async (signal, args) => {
    let hanging = (): void => undefined;
    const hangs = new Promise<void>((done) => (hanging = done));
    const { url } = await receiver({
      before() {
        hanging();
        return true;
      },
    });
    const running = startCli(['verify', url, '--timeout', '50s', ...args], { env: KEY });
    running.child.stdin?.end();
    await hangs;
    running.child.kill(signal);
    const finished = await running.finished;
    expect(finished).toMatchObject({ code: null, signal });
    expect(finished.stdout).not.toContain('"ok"');
  });
});

test('on a terminal every line appears as it is judged', async () => {
  let arrived: (answer: () => void) => void = () => undefined;
  const head = new Promise<() => void>((done) => (arrived = done));
  const { url } = await receiver({
    before(request, response) {
      if (request.method === 'HEAD') arrived(() => void response.writeHead(200).end());
      return request.method === 'HEAD';
    },
  });
  const terminal = openTerminal(['verify', url, '--only', 'url/*', '--only', 'endpoint/head'], { env: KEY });
  await terminal.shows(/url\/public/);
  const answerHead = await head;
  answerHead();
  await terminal.shows(/endpoint\/head/);
  expect((await terminal.ended).code).toBe(0);
});

describe('reports for CI systems', () => {
  const ACTIONS = { GITHUB_ACTIONS: 'true', CI: 'true' };
  const broken = { isRight: () => true };

  test('go to several files at once, each in its own form', async () => {
    const { url } = await receiver(broken);
    const cwd = temporaryFolder();
    const flags = ['junit=verify.xml', 'markdown=verify.md', 'json=verify.json', 'github=notes.txt', 'pretty'];
    const args = ['verify', url, ...flags.flatMap((flag) => ['--reporter', flag])];
    const { stdout, code } = await runCli(args, { cwd, env: KEY });
    expect(code).toBe(1);
    expect(stdout).toContain('✗ fail  endpoint/unsigned-rejected');
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    expect(read('verify.xml')).toMatch(/<testcase name="endpoint\/unsigned-rejected"[^>]*>\s*<failure message="Anyone/);
    expect(read('verify.md')).toMatch(/^\| ❌ fail \| endpoint\/unsigned-rejected \| Anyone/m);
    expect(read('notes.txt')).toMatch(/^::error title=endpoint\/unsigned-rejected::Anyone/m);
    expectValid(read('verify.json'), 'verify');
  });

  test('are made by themselves in a step of GitHub Actions', async () => {
    const { url } = await receiver(broken);
    const cwd = temporaryFolder();
    const env = { ...KEY, ...ACTIONS, GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
    const { stdout } = await runCli(['verify', url], { cwd, env });
    expect(stdout).toContain('✗ fail  endpoint/unsigned-rejected');
    expect(stdout).toMatch(/^::error title=endpoint\/unsigned-rejected::/m);
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toContain('| ❌ fail | endpoint/unsigned-rejected |');
    const asJson = await runCli(['verify', url, '--json'], { cwd, env });
    expectValid(asJson.stdout, 'verify');
    expect(asJson.stderr).toMatch(/^::error title=endpoint\/unsigned-rejected::/m);
    const unwritable = await runCli(['verify', url, '--json'], { cwd, env: { ...env, GITHUB_STEP_SUMMARY: cwd } });
    expect({ code: unwritable.code, stderr: unwritable.stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The step summary cannot be written') as string,
    });
  });

  test('let no answer speak to the runner', async () => {
    const { url } = await receiver({
      isRight: () => false,
      refuse: (response) => {
        response.writeHead(401, { 'x-say': '::stop-commands::a' });
        response.end('\n::add-mask::a\n ::error::a ##[error]a');
      },
    });
    const { stdout } = await runCli(['verify', url, '--verbose'], { env: { ...KEY, ...ACTIONS } });
    expect(stdout).toContain('add-mask');
    expect(stdout.split('\n').filter((line) => /^\s*::(?!error title=|warning title=)|##\[/.test(line))).toEqual([]);
    const asJson = await runCli(['verify', url, '--json'], { env: { ...KEY, ...ACTIONS } });
    expect(asJson.stdout).not.toContain('##[');
    expect(JSON.stringify(expectValid(asJson.stdout, 'verify'))).toContain('##[error]');
  });
});
