import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEnvDocument, printEnvDocument } from '../../../src/base/env-document.ts';
import { envFiles } from '../../support/env-files.ts';

const valuesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    parseEnvDocument(text).nodes.flatMap((node) => (node.kind === 'entry' ? [[node.key, node.value]] : [])),
  );

describe('an env document', () => {
  test('prints the bytes it was read from, and has the values that dotenv reads, whatever the text', () => {
    fc.assert(
      fc.property(envFiles, (text) => {
        expect(printEnvDocument(parseEnvDocument(text))).toBe(text);
        expect(valuesOf(text)).toEqual({ ...parse(text) });
      }),
      { numRuns: 30_000 },
    );
  });
});
