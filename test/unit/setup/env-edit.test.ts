import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesOf, parseEnvDocument, printEnvNode } from '../../../src/base/env-document.ts';
import { AppError } from '../../../src/base/errors.ts';
import { setEnvKey } from '../../../src/setup/env-edit.ts';
import { envFiles, envValues } from '../../support/env-files.ts';

const KEY = 'INTERCOM_WEBHOOK_SECRET';

describe('setEnvKey', () => {
  test('changes the line of the key and nothing else, for any file and any value', () => {
    let refused = 0;
    const runs = 100_000;
    fc.assert(
      fc.property(envFiles, envValues, (text, value) => {
        let after: string;
        try {
          after = setEnvKey(text, KEY, value).text;
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          refused += 1;
          return;
        }
        const before = { ...parse(text) };
        const keys = { ...parse(after) };
        expect(keys[KEY]).toBe(value.replace(/\r\n?/g, '\n'));
        expect({ ...keys, [KEY]: '' }).toEqual({ ...before, [KEY]: '' });
        if (before[KEY] === value) expect(after).toBe(text);
        const kept = textAround(text, after);
        const lost = text.slice(kept.start, text.length - kept.end);
        const target = entriesOf(parseEnvDocument(text), KEY).at(-1);
        if (target) expect(printEnvNode(target)).toContain(lost);
        else expect(lost.trimEnd()).toMatch(/^[^\r\n]*$/);
      }),
      { numRuns: runs },
    );
    expect(refused).toBeLessThan(runs / 20);
  });
});

/** How much two texts have in common at their start and at their end. */
function textAround(one: string, other: string): { start: number; end: number } {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return { start, end };
}
