import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERROR_PAGES } from '../../../src/base/error-pages.ts';
import { ERROR_CODES } from '../../../src/base/errors.ts';
import { ALL_COMMANDS } from '../../support/commands.ts';

const ROOT = join(import.meta.dirname, '../../..');
const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

describe('commands', () => {
  test.each(ALL_COMMANDS)('$words has a schema for its JSON', ({ command }) => {
    expect(existsSync(join(ROOT, 'schemas', `${command.schema}.json`))).toBe(true);
  });

  test.each(ALL_COMMANDS)('$words stands in a file of its name', ({ words }) => {
    expect(existsSync(join(ROOT, 'src/commands', `${words.join('-')}.ts`))).toBe(true);
  });

  test.each(ALL_COMMANDS)('the flags of $words are named as commander names them', ({ command }) => {
    for (const [name, { spec }] of Object.entries(command.flags)) {
      const long = /--(?:no-)?([a-z0-9-]+)/.exec(spec)?.[1] ?? '';
      expect(long.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())).toBe(name);
    }
  });

  test('schemas are named by their file and belong to a command', () => {
    const known = new Set([
      ...ALL_COMMANDS.map(({ command }) => command.schema),
      'commands',
      'error',
      'log',
      'verify-all',
    ]);
    for (const file of readdirSync(join(ROOT, 'schemas'))) {
      const schema = JSON.parse(readFileSync(join(ROOT, 'schemas', file), 'utf8')) as { $id: string };
      expect(schema.$id).toBe(`propiq-intercom/${file.replace('.json', '')}@1`);
      expect(known).toContain(file.replace('.json', ''));
    }
  });
});

describe('error codes', () => {
  const code = sources('src')
    .filter((file) => !file.startsWith('base/error'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n');

  test.each(ERROR_CODES)('%s has a page, and something throws it', (id) => {
    expect(ERROR_PAGES[id].fix).not.toBe('');
    expect(code.includes(`'${id}'`) || id === 'internal/bug').toBe(true);
  });
});

test('no source file is too long to be read whole, tables excepted', () => {
  const long = sources('src').filter(
    (file) => !/table|pages/.test(file) && readFileSync(join(ROOT, 'src', file), 'utf8').split('\n').length > 250,
  );
  expect(long).toEqual([]);
});
