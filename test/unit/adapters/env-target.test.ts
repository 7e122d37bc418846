import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createEnvTarget } from '../../../src/adapters/env-target.ts';
import type { EnvTarget } from '../../../src/setup/env-target.ts';
import { type EnvEdit, previewEnv, writeEnv } from '../../../src/setup/write-env.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { git, repository } from '../../support/git.ts';
import { asOrdinaryUser } from '../../support/other-user.ts';

const KEY = 'INTERCOM_WEBHOOK_SECRET';
const HERE = { PATH: process.env['PATH'], HOME: '/nonexistent' };
const change = () => [{ key: KEY, value: 'new' }];
const STRICT = { allowTracked: false };

const targetIn = (cwd: string, path = '.env', environment: Record<string, string | undefined> = HERE): EnvTarget =>
  createEnvTarget({ cwd, path, environment });
const write = (cwd: string, path?: string): Promise<EnvEdit> => writeEnv(targetIn(cwd, path), change, STRICT);
const refusal = (code: string, why = ''): Error =>
  expect.objectContaining({ code, why: expect.stringContaining(why) as string }) as Error;
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

/** A folder with an env file that has an old secret. */
function folderWith(content: string | Uint8Array = `${KEY}=old\n`, mode = 0o644): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.env'), content);
  chmodSync(join(folder, '.env'), mode);
  return folder;
}

describe('the file that is written', () => {
  test('is new: only its user may read it', async () => {
    const folder = temporaryFolder();
    const before = process.umask(0);
    try {
      expect(await write(folder)).toMatchObject({ isNew: true, isChanged: true });
    } finally {
      process.umask(before);
    }
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`${KEY}=new\n`);
    expect(modeOf(join(folder, '.env'))).toBe('600');
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  test.each([0o600, 0o640, 0o644, 0o755])('keeps the mode %o', async (mode) => {
    const folder = folderWith(undefined, mode);
    await write(folder);
    expect(modeOf(join(folder, '.env'))).toBe(mode.toString(8));
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`${KEY}=new\n`);
  });

  test('keeps its owner, or is left alone where that cannot be', async () => {
    const folder = folderWith(undefined, 0o666);
    chmodSync(folder, 0o777);
    await asOrdinaryUser(() => expect(write(folder)).rejects.toThrow(refusal('env/write', 'The file is as it was.')));
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`${KEY}=old\n`);
    expect(readdirSync(folder)).toEqual(['.env']);
    chownSync(join(folder, '.env'), 65_534, 65_534);
    await write(folder);
    expect(statSync(join(folder, '.env'))).toMatchObject({ uid: 65_534, gid: 65_534 });
  });

  test('is not touched when it has the value already, but what a killed run left is removed', async () => {
    const folder = folderWith(`${KEY}=new\n`, 0o444);
    writeFileSync(join(folder, '.env.propiq-0a1b.tmp'), `${KEY}=left\n`);
    symlinkSync('.env', join(folder, '.env.propiq-0c.tmp'));
    writeFileSync(join(folder, '.env.propiq-note.txt'), '');
    const before = statSync(join(folder, '.env'));
    expect(await write(folder)).toMatchObject({ isChanged: false, keys: [{ action: 'unchanged', line: 1 }] });
    expect(statSync(join(folder, '.env'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(readdirSync(folder).sort()).toEqual(['.env', '.env.propiq-0c.tmp', '.env.propiq-note.txt']);
  });

  test('had another name: that one keeps the old content, and the user is told', async () => {
    const folder = folderWith();
    linkSync(join(folder, '.env'), join(folder, 'other'));
    expect((await write(folder)).warnings).toEqual([expect.stringContaining('had another name')]);
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe(`${KEY}=old\n`);
  });
});

describe('what is refused is left as it is', () => {
  test('a read-only file, also for root', async () => {
    const folder = folderWith(undefined, 0o444);
    await expect(write(folder)).rejects.toThrow(refusal('env/read-only'));
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`${KEY}=old\n`);
  });

  test('a file that this user may not read, and a folder that this user may not write', async () => {
    const folder = folderWith(undefined, 0o600);
    chmodSync(folder, 0o755);
    await asOrdinaryUser(() => expect(write(folder)).rejects.toThrow(refusal('env/unreadable', 'may not read')));
    await asOrdinaryUser(() => expect(write(folder, 'new.env')).rejects.toThrow(refusal('env/write', 'may not write')));
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  test.each([
    [Buffer.from([0xff, 0xfe, 0x41, 0]), 'UTF-16'],
    [Buffer.from([0x41, 0x3d, 0xff]), 'UTF-8'],
    ['A=\0', 'UTF-8'],
    ['x'.repeat(256 * 1024 + 1), 'longer than'],
  ])('what is no text: %#', async (content, why) => {
    const folder = folderWith(content);
    await expect(write(folder)).rejects.toThrow(refusal('env/unreadable', why));
    expect(readFileSync(join(folder, '.env'))).toEqual(Buffer.from(content as string));
  });

  test('a directory, a pipe, and a file in no folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'dir'));
    execFileSync('/usr/bin/mkfifo', [join(folder, 'pipe')]);
    await expect(write(folder, 'dir')).rejects.toThrow(refusal('env/unreadable', 'directory'));
    await expect(write(folder, 'pipe')).rejects.toThrow(refusal('env/unreadable', 'no regular file'));
    await expect(write(folder, 'none/.env')).rejects.toThrow(refusal('env/write', 'folder does not exist'));
  });
});

describe('links', () => {
  test('inside the project are followed: the file that they lead to is replaced', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'config/app.env'), `${KEY}=old\n`);
    symlinkSync('config/app.env', join(folder, '.env'));
    await write(folder);
    expect(readlinkSync(join(folder, '.env'))).toBe('config/app.env');
    expect(lstatSync(join(folder, 'config/app.env')).isFile()).toBe(true);
    expect(readFileSync(join(folder, 'config/app.env'), 'utf8')).toBe(`${KEY}=new\n`);
  });

  test.each<[string, (project: string, outside: string) => string]>([
    ['the file', (project, outside) => (symlinkSync(join(outside, '.env'), join(project, '.env')), '.env')],
    ['its folder', (project, outside) => (symlinkSync(outside, join(project, 'config')), 'config/.env')],
  ])('out of the project are refused: %s', async (_, make) => {
    const outside = folderWith();
    git(outside, 'init');
    const project = repository();
    const path = make(project, outside);
    await expect(write(project, path)).rejects.toThrow(refusal('env/link', 'out of the project'));
    await expect(write(join(project, '..'), join(project, path))).rejects.toThrow(refusal('env/link'));
    expect(readFileSync(join(outside, '.env'), 'utf8')).toBe(`${KEY}=old\n`);
    expect(readdirSync(outside).sort()).toEqual(['.env', '.git']);
  });

  test('of a repository do not lead out of it, although the working directory is around both', async () => {
    const home = folderWith();
    mkdirSync(join(home, 'clone'));
    git(join(home, 'clone'), 'init');
    symlinkSync('../.env', join(home, 'clone/.env'));
    await expect(write(home, 'clone/.env')).rejects.toThrow(refusal('env/link', 'out of the project'));
  });

  test('to nowhere and in a circle are refused', async () => {
    const folder = temporaryFolder();
    symlinkSync('nowhere', join(folder, 'a'));
    symlinkSync('b', join(folder, 'b'));
    await expect(write(folder, 'a')).rejects.toThrow(refusal('env/link', 'does not exist'));
    await expect(write(folder, 'b')).rejects.toThrow(refusal('env/link', 'circle'));
  });

  test('a path that the user names elsewhere is no link', async () => {
    const elsewhere = folderWith();
    await write(temporaryFolder(), join(elsewhere, '.env'));
    expect(readFileSync(join(elsewhere, '.env'), 'utf8')).toBe(`${KEY}=new\n`);
  });
});

describe('a file that changes meanwhile', () => {
  /** The same target, with something that happens between reading and replacing. */
  const disturbed = (target: EnvTarget, disturb: () => void): EnvTarget => ({
    ...target,
    async find() {
      const found = await target.find();
      return { ...found, replace: (...args) => (disturb(), found.replace(...args)) };
    },
  });

  test('is read again, and what the other program wrote stays', async () => {
    const folder = folderWith(`A=1\n${KEY}=old\n`);
    let count = 0;
    const target = disturbed(targetIn(folder), () => {
      count += 1;
      if (count === 1) writeFileSync(join(folder, '.env'), `A=2\n${KEY}=old\n`);
    });
    expect(await writeEnv(target, change, STRICT)).toMatchObject({ isChanged: true });
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`A=2\n${KEY}=new\n`);
    expect(count).toBe(2);
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  test('appears: it is not overwritten', async () => {
    const folder = temporaryFolder();
    let count = 0;
    const target = disturbed(targetIn(folder), () => {
      count += 1;
      if (count === 1) writeFileSync(join(folder, '.env'), 'B=1\n');
    });
    await writeEnv(target, change, STRICT);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`B=1\n${KEY}=new\n`);
  });

  test('all the time is given up', async () => {
    const folder = folderWith('A=0\n');
    let count = 0;
    const target = disturbed(targetIn(folder), () => {
      count += 1;
      writeFileSync(join(folder, '.env'), `A=${count}\n`);
    });
    await expect(writeEnv(target, change, STRICT)).rejects.toThrow(refusal('env/changed', 'each of the 5 times'));
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('A=5\n');
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  test('two runs at once: both are told what is true, and nothing is left behind', async () => {
    const folder = folderWith('A=1\n');
    const runs = ['X', 'Y', 'Z'].map((key) =>
      writeEnv(targetIn(folder), () => [{ key, value: key.toLowerCase() }], STRICT),
    );
    const results = await Promise.allSettled(runs);
    const text = readFileSync(join(folder, '.env'), 'utf8');
    results.forEach(({ status }, at) => {
      if (status === 'fulfilled') expect(text).toContain(`${'XYZ'[at]}=${'xyz'[at]}\n`);
    });
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(text.startsWith('A=1\n')).toBe(true);
    expect(readdirSync(folder)).toEqual(['.env']);
  });
});

describe('in a repository', () => {
  const isIgnored = (folder: string, path: string): boolean =>
    git(folder, 'status', '--porcelain', '--ignored', '--', path).startsWith('!!');

  test.each([
    ['there is none', undefined, '.env\n'],
    ['it has rules', 'node_modules/\n', 'node_modules/\n.env\n'],
    ['it ends without a line end', 'dist\r\nlogs', 'dist\r\nlogs\r\n.env\r\n'],
    ['it has no text', '', '.env\n'],
  ])('.gitignore gets a rule first: %s', async (_, before, after) => {
    const folder = repository();
    if (before !== undefined) writeFileSync(join(folder, '.gitignore'), before);
    expect(await previewEnv(targetIn(folder), change, STRICT)).toMatchObject({ ignoredBy: '.gitignore' });
    expect(readdirSync(folder)).not.toContain('.env');
    expect(await write(folder)).toMatchObject({ ignoredBy: '.gitignore' });
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe(after);
    writeFileSync(join(folder, '.env.propiq-77.tmp'), '');
    expect(isIgnored(folder, '.env')).toBe(true);
    expect(isIgnored(folder, '.env.propiq-77.tmp')).toBe(true);
  });

  test('.gitignore is left alone where git ignores the file already', async () => {
    const folder = repository();
    writeFileSync(join(folder, '.gitignore'), '*.env\n');
    git(folder, 'add', '.');
    git(folder, 'commit', '-m', 'x');
    expect(await write(folder)).toMatchObject({ ignoredBy: null });
    expect(git(folder, 'status', '--porcelain')).toBe('');
  });

  test('the nearest .gitignore gets the rule, for exactly that file', async () => {
    const folder = repository();
    mkdirSync(join(folder, 'a[b]/c'), { recursive: true });
    writeFileSync(join(folder, '.gitignore'), 'x\n');
    expect(await write(folder, 'a[b]/c/#1*.env')).toMatchObject({ ignoredBy: '.gitignore' });
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe(String.raw`x
a\[b\]/c/#1\*.env
`);
    expect(isIgnored(folder, ':(literal)a[b]/c/#1*.env')).toBe(true);
  });

  test('a nested repository and a work tree count by themselves', async () => {
    const folder = repository();
    git(folder, 'commit', '--allow-empty', '-m', 'x');
    git(folder, 'worktree', 'add', 'tree');
    mkdirSync(join(folder, 'nested'));
    git(join(folder, 'nested'), 'init');
    for (const inner of ['tree', 'nested']) {
      await write(folder, `${inner}/.env`);
      expect(readFileSync(join(folder, inner, '.gitignore'), 'utf8')).toBe('.env\n');
      expect(git(join(folder, inner), 'status', '--porcelain')).toBe('?? .gitignore\n');
    }
  });

  test('a rule that overrules ours is told, and nothing is written', async () => {
    const folder = repository();
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/.gitignore'), '');
    symlinkSync('app/.gitignore', join(folder, '.gitignore'));
    await expect(write(folder)).rejects.toThrow(refusal('env/not-ignored', '.gitignore is no regular file.'));
    expect(readdirSync(folder)).not.toContain('.env');
    const other = repository();
    writeFileSync(join(other, '.gitignore'), '!.env.propiq-*\n');
    await expect(write(other)).resolves.toMatchObject({ isChanged: true });
  });

  test('a tracked file is refused, also one that was deleted, unless it is meant', async () => {
    const folder = repository();
    writeFileSync(join(folder, '.env'), `${KEY}=old\n`);
    git(folder, 'add', '.env');
    git(folder, 'commit', '-m', 'x');
    await expect(write(folder)).rejects.toThrow(refusal('env/tracked'));
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`${KEY}=old\n`);
    const edit = await writeEnv(targetIn(folder), change, { allowTracked: true });
    expect(edit).toMatchObject({ ignoredBy: null, warnings: [expect.stringContaining('tracked by git')] });
    expect(git(folder, 'status', '--porcelain')).toBe(' M .env\n');
    git(folder, 'checkout', '.env');
    rmSync(join(folder, '.env'));
    await expect(write(folder)).rejects.toThrow(refusal('env/tracked'));
  });

  test('where git cannot be asked nothing is written, unless it is meant', async () => {
    const folder = repository();
    const target = targetIn(folder, '.env', { PATH: '/nonexistent' });
    await expect(writeEnv(target, change, STRICT)).rejects.toThrow(refusal('env/not-ignored', 'not installed'));
    expect(readdirSync(folder)).toEqual(['.git']);
    await writeEnv(target, change, { allowTracked: true });
    expect(readdirSync(folder).sort()).toEqual(['.env', '.git']);
    const bare = temporaryFolder();
    await writeEnv(targetIn(bare, '.env', { PATH: '/nonexistent' }), change, STRICT);
    expect(readdirSync(bare)).toEqual(['.env']);
  });
});
