import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanValues } from '../../../src/deliver/scan-values.ts';
import { tamper } from '../../../src/deliver/tamper.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tampered = (text: string): string => Buffer.from(tamper(bytes(text))).toString();
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('tamper', () => {
  test('changes a value of JSON, whatever its layout, and nothing but that', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', '  '), (value, indent) => {
        const before = ` ${JSON.stringify(value, null, indent)}\n`;
        const after = tampered(before);
        expect(isJson(after)).toBe(true);
        expect(JSON.parse(after)).not.toEqual(JSON.parse(before));
      }),
    );
  });

  test('changes any bytes, and never white space alone', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (before) => {
        const strip = (all: Uint8Array): string =>
          Buffer.from(all.filter((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte))).toString('hex');
        expect(strip(tamper(before))).not.toBe(strip(before));
      }),
    );
  });

  test.each([
    [
      '{"type":"a","data":{"type":"b","item":{"id":"1","email":"x"}}}',
      '{"type":"a","data":{"type":"b","item":{"id":"1","email":"x-changed"}}}',
    ],
    ['{"data":{"type":"b","id":"1"},"topic":"t"}', '{"data":{"type":"b","id":"1-changed"},"topic":"t"}'],
    ['{"data":{"count":7},"topic":"t"}', '{"data":{"count":0},"topic":"t"}'],
    ['{"topic":"t"}', '{"topic":"t-changed"}'],
    ['{"data":{}}', '{"data":{"changed":true}}'],
    ['[]', '[true]'],
    ['0', '1'],
    ['-0.0', '1'],
    ['12', '0'],
    ['null', 'true'],
    ['true', 'false'],
    ['"a\\"b"', '"a\\"b-changed"'],
    ['', 'x'],
    ['not json', 'oot json'],
  ])('of %s makes %s', (before, after) => expect(tampered(before)).toBe(after));

  test('keeps a byte order mark where it was', () => {
    expect(Buffer.from(tamper(bytes('\uFEFF{"a":1}'))).toString()).toBe('\uFEFF{"a":0}');
  });

  test('works on what is nested 100,000 deep, and on a text of 8 MB', () => {
    const deep = `{"data":${'['.repeat(100_000)}"x"${']'.repeat(100_000)}}`;
    expect(tampered(deep)).toBe(deep.replace('"x"', '"x-changed"'));
    const long = `{"data":{"text":"${'\\u0041\\"'.repeat(1_000_000)}"}}`;
    expect(tampered(long)).toBe(long.replace(/"\}\}$/, '-changed"}}'));
  });
});

test('the scan finds every scalar and empty container of a JSON text, in order', () => {
  const leaves = (value: unknown): unknown[] => {
    if (value === null || typeof value !== 'object') return [value];
    const inner = Object.values(value);
    return inner.length === 0 ? [value] : inner.flatMap(leaves);
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const found = [...scanValues(text)].map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown);
      expect(found).toEqual(leaves(JSON.parse(text)));
    }),
  );
});
