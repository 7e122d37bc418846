import { describe, expect, test } from 'vitest';
import { home } from '../../../src/cli/globals.ts';
import { rootHelp } from '../../../src/cli/root-help.ts';
import { COMMANDS } from '../../../src/commands/index.ts';

describe('the help page of the program', () => {
  test.each([40, 60, 80, 100])('keeps to %i columns', (width) => {
    const lines = rootHelp(COMMANDS, width).split('\n');
    expect(lines.filter((line) => line.length > width && !/^(?:Usage:|A command in detail:)/.test(line))).toEqual([]);
  });

  test('names every command and every exit code', () => {
    const page = rootHelp(COMMANDS, 80);
    for (const { name, summary } of COMMANDS) expect(page.replace(/\s+/g, ' ')).toContain(`${name} ${summary}`);
    for (const code of [0, 1, 2, 3, 4, 5, 70, 130]) expect(page).toMatch(new RegExp(`^  ${code} `, 'm'));
  });
});

test('the way through has four steps, each of them a command', () => {
  const steps = [...home(String).matchAll(/^ {2}\d\. propiq-intercom ([a-z-]+)/gm)].map(([, name]) => name);
  expect(steps).toEqual(['setup', 'verify', 'send-test', 'serve']);
  expect(COMMANDS.map(({ name }) => name)).toEqual(expect.arrayContaining(steps));
});
