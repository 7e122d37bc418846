import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine, cleanLines, columns, shellWord, shorten, wrap } from '../../../src/base/text.ts';

const HOSTILE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

describe('cleanLine', () => {
  test.each([
    ['plain é 漢 👩‍👩‍👧', 'plain é 漢 👩‍👩‍👧'],
    ['\u001B[31mred\u001B[0m', 'red'],
    ['\u001B]0;title\u0007text', 'text'],
    ['\u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007', 'link'],
    ['a\r\nb\tc', 'a b c'],
    ['a\u0085b\u2028c', 'a b c'],
    ['a\u009B31mb', 'ab'],
    ['user\u202Egnp.exe', 'usergnp.exe'],
    ['\u0000\u0007\u0008', ''],
  ])('makes %j %j', (text, clean) => {
    expect(cleanLine(text)).toBe(clean);
  });

  test('leaves nothing that a terminal acts on', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void expect(cleanLine(text)).not.toMatch(HOSTILE)));
  });
});

describe('cleanLines', () => {
  test('keeps line feeds and tabs, and nothing else that a terminal acts on', () => {
    expect(cleanLines('a\r\n\tb\rc\u001B[2J')).toBe('a\n\tbc');
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => void expect(cleanLines(text).replace(/[\n\t]/g, '')).not.toMatch(HOSTILE),
      ),
    );
  });
});

test('shorten counts characters, not halves of them', () => {
  expect(shorten('abcdef', 4)).toBe('abc…');
  expect(shorten('👍👍👍👍👍', 3)).toBe('👍👍…');
  expect(shorten('abc', 3)).toBe('abc');
});

describe('wrap', () => {
  test('breaks at spaces, indents, and keeps long words whole', () => {
    expect(wrap('one two three https://a-very-long-address.example/x', 12, '  ')).toBe(
      '  one two\n  three\n  https://a-very-long-address.example/x',
    );
  });

  test('loses no word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,20}$/)), fc.integer({ min: 1, max: 60 }), (words, width) => {
        expect(wrap(words.join(' '), width).split(/[\n ]/).filter(Boolean)).toEqual(words);
      }),
    );
  });
});

test.each(['plain', "it's", 'a b', '$HOME `x` "y" \\ !', '', 'https://x.example/?a=1&b=2', 'line\nbreak'])(
  'sh takes shellWord of %j for the same word',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);

test('columns aligns all but the last', () => {
  expect(
    columns([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
  ).toBe('a    bb  c\naaa  b');
});
