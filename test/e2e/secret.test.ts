import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cleanEnv, type Finished, PROGRAM, runCli, temporaryFolder } from '../support/cli.ts';
import { git, repository } from '../support/git.ts';
import { expectValid } from '../support/schemas.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

const NEW = 'canary-7c41-new';
const OLD = 'canary-93ab-old';
const NEITHER = /canary-/;
const GUIDE = '# INTERCOM_WEBHOOK_SECRET will be generated when you create the webhook';

function folderWith(content?: string): string {
  const folder = temporaryFolder();
  if (content !== undefined) writeFileSync(join(folder, '.env'), content);
  return folder;
}
const envOf = (folder: string, name = '.env'): string => readFileSync(join(folder, name), 'utf8');

/** Runs a command that is given the new secret, and sees that no stream repeats a secret. */
async function secret(cwd: string, args: readonly string[], input = `${NEW}\n`, env = {}): Promise<Finished> {
  const finished = await runCli(['secret', ...args], { cwd, input, env });
  expect(finished.stdout + finished.stderr).not.toMatch(NEITHER);
  return finished;
}

async function json(cwd: string, args: readonly string[], input?: string, env = {}): Promise<Record<string, unknown>> {
  const { stdout } = await secret(cwd, [...args, '--json'], input, env);
  return expectValid(stdout, `secret-${args[0]}`);
}

describe('secret set', () => {
  test("puts the secret in the place of the guide's comment, once", async () => {
    const folder = folderWith(`A=1\n${GUIDE}\nB=2\n`);
    const first = await secret(folder, ['set', '--secret-stdin']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('.env line 2');
    expect(envOf(folder)).toBe(`A=1\nINTERCOM_WEBHOOK_SECRET=${NEW}\nB=2\n`);
    const again = await secret(folder, ['set', '--secret-stdin']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('has this value already');
    expect(readdirSync(folder)).toEqual(['.env']);
  });

  test('tells as JSON what it did', async () => {
    const folder = folderWith(`INTERCOM_WEBHOOK_SECRET=${OLD}\r\nINTERCOM_WEBHOOK_SECRET=${OLD}\r\n`);
    expect(await json(folder, ['set', '--secret-stdin'])).toMatchObject({
      ok: true,
      file: '.env',
      changed: true,
      created: false,
      keys: [{ action: 'changed', line: 2, earlierLines: [1], differences: [{ reader: 'sh' }] }],
      warnings: [expect.stringContaining('line 1 too'), expect.stringContaining('sh does not read')],
    });
  });

  test('creates a file that was named and is missing', async () => {
    const folder = folderWith();
    expect(await json(folder, ['set', '--secret-stdin', '--env-file', 'app.env'])).toMatchObject({ created: true });
    expect(envOf(folder, 'app.env')).toBe(`INTERCOM_WEBHOOK_SECRET=${NEW}\n`);
  });

  test.each([
    [`A=${OLD}\nINTERCOM_WEBHOOK_SECRET=${OLD}\nB=${OLD}\n`],
    [`A=${OLD}\n${GUIDE}\nB=${OLD}\n`],
    [`A=${OLD}\n`],
  ])('shows under --dry-run what would change, with no value and no neighbour: %#', async (content) => {
    const folder = folderWith(content);
    const { stdout, code } = await secret(folder, ['set', '--secret-stdin', '-n']);
    expect(code).toBe(0);
    expect(stdout).toContain('INTERCOM_WEBHOOK_SECRET=[masked]');
    expect(stdout).not.toMatch(/[AB]=/);
    expect(envOf(folder)).toBe(content);
    expect(await json(folder, ['set', '--secret-stdin', '-n'])).toMatchObject({ dryRun: true, changed: true });
  });

  test.each([
    ['whsec_YOUR_SECRET_HERE', 'placeholder'],
    [`"${NEW}"`, 'quotes'],
    [`${NEW} `, 'white space around'],
    [`dG9rO${'A'.repeat(30)}`, 'access token'],
    [`INTERCOM_WEBHOOK_SECRET=${NEW}`, 'name of the variable'],
  ])('refuses %s and says why', async (input, why) => {
    const folder = folderWith('A=1\n');
    expect(await secret(folder, ['set', '--secret-stdin'], input)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(why) as string,
    });
    expect(envOf(folder)).toBe('A=1\n');
  });

  test('writes what starts with whsec_, with a note', async () => {
    const folder = folderWith();
    const guide = ['whsec', `${NEW}-0123456789`].join('_');
    const { stderr, code } = await secret(folder, ['set', '--secret-stdin'], guide);
    expect({ code, env: envOf(folder) }).toEqual({ code: 0, env: `INTERCOM_WEBHOOK_SECRET=${guide}\n` });
    expect(stderr).toContain('client secret');
  });

  test('without a terminal names the flag', async () => {
    for (const args of [['set'], ['rotate'], ['set', '--json']]) {
      const { code, stdout, stderr } = await secret(folderWith(`INTERCOM_WEBHOOK_SECRET=${OLD}\n`), args);
      expect(code).toBe(2);
      expect(stdout + stderr).toContain('--secret-stdin');
    }
  });

  test('warns where another place wins', async () => {
    const folder = folderWith();
    const { stderr } = await secret(folder, ['set', '--secret-stdin'], NEW, { INTERCOM_WEBHOOK_SECRET: OLD });
    expect(stderr).toContain('INTERCOM_WEBHOOK_SECRET in the environment has another value');
  });

  test('the commands to go on with name the same env file', async () => {
    const folder = folderWith();
    const set = await secret(folder, ['set', '--secret-stdin', '--env-file', 'my app.env']);
    expect(set.stdout).toContain("propiq-intercom verify --env-file 'my app.env'\n");
    writeFileSync(join(folder, 'other.env'), 'A=1\n');
    const rotate = await secret(folder, ['rotate', '--secret-stdin', '--env-file', 'other.env']);
    expect(rotate.stderr).toContain('propiq-intercom secret set --env-file other.env\n');
    const missing = await secret(folder, ['set', '--env-file', 'other.env']);
    expect(missing.stderr).toContain('| propiq-intercom secret set --secret-stdin --env-file other.env\n');
  });

  test.each(["A='open\nINTERCOM_WEBHOOK_SECRET=old-value\nB=it's\n", 'A="open\n'])(
    'an unclosed quote before the key is named: others may not read on behind it: %j',
    async (content) => {
      const { code, stderr } = await secret(folderWith(content), ['set', '--secret-stdin']);
      expect(code).toBe(0);
      expect(stderr).toContain('Line 1 opens a quote that is never closed');
    },
  );

  test('in a repository: the rule first, and a tracked file only when it is meant', async () => {
    const folder = repository();
    expect(await json(folder, ['set', '--secret-stdin'])).toMatchObject({ ignoredBy: '.gitignore' });
    expect(git(folder, 'status', '--porcelain')).toBe('?? .gitignore\n');
    expect(statSync(join(folder, '.gitignore')).mode & 0o777).toBe(0o644);
    git(folder, 'add', '--force', '.env');
    const refused = await secret(folder, ['set', '--secret-stdin'], 'another-one');
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--allow-tracked') as string,
    });
    expect(await secret(folder, ['set', '--secret-stdin', '--allow-tracked'], 'another-one')).toMatchObject({
      code: 0,
    });
    expect(envOf(folder)).toBe('INTERCOM_WEBHOOK_SECRET=another-one\n');
  });
});

describe('secret rotate', () => {
  test('keeps the old secret, in one write; the same again changes nothing', async () => {
    const folder = folderWith(`export INTERCOM_WEBHOOK_SECRET="${OLD}"\nA=1`);
    expect(await json(folder, ['rotate', '--secret-stdin'])).toMatchObject({
      keys: [
        { key: 'INTERCOM_WEBHOOK_SECRET', action: 'changed', line: 1 },
        { key: 'INTERCOM_WEBHOOK_SECRET_PREVIOUS', action: 'added', line: 3 },
      ],
    });
    const rotated = `export INTERCOM_WEBHOOK_SECRET="${NEW}"\nA=1\nINTERCOM_WEBHOOK_SECRET_PREVIOUS=${OLD}`;
    expect(envOf(folder)).toBe(rotated);
    expect(await json(folder, ['rotate', '--secret-stdin'])).toMatchObject({ changed: false });
    expect(envOf(folder)).toBe(rotated);
  });

  test.each([
    [undefined, 'There is no secret in .env to rotate'],
    ['INTERCOM_WEBHOOK_SECRET=\n', 'There is no secret in .env to rotate'],
    ['INTERCOM_WEBHOOK_SECRET=whsec_YOUR_SECRET_HERE\n', 'not worth keeping'],
  ])('explains that there is nothing to rotate: %#', async (content, what) => {
    const folder = folderWith(content);
    const { code, stderr } = await secret(folder, ['rotate', '--secret-stdin']);
    expect(code).toBe(2);
    expect(stderr).toContain(what);
    expect(stderr).toContain('propiq-intercom secret set');
    expect(readdirSync(folder)).toEqual(content === undefined ? [] : ['.env']);
  });

  test('under the other name, where the file has it under that', async () => {
    const folder = folderWith(`INTERCOM_CLIENT_SECRET=${OLD}\n`);
    expect(await secret(folder, ['rotate', '--secret-stdin'])).toMatchObject({ code: 0, stderr: '' });
    expect(envOf(folder)).toBe(`INTERCOM_CLIENT_SECRET=${NEW}\nINTERCOM_WEBHOOK_SECRET_PREVIOUS=${OLD}\n`);
  });
});

describe('secret check', () => {
  test.each<[string, string | undefined, Record<string, string>, number, object]>([
    ['a sound one', `INTERCOM_WEBHOOK_SECRET=${OLD}\n`, {}, 0, { places: [{ where: '.env line 1', used: true }] }],
    ['none', 'A=1\n', {}, 1, { findings: [expect.stringContaining('No webhook secret is set')] }],
    ['a name alone', 'A=1\nINTERCOM_WEBHOOK_SECRET\n', {}, 1, { findings: [expect.stringContaining('line 2')] }],
    ['no file', undefined, {}, 1, { findings: [expect.stringContaining('No webhook secret is set')] }],
    ['a placeholder', 'INTERCOM_WEBHOOK_SECRET=changeme\n', {}, 1, { places: [{ verdict: 'unusable' }] }],
    [
      'quotes in the environment',
      undefined,
      { INTERCOM_WEBHOOK_SECRET: `"${OLD}"` },
      1,
      { places: [{ where: 'the environment', verdict: 'unusable' }] },
    ],
    [
      'two names with two values',
      `INTERCOM_WEBHOOK_SECRET=${OLD}\nINTERCOM_CLIENT_SECRET=${NEW}\n`,
      {},
      1,
      { findings: [expect.stringContaining('is another secret than')], places: [{ used: true }, { used: false }] },
    ],
    [
      'an earlier line and a previous one',
      `INTERCOM_WEBHOOK_SECRET=${NEW}\nINTERCOM_WEBHOOK_SECRET=${OLD}\nINTERCOM_WEBHOOK_SECRET_PREVIOUS=${OLD}\n`,
      {},
      0,
      {
        places: [{ used: true, where: '.env line 2' }, { used: false }, { role: 'previous', used: true }],
        notes: [expect.stringContaining('is not used'), expect.stringContaining('does nothing')],
      },
    ],
  ])('%s', async (_, content, env, code, report) => {
    const folder = folderWith(content);
    expect(await json(folder, ['check'], '', env)).toMatchObject({ ok: code === 0, ...report });
    const plain = await secret(folder, ['check'], '', env);
    expect(plain).toMatchObject({ code, stderr: '' });
    expect(plain.stdout.length).toBeGreaterThan(20);
  });
});

describe('in a terminal', () => {
  const open = (folder: string, args: readonly string[], options = {}): Terminal =>
    openTerminal(['secret', ...args], { cwd: folder, ...options });

  test.each([
    ['typed', `${NEW}\r`],
    ['pasted with a line end', `${NEW}\n`],
    ['pasted with spaces around', `  ${NEW} \r`],
    ['pasted in brackets', `\u001B[200~${NEW}\u001B[201~\r`],
    ['pasted in brackets with a line end', `\u001B[200~${NEW}\n\u001B[201~\r`],
  ])('the secret is masked: %s', async (_, keys) => {
    const folder = folderWith(`${GUIDE}\n`);
    const terminal = open(folder, ['set']);
    await terminal.shows(/client secret of the app/);
    terminal.type(keys);
    const { code, screen } = await terminal.ended;
    expect({ code, env: envOf(folder) }).toEqual({ code: 0, env: `INTERCOM_WEBHOOK_SECRET=${NEW}\n` });
    expect(screen).not.toMatch(NEITHER);
  });

  test('what cannot be the secret is asked for again', async () => {
    const folder = folderWith();
    const terminal = open(folder, ['set'], { columns: 60, env: { NO_COLOR: '1' } });
    await terminal.shows(/client secret of the app/);
    terminal.type('changeme\r');
    await terminal.shows(/placeholder/);
    terminal.type(`\u0015${NEW}\r`);
    const { code, screen } = await terminal.ended;
    expect({ code, env: envOf(folder) }).toEqual({ code: 0, env: `INTERCOM_WEBHOOK_SECRET=${NEW}\n` });
    // oxlint-disable-next-line no-control-regex
    expect(screen).not.toMatch(/\u001B\[[0-9;]*3[0-7]m/);
    const result = stripVTControlCharacters(screen.slice(screen.lastIndexOf('INTERCOM_WEBHOOK_SECRET is')));
    expect(result.split(/[\r\n]+/).filter((line) => line.length > 58)).toEqual([]);
  });

  test('Ctrl-Z and fg lead back to the question', async () => {
    const folder = folderWith('A=1\n');
    const shell = openTerminal(['--norc', '-i'], { program: 'bash', cwd: folder, env: { PS1: 'ready> ' } });
    await shell.shows(/ready> /);
    shell.type(`'${PROGRAM}' secret set\r`);
    await shell.shows(/client secret of the app/);
    shell.type('\u001A');
    await shell.shows(/Stopped[^]*ready> /);
    shell.type('fg\r');
    await shell.shows(/Stopped[^]*fg\r[^]*client secret of the app/);
    shell.type(`${NEW}\r`);
    const screen = await shell.shows(/intercom verify[^]*ready> |Cancelled/);
    expect(screen).not.toContain('top-level await');
    expect(envOf(folder)).toBe(`A=1\nINTERCOM_WEBHOOK_SECRET=${NEW}\n`);
  });

  test('Ctrl-C is the death of an interrupted process, and nothing was changed', async () => {
    const folder = folderWith(`${GUIDE}\n`);
    const terminal = open(folder, ['set']);
    await terminal.shows(/client secret of the app/);
    terminal.type('half\u0003');
    const { signal, screen } = await terminal.ended;
    expect(signal).toBe(2);
    expect(screen).toContain('Cancelled, nothing was changed.');
    expect(envOf(folder)).toBe(`${GUIDE}\n`);
  });

  test.each([
    ['a secret', OLD],
    ['a secret that dotenvx encrypted', `"encrypted:${OLD}"`],
    ['the address of a secret', 'op://vault/intercom/secret'],
  ])('%s that would be lost is asked about, and --yes is the answer', async (_, old) => {
    const content = `INTERCOM_WEBHOOK_SECRET=${old}\n`;
    const folder = folderWith(content);
    const no = open(folder, ['set']);
    await no.shows(/client secret of the app/);
    no.type(`${NEW}\r`);
    await no.shows(/Give that one up/);
    no.type('\r');
    expect(await no.ended).toMatchObject({ code: 2, screen: expect.stringContaining('Nothing was written') as string });
    expect(envOf(folder)).toBe(content);
    const yes = open(folder, ['set', '--yes']);
    await yes.shows(/client secret of the app/);
    yes.type(`${NEW}\r`);
    expect((await yes.ended).code).toBe(0);
    expect(envOf(folder)).toBe(content.replace(old.replaceAll('"', ''), NEW));
  });

  test('a secret that another program wrote meanwhile is asked about too', async () => {
    const folder = folderWith('A=1\n');
    const terminal = open(folder, ['set']);
    await terminal.shows(/client secret of the app/);
    writeFileSync(join(folder, '.env'), `INTERCOM_WEBHOOK_SECRET=${OLD}\n`);
    terminal.type(`${NEW}\r`);
    await terminal.shows(/Give that one up/);
    terminal.type('\r');
    expect((await terminal.ended).code).toBe(2);
    expect(envOf(folder)).toBe(`INTERCOM_WEBHOOK_SECRET=${OLD}\n`);
  });

  test('what stands in the way is told before anything is asked', async () => {
    const folder = repository();
    writeFileSync(join(folder, '.env'), 'A=1\n');
    git(folder, 'add', '.env');
    const { code, screen } = await open(folder, ['set']).ended;
    expect(code).toBe(2);
    expect(screen).toContain('git tracks it');
    expect(screen).not.toContain('client secret of the app');
    const { screen: rotated } = await open(folderWith(), ['rotate']).ended;
    expect(rotated).toContain('There is no secret in .env to rotate');
  });
});

test('no file of the user holds a secret but the env file', async () => {
  const folder = folderWith(`INTERCOM_WEBHOOK_SECRET=${OLD}\n`);
  await secret(folder, ['rotate', '--secret-stdin', '--verbose']);
  const home = cleanEnv(folder)['HOME'] ?? '';
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = files.filter(({ parentPath, name }) => NEITHER.test(readFileSync(join(parentPath, name), 'utf8')));
  expect(holding.map(({ name }) => name)).toEqual(['.env']);
});
