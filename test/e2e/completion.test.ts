import { spawn } from '@lydell/node-pty';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PROGRAM, runCli, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';

const scripts: Record<string, string> = {};
beforeAll(() => {
  for (const shell of ['bash', 'zsh', 'fish'])
    scripts[shell] = execFileSync(PROGRAM, ['completion', shell], { encoding: 'utf8' });
});

function scriptFile(shell: string): string {
  const file = join(temporaryFolder(), `completion.${shell}`);
  writeFileSync(file, scripts[shell] ?? '');
  return file;
}

/** What the shell offers for the last word of a command line. */
const offers: Readonly<Record<string, (line: readonly string[]) => readonly string[]>> = {
  bash(line) {
    const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _propiq_intercom; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return linesOf(
      execFileSync('bash', ['--norc', '-c', program, 'bash', scriptFile('bash'), ...line], { encoding: 'utf8' }),
    );
  },
  fish(line) {
    const program = `source $argv[1]; complete -C "$argv[2]"`;
    const env = { ...process.env, HOME: temporaryFolder() };
    const text = execFileSync('fish', ['--no-config', '-c', program, scriptFile('fish'), line.join(' ')], {
      encoding: 'utf8',
      env,
    });
    return linesOf(text).map((row) => row.split('\t')[0] ?? '');
  },
};

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

describe.each(Object.keys(offers))('in %s', (shell) => {
  const offer = (line: string): readonly string[] => offers[shell]?.(line.split(' ')) ?? [];

  test.each([
    ['propiq-intercom ver', ['verify']],
    ['propiq-intercom --json topics ', ['list', 'show']],
    ['propiq-intercom verify --stri', ['--strict']],
    ['propiq-intercom verify --only signature/sha', ['signature/sha1', 'signature/sha256']],
    ['propiq-intercom send-test --algorithm ', ['auto', 'sha1', 'sha256']],
    ['propiq-intercom send-test user.crea', ['user.created']],
    ['propiq-intercom topics show contact.user.crea', ['contact.user.created']],
    ['propiq-intercom explain net/d', ['net/dns']],
    ['propiq-intercom completion z', ['zsh']],
  ])('%s', (line, expected) => {
    expect([...offer(line)].sort()).toEqual([...expected].sort());
  });
});

test('in zsh, on a terminal: a word is completed, and a list has the meanings', async () => {
  const home = temporaryFolder();
  writeFileSync(
    join(home, '.zshrc'),
    `PROMPT='ready> '\nautoload -Uz compinit && compinit -u -D\nsource ${scriptFile('zsh')}\n`,
  );
  const env = { HOME: home, ZDOTDIR: home, TERM: 'xterm', PATH: `${dirname(PROGRAM)}:${process.env['PATH'] ?? ''}` };
  const zsh = spawn('zsh', ['-i'], { env, cols: 100, rows: 40 });
  onTestFinished(() => zsh.kill('SIGKILL'));
  let screen = '';
  zsh.onData((part) => (screen += part));
  await expect.poll(() => screen).toContain('ready> ');
  zsh.write('propiq-intercom verify --only signature/ac\t');
  await expect.poll(() => screen).toContain('signature/accepted');
  screen = '';
  zsh.write('\u0015propiq-intercom topics \t');
  await expect.poll(() => screen).toMatch(/list +-- list the topics/);
});

test('its JSON fits the schema, and another shell is refused with a close one', async () => {
  const { stdout } = await runCli(['completion', 'fish', '--json']);
  expect(expectValid(stdout, 'completion')).toMatchObject({ shell: 'fish', script: scripts['fish'] });
  const { code, stderr } = await runCli(['completion', 'zhs']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('zsh') as string });
});

test('every command and flag of the help pages can be completed', async () => {
  const { stdout } = await runCli(['verify', '--help']);
  const flags = [...stdout.matchAll(/(?<=\s)--[a-z-]+/g)].map(([flag]) => flag);
  expect(flags.length).toBeGreaterThan(15);
  for (const flag of flags) for (const shell of ['bash', 'zsh']) expect(scripts[shell]).toContain(flag);
});
