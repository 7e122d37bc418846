import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';
import { CLIENT_SECRET, GUIDE_ENV, openLab, resultOf, statusesOf, TOKEN } from '../support/setup.ts';

const PLACEHOLDER = '# INTERCOM_WEBHOOK_SECRET will be generated when you create the webhook';
const withToken = { INTERCOM_ACCESS_TOKEN: TOKEN };

describe('setup through the API, by flags alone', () => {
  test('makes the subscription with a secret of its own, writes it, and proves the receiver', async () => {
    const lab = await openLab();
    const run = await lab.setup(['--url', lab.url, '--token-stdin', '--yes', '--json'], { input: `${TOKEN}\n` });
    expect(run.code, run.stderr).toBe(0);
    expect(resultOf(run)).toMatchObject({ mode: 'applied', way: 'api', changed: true, ok: true });
    expect(statusesOf(run)).toEqual({
      token: 'done',
      url: 'done',
      topics: 'done',
      subscription: 'changed',
      secret: 'changed',
      deploy: 'done',
      verify: 'done',
      'send-test': 'done',
      'hub-test': 'done',
    });
    expect(resultOf(run).steps.at(-1)?.message).toBe('a ping from Intercom arrived, rightly signed, and is stored');
    const secret = /^INTERCOM_WEBHOOK_SECRET=([0-9a-f]{64})$/m.exec(lab.env())?.[1] ?? '';
    expect(lab.env()).toBe(
      `${GUIDE_ENV.replace(PLACEHOLDER, `INTERCOM_WEBHOOK_SECRET=${secret}`)}INTERCOM_ACCESS_TOKEN=${TOKEN}\nINTERCOM_WEBHOOK_URL=${lab.url}\n`,
    );
    expect((await lab.control('GET', ''))['subscriptions']).toMatchObject([
      { via: 'api', url: lab.url, signed: true, state: 'live' },
    ]);

    const before = lab.env();
    const again = await lab.setup(['--yes', '--json']);
    expect(again.code, again.stderr).toBe(0);
    expect(resultOf(again)).toMatchObject({ changed: false });
    expect(statusesOf(again)).toMatchObject({ subscription: 'done', secret: 'done', verify: 'done' });
    expect(lab.env()).toBe(before);
    expect(((await lab.control('GET', ''))['subscriptions'] as unknown[]).length).toBe(1);
    expect((await lab.setup(['--yes'])).stdout).toContain('Nothing had to be changed.');
    const blind = await lab.setup(['--yes'], { env: { PROPIQ_INTERCOM_STORE: join(temporaryFolder(), 'inbox.db') } });
    expect(blind.stderr).toContain('Intercom was asked for a ping, and agreed');
    expect(blind.stdout).toContain('Nothing had to be changed.');
    expect(blind.stdout).not.toContain('Done by you');
  });

  test('dotenv of Python and a shell read what was written', async () => {
    const lab = await openLab();
    await lab.setup(['--url', lab.url, '--token-stdin', '--yes', '--no-verify', '--no-test'], { input: TOKEN });
    const secret = /^INTERCOM_WEBHOOK_SECRET=(.*)$/m.exec(lab.env())?.[1];
    const names = ['INTERCOM_WEBHOOK_SECRET', 'INTERCOM_ACCESS_TOKEN', 'INTERCOM_WEBHOOK_URL', 'GREETING'];
    const expected = [secret, TOKEN, lab.url, 'hello world'];
    const printed = names.map((name) => `"$${name}"`).join(' ');
    const shell = execFileSync('sh', ['-c', `set -a; . ./.env; printf '%s\\n' ${printed}`], { cwd: lab.cwd });
    expect(shell.toString().trim().split('\n')).toEqual(expected);
    const program = `from dotenv import dotenv_values; v = dotenv_values('.env'); print('\\n'.join(v[k] for k in ${JSON.stringify(names)}))`;
    const python = execFileSync('/usr/bin/python3', ['-c', program], { cwd: lab.cwd });
    expect(python.toString().trim().split('\n')).toEqual(expected);
  });

  test('an existing subscription is brought in line, not doubled', async () => {
    const lab = await openLab();
    const args = ['--url', lab.url, '--mode', 'api', '--yes', '--no-verify', '--no-test', '--json'];
    await lab.setup([...args, '--topics', 'user.created'], { env: withToken });
    const run = await lab.setup([...args, '--topics', 'conversation.user.replied,contact.deleted'], { env: withToken });
    expect(run.code, run.stderr).toBe(0);
    expect(statusesOf(run)).toMatchObject({ subscription: 'changed', secret: 'done' });
    const { subscriptions } = (await lab.control('GET', '')) as { subscriptions: { topics: string[] }[] };
    expect(subscriptions.map(({ topics }) => topics.filter((name) => name !== 'ping').sort())).toEqual([
      ['contact.deleted', 'conversation.user.replied'],
    ]);
  });

  test('old names of topics are taken, and named as the API version has them', async () => {
    const lab = await openLab();
    const args = [
      '--url',
      lab.url,
      '--yes',
      '--dry-run',
      '--json',
      '--topics',
      'user.created,ping,contact.user.created',
    ];
    const current = await lab.setup(args, { env: withToken });
    expect(resultOf(current).topics).toEqual(['contact.user.created']);
    expect(current.stderr).toContain('user.created is called contact.user.created in API 2.18');
    const old = await lab.setup([...args, '--api-version', '2.4'], { env: withToken });
    expect(resultOf(old).topics).toEqual(['user.created']);
    const wrong = await lab.setup(['--url', lab.url, '--topics', 'user.creatd', '--dry-run', '--json']);
    expect(wrong.code).toBe(2);
    expect(resultOf(wrong).error).toMatchObject({
      code: 'topic/unknown',
      hint: expect.stringContaining('user.created') as string,
    });
  });
});

describe('what Intercom may answer', () => {
  test('event.created: its events are named by hand, and the API is not blamed', async () => {
    const lab = await openLab();
    const args = ['--url', lab.url, '--token-stdin', '--topics', 'event.created', '--yes', '--no-verify', '--json'];
    const run = await lab.setup([...args, '--no-test'], { input: TOKEN });
    const step = resultOf(run).steps.find(({ id }) => id === 'subscription');
    expect([step?.status, step?.message]).toEqual(['left', expect.stringContaining('needs the names of your events')]);
    expect((await lab.control('GET', ''))['subscriptions']).toEqual([]);
  });

  test.each(['401', '403', '404', '410', '422', '500', '503', 'html', 'truncated', 'redirect', 'reset'])(
    '%s on the subscriptions: auto goes on by hand, api says that the way is closed and ends with 4',
    async (fault) => {
      const lab = await openLab();
      const order = { fault, path: '/subscriptions', times: 20 };
      await lab.control('POST', '/faults', order);
      const common = ['--url', lab.url, '--no-verify', '--no-test', '--yes', '--json'];
      const auto = await lab.setup([...common, '--secret-stdin'], { env: withToken, input: CLIENT_SECRET });
      expect(auto.code, auto.stderr).toBe(0);
      expect(resultOf(auto)).toMatchObject({ way: 'guide' });
      expect(resultOf(auto).walk.flatMap(({ values }) => values)).toContain(lab.url);
      expect(statusesOf(auto)).toMatchObject({ token: 'done', subscription: 'left', secret: 'changed' });
      expect(auto.stderr).toContain('Developer Hub 5 of 5: Save');
      await lab.control('DELETE', '/faults');
      await lab.control('POST', '/faults', order);
      const before = lab.env();
      const api = await lab.setup([...common, '--mode', 'api'], { env: withToken });
      expect(api.code).toBe(fault === 'reset' ? 3 : 4);
      expect(resultOf(api).error?.message).toContain('takes no new subscriptions');
      expect(resultOf(api).error?.hint).toContain('setup --mode guide');
      expect(lab.env()).toBe(before);
    },
  );

  test('today: no such API at all', async () => {
    const lab = await openLab({ isOpen: false });
    const run = await lab.setup(['--url', lab.url, '--yes', '--json', '--no-verify', '--no-test'], { env: withToken });
    expect(run.code).toBe(1);
    expect(statusesOf(run)).toMatchObject({ subscription: 'left', secret: 'left' });
    expect(lab.env()).toContain(PLACEHOLDER);
  });

  test('429 is waited for, and the wait is shown', async () => {
    const lab = await openLab();
    await lab.control('POST', '/faults', { fault: '429', path: '/me', times: 1, seconds: 1 });
    const run = await lab.setup(['--url', lab.url, '--yes', '--json', '--dry-run'], { env: withToken });
    expect(statusesOf(run)).toMatchObject({ token: 'done', subscription: 'to do' });
    expect(run.stderr).toMatch(/Intercom's API: rate limited, asking again in \d+ s/);
  });

  test('a token that is refused: api ends with 4, auto goes on and says so in its exit code', async () => {
    const lab = await openLab();
    const args = ['--url', lab.url, '--yes', '--json', '--no-verify', '--no-test'];
    const env = { INTERCOM_ACCESS_TOKEN: 'some-other-token-of-nobody' };
    const api = await lab.setup([...args, '--mode', 'api'], { env });
    expect(api.code).toBe(4);
    expect(resultOf(api).error?.code).toBe('api/unauthorized');
    const auto = await lab.setup([...args, '--secret-stdin'], { env, input: CLIENT_SECRET });
    expect(auto.code).toBe(1);
    expect(statusesOf(auto)).toMatchObject({ token: 'failed', subscription: 'left', secret: 'changed' });
  });
});

describe('setup by hand, without a terminal', () => {
  test('prints the steps with values to copy, does its own part, and tells what is left', async () => {
    const lab = await openLab();
    const args = ['--url', lab.url, '--mode', 'guide', '--secret-stdin', '--yes'];
    const run = await lab.setup(args, { input: CLIENT_SECRET });
    expect(run.code, run.stderr).toBe(0);
    for (const value of [lab.url, 'contact.user.created', 'conversation.user.created', 'conversation.admin.replied'])
      expect(run.stderr.split('\n')).toContain(`    ${value}`);
    expect(run.stderr).toMatch(/One app has one webhook URL, one list of topics and one\s+API version/);
    expect(run.stdout).toMatch(/In order\s+.*Verify/);
    expect(run.stdout).toMatch(/Left for you[^]*Subscription[^]*send a test\s+notification/);
    expect(lab.env()).toBe(
      `${GUIDE_ENV.replace(PLACEHOLDER, `INTERCOM_WEBHOOK_SECRET=${CLIENT_SECRET}`)}INTERCOM_WEBHOOK_URL=${lab.url}\n`,
    );
  });

  test('writes a region down where the commands after it would not find it', async () => {
    const lab = await openLab();
    const args = ['--url', lab.url, '--mode', 'guide', '--yes', '--no-verify', '--no-test'];
    const regionAfter = async (region: string): Promise<string | undefined> => {
      await lab.setup([...args, '--secret-stdin', '--region', region], { input: CLIENT_SECRET });
      return /^INTERCOM_REGION=(.*)$/m.exec(lab.env())?.[1];
    };
    expect(await regionAfter('us')).toBeUndefined();
    expect(await regionAfter('EU')).toBe('eu');
    const before = lab.env();
    expect(await regionAfter('eu')).toBe('eu');
    expect(lab.env()).toBe(before);
    expect(await regionAfter('us')).toBe('us');
  });

  test.each([
    [[], ['--url <url>', '--secret-stdin', '--yes']],
    [
      ['--mode', 'api'],
      ['--token-stdin', '--url <url>', '--yes'],
    ],
    [
      ['--url', 'https://propiq.example/intercom/webhook', '--mode', 'guide'],
      ['--secret-stdin', '--yes'],
    ],
    [['--check'], ['--url <url>']],
  ])('with %j all that is missing is told at once: %j', async (args, flags) => {
    const run = await runCli(['setup', ...args, '--json']);
    expect(run.code).toBe(2);
    const { error } = expectValid(run.stdout, 'setup') as { error: { code: string; hint: string } };
    expect(error.code).toBe('usage/missing-input');
    expect(error.hint).toBe(['propiq-intercom setup', ...args, '--json', ...flags].join(' '));
  });

  test.each([
    ['propiq.example', 'url/missing-scheme', 'propiq-intercom setup --url https://propiq.example/intercom/webhook'],
    ['https://propiq.example', 'url/invalid', 'propiq-intercom setup --url https://propiq.example/intercom/webhook'],
    ['http://propiq.example/hook', 'url/insecure', 'propiq-intercom setup --url https://propiq.example/hook'],
  ])('%s is refused before anything is sent, with the right command', async (url, code, hint) => {
    const run = await runCli(['setup', '--url', url, '--yes', '--secret-stdin', '--json'], { input: CLIENT_SECRET });
    expect(run.code).toBe(2);
    const whole = `${hint} --yes --secret-stdin --json`;
    expect(expectValid(run.stdout, 'setup')).toMatchObject({ error: { code, hint: whole } });
  });

  test('a wrong address is told before what is missing', async () => {
    const run = await runCli(['setup', '--url=propiq.example', '--mode', 'guide']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('propiq-intercom setup --url=https://propiq.example/intercom/webhook --mode guide\n');
  });

  test.each([
    [['--sandbox', '--url', 'http://127.0.0.1:1/w'], '--sandbox takes no --url'],
    [['--sandbox', '--no-verify'], '--sandbox takes no --no-verify'],
    [['--check', '-n'], '--check and --dry-run exclude each other'],
    [['--deploy', 'true', '--skip-deploy'], '--deploy and --skip-deploy exclude each other'],
    [['--hub-done', '--mode', 'api'], '--hub-done and --mode api exclude each other'],
  ])('%j contradict each other', async (args, what) => {
    const run = await runCli(['setup', ...args]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(what);
  });

  test.each([
    ['whsec_YOUR_SECRET_HERE', 'placeholder'],
    ['"quoted-secret-value"', 'quotes'],
    [' spaced-secret-value ', 'white space'],
    [['dG9r', 'Ofake'.repeat(6)].join(''), 'access token'],
    ['Bearer something-long', 'Bearer|white space'],
  ])('the secret %s is refused, nothing is written', async (secret, why) => {
    const lab = await openLab();
    const run = await lab.setup(['--url', lab.url, '--yes', '--mode', 'guide', '--secret-stdin', '--json'], {
      input: secret,
    });
    expect(run.code).toBe(2);
    expect(resultOf(run).error?.message).toMatch(new RegExp(why));
    expect(lab.env()).toBe(GUIDE_ENV);
  });

  test('token and secret cannot both come from standard input', async () => {
    const run = await runCli(
      ['setup', '--url', 'https://propiq.example/w', '--yes', '--token-stdin', '--secret-stdin'],
      { input: 'x' },
    );
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('exclude each other');
  });
});

describe('--dry-run and --check', () => {
  test('a dry run shows the plan and the masked changes, and changes nothing', async () => {
    const lab = await openLab();
    const run = await lab.setup(['--url', lab.url, '--dry-run', '--json'], { env: withToken });
    expect(run.code).toBe(0);
    expect(resultOf(run)).toMatchObject({ mode: 'planned', changed: false });
    expect(statusesOf(run)).toMatchObject({ subscription: 'to do', secret: 'to do' });
    const told = await lab.setup(['--url', lab.url, '--mode', 'guide', '--secret-stdin', '--dry-run'], {
      input: CLIENT_SECRET,
    });
    expect(told.stdout).toMatch(/\+ 3: INTERCOM_WEBHOOK_SECRET=\[masked\]/);
    expect(lab.env()).toBe(GUIDE_ENV);
    expect((await lab.control('GET', ''))['subscriptions']).toEqual([]);
    const blind = await lab.setup(['--url', lab.url, '--mode', 'guide', '-n']);
    expect(blind.stdout).toContain('The secret is not known yet, and would be written too.');
    expect(blind.stdout).toMatch(/Next: propiq-intercom setup .*--mode guide\n$/);
  });

  test('drift is found and nothing is written: topics, secret, URL, health', async () => {
    const lab = await openLab();
    await lab.setup(['--url', lab.url, '--yes', '--no-test', '--json'], { env: withToken });
    const before = lab.env();
    const right = await lab.setup(['--check', '--json'], { env: withToken });
    expect(right.code, right.stderr).toBe(0);
    const drifts: [string[], string, string | undefined][] = [
      [['--topics', 'user.created'], 'subscription', undefined],
      [['--secret-stdin'], 'secret', CLIENT_SECRET],
      [['--url', `${lab.url}/other`], 'subscription', undefined],
    ];
    for (const [flags, step, input] of drifts) {
      const run = await lab.setup(['--check', '--json', ...flags], { env: withToken, ...(input && { input }) });
      expect(run.code).toBe(1);
      expect(statusesOf(run)[step]).toBe('differs');
      expect(resultOf(run)).toMatchObject({ mode: 'checked', changed: false, ok: false });
      expect(resultOf(run).next).toMatch(/^propiq-intercom setup --url /);
    }
    expect(lab.env()).toBe(before);
    writeFileSync(join(lab.cwd, '.env'), before.replace(/^INTERCOM_WEBHOOK_SECRET=.*$/m, ''));
    const missing = await lab.setup(['--check', '--json'], { env: withToken });
    expect(missing.code).toBe(1);
    expect(statusesOf(missing)).toMatchObject({ secret: 'differs' });
  });

  test('a receiver that is not there: a check cannot judge it, exit code 3', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, '.env'),
      `INTERCOM_WEBHOOK_SECRET=${CLIENT_SECRET}\nINTERCOM_WEBHOOK_URL=http://127.0.0.1:1/w\n`,
    );
    const run = await runCli(['setup', '--check', '--json'], { cwd });
    expect(run.code).toBe(3);
    expect(statusesOf(run)).toMatchObject({
      url: 'unknown',
      subscription: 'unknown',
      secret: 'done',
      verify: 'failed',
    });
  });
});

describe('--deploy', () => {
  const guide = ['--mode', 'guide', '--secret-stdin', '--yes', '--json'];

  test('runs with its output on standard error and without our secrets; then the receiver is judged', async () => {
    const lab = await openLab();
    const script = 'echo deploying; env > seen.txt; pwd > where.txt';
    const env = { ...withToken, INTERCOM_CLIENT_SECRET: CLIENT_SECRET, OTHER: 'kept' };
    const run = await lab.setup(['--url', lab.url, ...guide, '--deploy', script], { input: CLIENT_SECRET, env });
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toContain('deploying');
    expect(statusesOf(run)).toMatchObject({ deploy: 'changed', verify: 'done' });
    expect(existsSync(join(lab.cwd, 'seen.txt'))).toBe(true); // and the lab looked into it for secrets
  });

  test('an empty command is refused before anything is written', async () => {
    const lab = await openLab();
    const run = await lab.setup(['--url', lab.url, ...guide, '--deploy', ' '], { input: CLIENT_SECRET });
    expect(run.code).toBe(2);
    expect(resultOf(run).error?.message).toContain('The command is empty');
    expect(lab.env()).toBe(GUIDE_ENV);
  });

  test('Ctrl-C that the command dies of before we hear of it is an interruption, not a failure of the command', async () => {
    const lab = await openLab();
    // what is left behind waits until the shell was seen to be dead; only then comes the signal that is ours
    const script = '(while kill -0 $$; do :; done 2>/dev/null; kill -INT $PPID) & kill -INT $$';
    const forPeople = guide.filter((word) => word !== '--json');
    const run = await lab.setup(['--url', lab.url, ...forPeople, '--deploy', script], { input: CLIENT_SECRET });
    expect(run.signal, run.stderr).toBe('SIGINT');
    expect(run.stderr).toMatch(/Interrupted\. Done until then:\s+secret: \.env/);
    expect(run.stdout).toBe('');
  });

  test('its failure is its own, and nothing is judged after it', async () => {
    const lab = await openLab();
    const run = await lab.setup(['--url', lab.url, ...guide, '--deploy', 'echo broken >&2; exit 7'], {
      input: CLIENT_SECRET,
    });
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('broken');
    expect(statusesOf(run)).toMatchObject({
      secret: 'changed',
      deploy: 'failed',
      verify: 'skipped',
      'send-test': 'skipped',
    });
  });

  test('a command of a config file is not run by --yes', async () => {
    const lab = await openLab();
    const profiles = { staging: { url: lab.url, deploy: 'touch ran.txt', logs: 'tail -f app.log' } };
    writeFileSync(join(lab.cwd, 'propiq-intercom.config.json'), JSON.stringify({ profiles }));
    const run = await lab.setup(['--profile', 'staging', ...guide], { input: CLIENT_SECRET });
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toContain('touch ran.txt was not run');
    expect(existsSync(join(lab.cwd, 'ran.txt'))).toBe(false);
    expect(
      (await lab.setup(['--profile', 'staging', ...guide.slice(0, -1)], { input: CLIENT_SECRET })).stdout,
    ).toContain('tail -f app.log');
  });
});

describe('setup --sandbox', () => {
  test('plays the whole journey, proxies and settings of the user notwithstanding, and leaves nothing behind', async () => {
    const [cwd, temporary] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(cwd, '.env'), `INTERCOM_WEBHOOK_URL=https://propiq.example/w\nINTERCOM_ACCESS_TOKEN=${TOKEN}\n`);
    const env = {
      ...withToken,
      TMPDIR: temporary,
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      INTERCOM_API_BASE: 'https://api.intercom.io',
      PROPIQ_INTERCOM_STORE: join(cwd, 'never.db'),
    };
    const run = await runCli(['setup', '--sandbox', '--yes', '--json'], { cwd, env });
    expect(run.code, run.stdout + run.stderr).toBe(0);
    const body = expectValid(run.stdout, 'setup') as unknown as {
      mode: string;
      steps: { id: string; status: string }[];
    };
    expect(body.mode).toBe('sandbox');
    expect(Object.fromEntries(body.steps.map(({ id, status }) => [id, status]))).toEqual({
      token: 'done',
      url: 'done',
      topics: 'done',
      subscription: 'changed',
      secret: 'changed',
      deploy: 'changed',
      verify: 'done',
      deliveries: 'done',
      forgery: 'done',
    });
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(cwd).sort()).toEqual(['.env']);
  });

  test.each([
    ['setup', '--sandbox'],
    ['sandbox', '--port', '0', '--for', '1s'],
  ])('a folder for temporary files that is not there is no bug of the tool: %j', async (...args) => {
    const cwd = temporaryFolder();
    const run = await runCli(args, { cwd, env: { TMPDIR: 'not there' } });
    expect(run.code, run.stderr).toBe(5);
    const [what, ...rest] = run.stderr.slice(run.stderr.indexOf('✗')).split('\n');
    expect(what).toBe(`✗ Cannot write to ${join(realpathSync(cwd), 'not there')}, the folder for temporary files`);
    expect(rest.join(' ')).toMatch(/Its folder does not exist\. \(ENOENT\).*TMPDIR=\/path\/to\/folder/);
  });

  test('fits a screen of 80 columns and 24 lines, but for the way on', async () => {
    const { stdout, code } = await runCli(['setup', '--sandbox']);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.slice(0, stdout.indexOf('All of it held')).split('\n').length).toBeLessThan(24);
    expect(stdout).not.toContain('\u001B');
  });
});
