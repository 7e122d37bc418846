import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locateJsonError } from '../../../src/base/json.ts';

describe('locateJsonError', () => {
  test.each([
    ['{"a": tru}', { line: 1, column: 7 }],
    ['{\n  "a": 1,\n}', { line: 3, column: 1 }],
    ['{"a" 1}', { line: 1, column: 6 }],
    ['{"a":1 "b":2}', { line: 1, column: 8 }],
    ["{'a':1}", { line: 1, column: 2 }],
    ['// comment\n{}', { line: 1, column: 1 }],
    ['{"a":', { line: 1, column: 6 }],
    ['', { line: 1, column: 1 }],
    ['{}}', { line: 1, column: 3 }],
    ['[1,]', { line: 1, column: 4 }],
    ['{"a":"b\nc"}', { line: 1, column: 6 }],
    ['[01]', { line: 1, column: 3 }],
    ['[}', { line: 1, column: 2 }],
  ])('of %j is %j', (text, place) => expect(locateJsonError(text)).toEqual(place));

  test('finds nothing in JSON, and something in whatever JSON.parse refuses', () => {
    fc.assert(fc.property(fc.json(), (text) => void expect(locateJsonError(text)).toBeUndefined()));
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', ':', 'x', '\\'), (text, at, mark) => {
        const cut = at % (text.length + 1);
        const broken = text.slice(0, cut) + mark + text.slice(cut + 1);
        let isJson = true;
        try {
          JSON.parse(broken);
        } catch {
          isJson = false;
        }
        expect(locateJsonError(broken) === undefined).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
  });
});
