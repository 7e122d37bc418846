import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDice } from '../../../src/intercom/samples/dice.ts';
import { seededRandom } from '../../../src/intercom/samples/seeded-random.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('gives one stream of bytes for a seed, however it is cut', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.nat(70), { maxLength: 10 }), (seed, cuts) => {
      const random = seededRandom(seed);
      const parts = cuts.map((count) => hex(random.bytes(count)));
      const total = cuts.reduce((sum, count) => sum + count, 0);
      expect(parts.join('')).toBe(hex(seededRandom(seed).bytes(total)));
    }),
  );
});

test('repeats nothing within a stream, and nothing between seeds', () => {
  const blocks = hex(seededRandom('a').bytes(3200)).match(/.{64}/g) ?? [];
  expect(new Set(blocks).size).toBe(100);
  expect(hex(seededRandom('b').bytes(32))).not.toBe(blocks[0]);
});

test('is the same on every computer', () => {
  expect(hex(seededRandom('seed').bytes(8))).toMatchInlineSnapshot(`"d91bf65986142d54"`);
});

test('dice stay within their bounds and reach them', () => {
  const dice = createDice(seededRandom('dice'));
  const thrown = Array.from({ length: 300 }, () => dice.whole(1, 6));
  expect(new Set(thrown)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  for (let nth = 0; nth < 100; nth += 1) {
    expect(dice.digits(15)).toMatch(/^[1-9]\d{14}$/);
    expect(dice.hex(24)).toMatch(/^[0-9a-f]{24}$/);
    expect(dice.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(dice.workspaceId()).toMatch(/^[a-z][a-z0-9]{7}$/);
  }
});
