import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PROGRAM, runCli, temporaryFolder } from '../support/cli.ts';

interface Loaded {
  /** Files of this package behind the launcher. */
  readonly own: readonly string[];
  /** Names of other packages. */
  readonly packages: readonly string[];
}

/** What a run of the program loads: Node writes down each script that it compiled. */
async function loadedBy(args: readonly string[], code: number): Promise<Loaded> {
  const seen = join(temporaryFolder(), 'seen');
  mkdirSync(seen);
  expect((await runCli(args, { env: { NODE_V8_COVERAGE: seen } })).code).toBe(code);
  const files = readdirSync(seen)
    .flatMap((file) => (JSON.parse(readFileSync(join(seen, file), 'utf8')) as { result: { url: string }[] }).result)
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url }) => fileURLToPath(url));
  const home = dirname(dirname(files.find((file) => file.endsWith('/bin/propiq-intercom.js')) ?? PROGRAM));
  const own = files.filter((file) => file.startsWith(home) && !file.slice(home.length).includes('node_modules'));
  const others = files.filter((file) => !own.includes(file));
  const nameOf = (file: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
  return {
    own: own.map((file) => file.slice(home.length + 1)).filter((file) => !file.startsWith('bin')),
    packages: [...new Set(others.map(nameOf))],
  };
}

describe('how much is loaded to say something small', () => {
  test.each<[string[], number, number, string[]]>([
    [['--help'], 0, 15, []],
    [['--version'], 0, 15, []],
    [[], 0, 15, []],
    [['no-such-command'], 2, 15, ['commander']],
    [['--no-such-flag'], 2, 15, ['commander']],
    [['verify', '--no-such-flag'], 2, 20, ['commander']],
    [['verify', '--help'], 0, 15, ['commander']],
    [['send-test', '--help'], 0, 15, ['commander']],
    [['serve', '--help'], 0, 15, ['commander']],
    [['topics', 'list'], 0, 25, ['commander']],
    [['events', 'list', '--help'], 0, 15, ['commander']],
    [['signature', 'check', '--help'], 0, 15, ['commander']],
  ])('%j', async (args, code, mostOwn, mostPackages) => {
    const { own, packages } = await loadedBy(args, code);
    expect(own).toContain(join('dist', 'cli', 'main.js'));
    expect(own.length, own.join('\n')).toBeLessThanOrEqual(mostOwn);
    expect(packages.filter((name) => !mostPackages.includes(name))).toEqual([]);
  });
});
