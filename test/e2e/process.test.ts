import { describe, expect, test } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnv, PROGRAM, runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { openTerminal } from '../support/terminal.ts';

const KEY = { INTERCOM_WEBHOOK_SECRET: 'not-a-real-key' };
const SHA1_OF_NOTHING = /sha1=[0-9a-f]{40}/;

describe('prompts', () => {
  const sign = (env: Record<string, string> = {}, flags: readonly string[] = []): ReturnType<typeof openTerminal> => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'b'), '');
    return openTerminal(['signature', 'sign', '--body', '@b', ...flags], { cwd, env });
  };

  test('ask for a missing secret on a terminal, and never show it', async () => {
    const terminal = sign();
    await terminal.shows(/client secret/);
    terminal.type('not-a-real-key\r');
    const { code, screen } = await terminal.ended;
    expect(code).toBe(0);
    expect(screen).toMatch(SHA1_OF_NOTHING);
    expect(screen).not.toContain('not-a-real-key');
  });

  test.each([
    ['--no-input', {}, ['--no-input']],
    ['CI=1', { CI: '1' }, []],
    ['CI=true', { CI: 'true' }, []],
    ['--json', {}, ['--json']],
  ])('do not ask with %s', async (_, env, flags) => {
    const { code, screen } = await sign(env, flags).ended;
    expect(code).toBe(2);
    expect(screen).toContain('No webhook secret is set');
  });

  test('Ctrl-C in one is death by SIGINT, with the truth about what was changed', async () => {
    const terminal = sign();
    await terminal.shows(/client secret/);
    terminal.type('\u0003');
    const { signal, screen } = await terminal.ended;
    expect(signal).toBe(2);
    expect(screen).toContain('Cancelled, nothing was changed.');
  });
});

describe('signals and pipes', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s is real signal death', async (signal) => {
    const running = startCli(['signature', 'sign', '--verbose'], { env: KEY }); // waits for standard input
    await new Promise((done) => running.child.once('spawn', done));
    const started = startCli(['--version']); // by its end the first one has installed its handlers, or dies as well
    await started.finished;
    running.child.kill(signal);
    expect(await running.finished).toMatchObject({ signal, stdout: '' });
  });

  test('a reader that goes away ends the run in silence', async () => {
    const cwd = temporaryFolder();
    const child = spawn('sh', ['-c', '"$PROGRAM" --help | true'], { cwd, env: { ...cleanEnv(cwd), PROGRAM } });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    const code = await new Promise((done) => child.once('close', done));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe.runIf(existsSync('/dev/full'))('on a full disk', () => {
  const run = async (line: string): Promise<{ code: number | null; stderr: string }> => {
    const cwd = temporaryFolder();
    const child = spawn('sh', ['-c', line], { cwd, env: { ...cleanEnv(cwd), PROGRAM } });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stderr };
  };

  test.each(['topics list', 'topics list --json'])(
    'a result that cannot be written is an error of its own: %s',
    async (words) => {
      const { code, stderr } = await run(`"$PROGRAM" ${words} >/dev/full`);
      expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining('ENOSPC') as string });
      expect(stderr).toContain('Standard output cannot be written');
      expect(stderr).not.toContain('bug');
    },
  );

  test('what cannot be said does not change the result', async () => {
    expect((await run('"$PROGRAM" topics show nope 2>/dev/full')).code).toBe(2);
    expect((await run('"$PROGRAM" topics list --verbose 2>/dev/full >/dev/null')).code).toBe(0);
  });
});

test('a folder that is gone is told as that', async () => {
  const cwd = temporaryFolder();
  const line = 'mkdir gone && cd gone && rmdir ../gone && "$PROGRAM" topics list';
  const child = spawn('sh', ['-c', line], { cwd, env: { ...cleanEnv(cwd), PROGRAM } });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, stderr }).toEqual({
    code: 5,
    stderr: expect.stringContaining('The folder in which this runs is gone'),
  });
});

describe('a bug', () => {
  const broken = (code: string): string =>
    `const crypto = require('node:crypto');\ncrypto.createHmac = () => { ${code} };\nrequire('node:module').syncBuiltinESMExports();\n`;

  test.each([
    ['thrown', "throw new TypeError('it broke')"],
    [
      'left to nobody',
      "Promise.reject(new TypeError('it broke')); return { update: () => ({ digest: () => Buffer.alloc(20) }) }",
    ],
  ])('%s is told as one, with exit code 70 and what to report', async (_, code) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'broken.cjs'), broken(code));
    const env = { ...KEY, NODE_OPTIONS: `--require ${join(cwd, 'broken.cjs')}` };
    const told = await runCli(['signature', 'sign'], { cwd, env });
    expect(told.code).toBe(70);
    expect(told.stderr).toContain('TypeError: it broke');
    expect(told.stderr).toContain('--verbose');
    expect(told.stderr).not.toContain('broken.cjs');
    const verbose = await runCli(['signature', 'sign', '--verbose'], { cwd, env });
    expect(verbose.stderr).toContain('broken.cjs');
  });
});

describe('colour', () => {
  const failing = ['signature', 'chek'];
  const ESCAPE = new RegExp(String.fromCodePoint(27));

  test('none through a pipe, some when forced, none when refused', async () => {
    expect((await runCli(['signature', 'check', '--header', 'x'], { env: KEY })).stdout).not.toMatch(ESCAPE);
    expect(
      (await runCli(['signature', 'check', '--header', 'x'], { env: { ...KEY, FORCE_COLOR: '1' } })).stdout,
    ).toMatch(ESCAPE);
    expect(
      (await runCli(['signature', 'check', '--header', 'x'], { env: { ...KEY, FORCE_COLOR: '1', NO_COLOR: '1' } }))
        .stdout,
    ).not.toMatch(ESCAPE);
    expect(
      (await runCli(['signature', 'check', '--header', 'x', '--no-color'], { env: { ...KEY, FORCE_COLOR: '1' } }))
        .stdout,
    ).not.toMatch(ESCAPE);
    expect(
      (await runCli(['signature', 'check', '--header', 'x', '--json'], { env: { ...KEY, FORCE_COLOR: '1' } })).stdout,
    ).not.toMatch(ESCAPE);
  });

  test('marks are ASCII where the locale is not UTF-8', async () => {
    const { stderr } = await runCli(failing, { env: { LANG: 'C' } });
    expect(stderr).toMatch(/^x There is no command/);
    expect((await runCli(failing)).stderr).toMatch(/^✗ There is no command/);
  });
});
