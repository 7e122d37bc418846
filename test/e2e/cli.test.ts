import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';

const BODY = '{"type":"notification_event","topic":"ping","id":null}';
const SHA1 = 'sha1=c01389abcabf9b3eec17d57ea48c383645d854ea';
const KEY = { INTERCOM_WEBHOOK_SECRET: 'not-a-real-key' };

describe('the program', () => {
  test('shows the way without arguments', async () => {
    const { stdout, stderr, code } = await runCli([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/verify[^]*send-test user\.created[^]*serve/);
    expect(stdout.split('\n').length).toBeLessThan(12);
  });

  test('lists its commands as JSON', async () => {
    const { stdout } = await runCli(['--json']);
    expect(expectValid(stdout, 'commands')).toMatchObject({ ok: true });
  });

  test.each([[['--version']], [['-V']]])('%s prints the version', async (args) => {
    expect(await runCli(args)).toMatchObject({
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: '',
      code: 0,
    });
  });

  test.each([[['help']], [['-h']], [['help', 'signature', 'sign']], [['signature', '--help']]])(
    '%s prints help on standard output',
    async (args) => {
      const { stdout, stderr, code } = await runCli(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Usage: propiq-intercom');
    },
  );

  test.each([
    [['signatur'], 'There is no command "signatur"', 'Did you mean signature?'],
    [['signatur', '--help'], 'There is no command "signatur"', 'Did you mean signature?'],
    [['help', 'signatur'], 'There is no command "signatur"', 'Did you mean signature?'],
    [['signature', 'chek'], 'There is no command "signature chek"', 'Did you mean check?'],
    [['events', 'lst', '--limit', '5'], 'There is no command "events lst"', 'Did you mean list?'],
    [['events', '--limit', '5'], 'There is no flag --limit', 'propiq-intercom events --help'],
    [['signature'], '"signature" needs one of its commands', 'propiq-intercom signature --help'],
    [['signature', 'sign', '--bdy', 'x'], 'There is no flag --bdy', 'Did you mean --body?'],
    [['signature', 'sign', '--bdy=hello'], 'There is no flag --bdy', 'Did you mean --body?'],
    [
      ['signature', 'sign', '--algorithm', 'sha2'],
      '"sha2" is not a value of --algorithm',
      'Did you mean sha1 or sha256?',
    ],
    [['signature', 'sign', 'a', 'b'], 'There is an argument too many', 'propiq-intercom signature sign --help'],
    [['signature', 'sign', '--body'], 'The flag --body <@file> has no value', 'propiq-intercom signature sign --help'],
    [['--json2'], 'There is no flag --json2', 'Did you mean --json?'],
  ])('%j is a usage error with the next step, told as text and as JSON', async (args, what, hint) => {
    const plain = await runCli(args);
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).toContain(what);
    expect(plain.stderr).toContain(hint);
    const json = await runCli([...args, '--json']);
    const schema = /propiq-intercom\/([a-z-]+)@1/.exec(json.stdout)?.[1] ?? '';
    expect(expectValid(json.stdout, schema)).toMatchObject({ ok: false, error: { hint } });
    expect(json).toMatchObject({ code: 2, stderr: '' });
  });
});

describe('a secret on the command line', () => {
  const pasted = ['whsec', 'x'.repeat(20)].join('_');
  test.each([
    [['signature', 'sign', '--secret', 'hunter22222']],
    [['signature', 'sign', '--secret=hunter22222']],
    [['send-test', '--token', 'hunter22222']],
    [['verify', `INTERCOM_WEBHOOK_SECRET=hunter22222`]],
    [['send-test', pasted]],
    [['--client-secret', 'hunter22222']],
  ])('is refused in %j without being repeated', async (args) => {
    for (const flags of [args, [...args, '--json']]) {
      const { stdout, stderr, code } = await runCli(flags);
      expect(code).toBe(2);
      expect(stdout + stderr).toContain(flags === args ? '--secret-stdin' : 'usage/secret-in-arguments');
      expect(stdout + stderr).not.toMatch(/hunter22222|whsec_x/);
    }
  });
});

describe('signature sign', () => {
  test('prints the header for the bytes of standard input, and nothing else', async () => {
    expect(await runCli(['signature', 'sign'], { env: KEY, input: BODY })).toMatchObject({
      stdout: `${SHA1}\n`,
      stderr: '',
      code: 0,
    });
  });

  test('signs any bytes as they are', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'b'), Buffer.from([0xff, 0, 0x0d, 0x0a, 0xef, 0xbb, 0xbf]));
    const { stdout } = await runCli(['signature', 'sign', '--body', '@b', '--json'], { cwd, env: KEY });
    const { signature, bytes } = expectValid(stdout, 'signature-sign');
    expect(bytes).toBe(7);
    const check = await runCli(['signature', 'check', '--header', String(signature), '--body', 'b'], { cwd, env: KEY });
    expect(check.code).toBe(0);
  });

  test('takes the secret from standard input, one final line end removed', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'b'), BODY);
    for (const input of ['not-a-real-key', 'not-a-real-key\n', 'not-a-real-key\r\n']) {
      expect((await runCli(['signature', 'sign', '--body', '@b', '--secret-stdin'], { cwd, input })).stdout).toBe(
        `${SHA1}\n`,
      );
    }
    for (const input of ['', '\n', 'a\n\n', 'a\nb', 'a\tb', 'a\0b']) {
      const refused = await runCli(['signature', 'sign', '--body', '@b', '--secret-stdin'], { cwd, input });
      expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('Standard input holds no usable secret');
    }
  });

  test('says which way there is when no secret is set', async () => {
    const { code, stderr } = await runCli(['signature', 'sign'], { input: BODY });
    expect(code).toBe(2);
    expect(stderr).toContain('INTERCOM_WEBHOOK_SECRET=…');
  });

  test.each([
    ['missing.json', 'There is no such file. (ENOENT)'],
    ['folder', 'It is a directory. (EISDIR)'],
  ])('cannot read %s, exit code 5', async (file, why) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'folder'));
    const { code, stderr } = await runCli(['signature', 'sign', '--body', file], { cwd, env: KEY });
    expect(code).toBe(5);
    expect(stderr).toContain(why);
  });
});

describe('signature check', () => {
  const check = (header: string, env: Record<string, string> = KEY, input = BODY): ReturnType<typeof runCli> =>
    runCli(['signature', 'check', '--header', header, '--json'], { env, input });

  test('exit code 0 when it matches, naming algorithm and secret', async () => {
    const { stdout, code } = await check(SHA1);
    expect(code).toBe(0);
    expect(expectValid(stdout, 'signature-check')).toMatchObject({
      ok: true,
      match: true,
      algorithm: 'sha1',
      secret: 'current',
    });
    const previous = await check(`X-Hub-Signature: ${SHA1}`, {
      INTERCOM_WEBHOOK_SECRET: 'another-key',
      INTERCOM_WEBHOOK_SECRET_PREVIOUS: 'not-a-real-key',
    });
    expect(JSON.parse(previous.stdout)).toMatchObject({ match: true, secret: 'previous' });
  });

  test.each([
    [`sha1=${'0'.repeat(40)}`, 'mismatch'],
    ['sha1=', 'malformed'],
    [SHA1.slice(5), 'malformed'],
    ['', 'missing'],
  ])('exit code 1 for %j: %s', async (header, reason) => {
    const { stdout, code } = await check(header);
    expect(code).toBe(1);
    expect(expectValid(stdout, 'signature-check')).toMatchObject({ ok: false, match: false, reason });
  });

  test('a changed byte does not match', async () => {
    expect((await check(SHA1, KEY, `${BODY}\n`)).code).toBe(1);
  });
});

describe('the env file', () => {
  const evil =
    'NODE_OPTIONS="--require ./evil.cjs"\nPROPIQ_INTERCOM_PROFILE=nope\nHTTPS_PROXY=http://127.0.0.1:1\nINTERCOM_WEBHOOK_SECRET=not-a-real-key\n';

  test.each([[[]], [['--env-file', '.env']], [['--env-file=.env']]])(
    'cannot steer the tool with flags %j',
    async (flags) => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, '.env'), evil);
      writeFileSync(join(cwd, 'evil.cjs'), 'require("node:fs").writeFileSync("evil-was-here", "")');
      const { stdout, code } = await runCli(['signature', 'sign', ...flags], { cwd, input: BODY });
      expect({ stdout, code }).toEqual({ stdout: `${SHA1}\n`, code: 0 });
      expect(existsSync(join(cwd, 'evil-was-here'))).toBe(false);
    },
  );

  test.each([
    ['missing', () => undefined, 'There is no such file'],
    ['a directory', (path: string) => void mkdirSync(path), 'It is a directory'],
    ['binary', (path: string) => void writeFileSync(path, Buffer.from([0, 1, 2, 255])), 'not a text file'],
    [
      'half broken',
      (path: string) => void writeFileSync(path, 'A=1\nINTERCOM_WEBHOOK_SECRET\n'),
      'Line 2 names INTERCOM_WEBHOOK_SECRET',
    ],
  ])('that is %s is an error with exit code 2, for any command', async (_, make, why) => {
    const cwd = temporaryFolder();
    make(join(cwd, 'x.env'));
    for (const args of [
      ['signature', 'sign', '--env-file', 'x.env'],
      ['--env-file=x.env', 'signature', 'sign'],
    ]) {
      const { stdout, stderr, code } = await runCli(args, { cwd, env: KEY, input: BODY });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(why);
    }
  });

  test('a broken config file is an error with its position', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'propiq-intercom.config.json'), '{\n  "profiles": {,}\n}');
    const { stderr, code } = await runCli(['signature', 'sign'], { cwd, env: KEY, input: BODY });
    expect(code).toBe(2);
    expect(stderr).toContain('line 2, column 16');
  });

  test('an unknown profile is an error with the known ones', async () => {
    const { stderr, code } = await runCli(['signature', 'sign', '--profile', 'prodution'], { env: KEY, input: BODY });
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean production?');
  });
});
