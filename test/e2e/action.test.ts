import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { plainApp, SECRET, serveApp } from '../receivers/receiver.ts';
import { PROGRAM, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';
import { runShell } from '../support/workflow.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;

/** `npx` that runs the program under test, whichever package it is asked for: what a registry would give is not tested here. */
function folderWithNpx(): string {
  const bin = temporaryFolder();
  const shift = 'while [ "$1" != propiq-intercom ]; do shift; done; shift';
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\n${shift}\nexec "${PROGRAM}" "$@"\n`);
  chmodSync(join(bin, 'npx'), 0o755);
  return bin;
}

/** What the runner does with an expression, as far as these files use any. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ *([\w.]+) *\}\}/g, (whole, name: string) => values[name] ?? expect.unreachable(whole));
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly folder: string;
  readonly outputs: string;
  readonly summary: string;
}

async function runAction(inputs: Readonly<Record<string, string>>): Promise<Ran> {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const values = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, inputs[name] ?? input.default]),
  );
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  let [code, stdout] = [0, ''];
  for (const { run = '', env = {} } of action.runs.steps) {
    const own = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fill(text, values)]));
    const ran = await runShell(run, {
      cwd: folder,
      env: { ...own, ...files, GITHUB_ACTIONS: 'true', CI: 'true', HOME: folder },
      path: inputs['package'] === undefined ? [folderWithNpx()] : [],
    });
    code ||= ran.code;
    stdout += ran.stdout;
  }
  const read = (file: string): string => readFileSync(file, 'utf8');
  return { code, stdout, folder, outputs: read(files.GITHUB_OUTPUT), summary: read(files.GITHUB_STEP_SUMMARY) };
}

async function receiver(habits: Parameters<typeof plainApp>[0] = {}): Promise<string> {
  const { url, close } = await serveApp(plainApp(habits));
  onTestFinished(close);
  return url;
}

describe('the GitHub action', () => {
  test('is a composite one whose inputs never become part of the script', () => {
    expect(action.runs.using).toBe('composite');
    expect(action.runs.steps.map(({ shell }) => shell)).toEqual(['bash']);
    expect(action.runs.steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  test('passes a right receiver, and leaves reports, outputs and a summary', async () => {
    const { code, folder, outputs, summary } = await runAction({ url: await receiver(), secret: SECRET });
    expect(code).toBe(0);
    expect(outputs).toBe('json=propiq-intercom/verify.json\njunit=propiq-intercom/verify.xml\n');
    expect(summary).toContain('nothing failed');
    const report = expectValid(readFileSync(join(folder, 'propiq-intercom/verify.json'), 'utf8'), 'verify');
    expect(report['checks']).toContainEqual(expect.objectContaining({ id: 'signature/sha1', status: 'pass' }));
    expect(readFileSync(join(folder, 'propiq-intercom/verify.xml'), 'utf8')).toContain('failures="0"');
  });

  test('fails a receiver that is open to all, also without a secret, with an annotation', async () => {
    const { code, stdout } = await runAction({ url: await receiver({ isRight: () => true }) });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error title=endpoint\/unsigned-rejected::/m);
  });

  test('takes more arguments, one a line, and is strict when asked', async () => {
    const url = await receiver();
    const more = '--only\nurl/public\n--only\nendpoint/head';
    expect((await runAction({ url, arguments: more })).code).toBe(0);
    expect((await runAction({ url, arguments: more, strict: 'true' })).code).toBe(1);
  });

  test('starts an application', async () => {
    const app = join(temporaryFolder(), 'app.cjs');
    writeFileSync(app, `require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1')`);
    const { code, stdout } = await runAction({ spawn: `node ${app}`, wait: '20s' });
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('Anyone can post') as string });
  });

  describe('with the package as npm installs it', () => {
    let tarball = '';
    beforeAll(() => {
      const folder = mkdtempSync(join(tmpdir(), 'propiq-test-'));
      const name = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      tarball = join(folder, name.trim());
      return () => rmSync(folder, { recursive: true, force: true });
    });

    test('runs from the package, through the real npx', async () => {
      const { code, summary } = await runAction({ url: await receiver(), secret: SECRET, package: tarball });
      expect({ code, summary }).toMatchObject({
        code: 0,
        summary: expect.stringContaining('nothing failed') as string,
      });
    });
  });
});

describe('the workflow of the documentation', () => {
  const page = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
  const [, text = ''] = /```yaml\n(name:[\s\S]*?)```/.exec(page) ?? [];
  interface Job {
    readonly env: Readonly<Record<string, string>>;
    readonly steps: readonly Step[];
  }
  const workflow = parse(text) as { readonly jobs: { readonly verify: Job } };

  test('has steps that run, and that fail for an open receiver', async () => {
    const { steps, env } = workflow.jobs.verify;
    const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(commands).toHaveLength(1);
    for (const [habits, expected] of [
      [{}, 0],
      [{ isRight: () => true }, 1],
    ] as const) {
      const url = await receiver(habits);
      const given = { ...env, INTERCOM_WEBHOOK_URL: url, INTERCOM_WEBHOOK_SECRET: SECRET };
      expect(Object.keys(given)).toEqual(Object.keys(env));
      const folder = temporaryFolder();
      const { code } = await runShell(commands[0] ?? '', {
        cwd: folder,
        env: { ...given, HOME: folder },
        path: [folderWithNpx()],
      });
      expect(code).toBe(expected);
      expectValid(readFileSync(join(folder, 'verify.json'), 'utf8'), 'verify');
    }
  });
});
