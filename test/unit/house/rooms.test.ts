import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** One broken snippet per room and kind of breach: a rule that stopped biting is worse than none. */
const BREACHES: readonly (readonly [room: string, what: string, code: string, rule: string])[] = [
  [
    'base',
    'imports another room',
    "import { TOPICS } from '../intercom/topics.ts';\nexport const n = TOPICS.length;",
    'no-restricted-imports',
  ],
  [
    'base',
    'reads a file',
    "import { readFileSync } from 'node:fs';\nexport const n = readFileSync('x').length;",
    'no-restricted-imports',
  ],
  ['base', 'asks the process', 'export const n = process.pid;', 'no-restricted-globals'],
  ['intercom', 'imports upwards', "export { runProgram } from '../cli/program.ts';", 'no-restricted-imports'],
  ['intercom', 'reads the clock', 'export const n = Date.now();', 'no-restricted-globals'],
  ['intercom', 'rolls dice', 'export const n = Math.random();', 'no-restricted-properties'],
  ['intercom', 'sends by itself', "export const n = fetch('http://127.0.0.1');", 'no-restricted-globals'],
  ['deliver', 'imports an adapter, later', "export const n = import('../adapters/clock.ts');", 'no-restricted-imports'],
  ['deliver', 'loads a heavy package', "export { request } from 'undici';", 'no-restricted-imports'],
  ['verify', 'imports the receiver', "export { x } from '../receive/receive.ts';", 'no-restricted-imports'],
  ['verify', 'waits by itself', 'export const n = setTimeout(String, 1);', 'no-restricted-globals'],
  [
    'verify/checks/url',
    'imports an adapter from deep inside',
    "export { systemClock } from '../../../adapters/clock.ts';",
    'no-restricted-imports',
  ],
  ['receive', 'imports setup', "export { x } from '../setup/plan.ts';", 'no-restricted-imports'],
  ['setup', 'starts a program', "export { spawn } from 'node:child_process';", 'no-restricted-imports'],
  ['diagnosis', 'imports verify', "export { CHECKS } from '../verify/checks/index.ts';", 'no-restricted-imports'],
  ['diagnosis/hypotheses', 'reads the clock', 'export const n = Date.now();', 'no-restricted-globals'],
  ['diagnosis', 'prints', "console.log('x');\nexport const n = 1;", 'no-restricted-globals'],
  ['commands', 'imports an adapter', "export { systemClock } from '../adapters/clock.ts';", 'no-restricted-imports'],
  ['commands', 'prints', "console.log('x');\nexport const n = 1;", 'no-restricted-globals'],
  ['adapters', 'uses values of the core', "export { TOPICS } from '../intercom/topics.ts';", 'no-restricted-imports'],
  ['adapters', 'imports a command', "export { COMMANDS } from '../commands/index.ts';", 'no-restricted-imports'],
  ['adapters', 'reads the environment', "export const n = process.env['X'];", 'no-restricted-properties'],
  ['cli', 'exits while output may be pending', 'process.exit(1);\nexport const n = 1;', 'no-restricted-properties'],
  [
    'cli',
    'leaves a promise behind',
    'const later = async (): Promise<void> => undefined;\nlater();\nexport const n = 1;',
    'no-floating-promises',
  ],
];

const ROOT = join(import.meta.dirname, '../../..');
const house = mkdtempSync(join(tmpdir(), 'propiq-rooms-'));
const fileOf = (at: number): string => `src/${BREACHES[at]?.[0]}/breach-${at}.ts`;
let findings: { filename: string; code?: string }[] = [];

beforeAll(() => {
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
    copyFileSync(join(ROOT, file), join(house, file));
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'), 'junction');
  BREACHES.forEach(([room, , code], at) => {
    mkdirSync(join(house, 'src', room), { recursive: true });
    writeFileSync(join(house, fileOf(at)), `${code}\n`);
  });
  findings = (JSON.parse(lint()) as { diagnostics: typeof findings }).diagnostics;
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

function lint(): string {
  try {
    const linter = join(ROOT, 'node_modules/oxlint/bin/oxlint');
    return execFileSync(process.execPath, [linter, '--format', 'json', 'src'], {
      cwd: house,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return (error as { stdout: string }).stdout; // findings make it exit with 1
  }
}

describe('the rules of the rooms', () => {
  test.each(BREACHES.map(([room, what, , rule], at) => [room, what, rule, at] as const))(
    '%s that %s is found by %s',
    (_room, _what, rule, at) => {
      const found = findings.filter(({ filename }) => filename.endsWith(fileOf(at))).map(({ code }) => code);
      expect(found).toContainEqual(expect.stringContaining(rule));
    },
  );
});
