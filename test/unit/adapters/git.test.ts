import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvFileState } from '../../../src/adapters/git.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { git, repository } from '../../support/git.ts';

const HERE = { PATH: process.env['PATH'], HOME: '/nonexistent' };

function write(folder: string, name: string, text = 'INTERCOM_REGION=eu\n'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const known = (isTracked: boolean, isIgnored: boolean): object => ({ state: 'known', isTracked, isIgnored });

describe('what git says of an env file', () => {
  test('neither tracked nor ignored', async () => {
    const path = write(repository(), '.env');
    expect(await readEnvFileState(path, '.env', HERE)).toEqual({ path: '.env', ...known(false, false) });
  });

  test('ignored, also from a folder above', async () => {
    const folder = repository();
    write(folder, '.gitignore', '.env\n');
    mkdirSync(join(folder, 'backend'));
    const path = write(join(folder, 'backend'), '.env');
    expect(await readEnvFileState(path, '.env', HERE)).toMatchObject(known(false, true));
  });

  test.each(['.env', ':(top).env', '*.env', '-x.env'])('tracked: %s', async (name) => {
    const folder = repository();
    const path = write(folder, name);
    git(folder, '--literal-pathspecs', 'add', '--force', '--', name);
    git(folder, 'commit', '-m', 'x');
    expect(await readEnvFileState(path, name, HERE)).toMatchObject(known(true, false));
  });

  test('a pattern in its name matches nothing else', async () => {
    const folder = repository();
    write(folder, 'other.env');
    git(folder, 'add', '.');
    expect(await readEnvFileState(write(folder, '*.env'), '*.env', HERE)).toMatchObject(known(false, false));
  });

  test('of a link, the file that it leads to is meant', async () => {
    const folder = repository();
    const path = write(folder, 'real.env');
    git(folder, 'add', 'real.env');
    symlinkSync(path, join(temporaryFolder(), '.env'));
    symlinkSync(path, join(folder, 'link.env'));
    expect(await readEnvFileState(join(folder, 'link.env'), 'link.env', HERE)).toMatchObject(known(true, false));
  });

  test('no repository, no file, no git', async () => {
    const path = write(temporaryFolder(), '.env');
    expect(await readEnvFileState(path, '.env', HERE)).toMatchObject({ state: 'no-repository' });
    expect(await readEnvFileState(`${path}x`, '.envx', HERE)).toEqual({ state: 'missing', path: '.envx' });
    expect(await readEnvFileState(path, '.env', { PATH: '/nonexistent' })).toMatchObject({ state: 'no-git' });
  });

  test('a repository that git cannot read is not judged', async () => {
    const folder = repository();
    write(join(folder, '.git'), 'config', '[core\n');
    const state = await readEnvFileState(write(folder, '.env'), '.env', HERE);
    expect(state).toMatchObject({ state: 'unknown', why: expect.stringContaining('config') as string });
  });
});

describe('a repository of strangers', () => {
  test('starts nothing', async () => {
    const folder = repository();
    const marker = join(folder, 'started');
    const script = join(folder, 'script.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    write(
      join(folder, '.git'),
      'config',
      `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = ${script}\n\thooksPath = ${folder}\n\tpager = ${script}\n\tsshCommand = ${script}\n[alias]\n\tls-files = !${script}\n\tcheck-ignore = !${script}\n[filter "x"]\n\tclean = ${script}\n\tsmudge = ${script}\n[diff]\n\texternal = ${script}\n`,
    );
    write(folder, '.gitattributes', '* filter=x\n');
    const path = write(folder, '.env');
    expect(await readEnvFileState(path, '.env', HERE)).toMatchObject(known(false, false));
    expect(existsSync(marker)).toBe(false);
  });

  test('variables of git in the environment point nowhere', async () => {
    const other = repository();
    write(other, '.env');
    git(other, 'add', '.env');
    const path = write(temporaryFolder(), '.env');
    const hostile = { ...HERE, GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other, GIT_CONFIG_COUNT: '1' };
    expect(await readEnvFileState(path, '.env', hostile)).toMatchObject({ state: 'no-repository' });
  });
});
