import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packRows, unpackRows } from '../../../../src/adapters/stores/sqlite-messages.ts';

const text = fc.string({ unit: 'binary' });
const rows = fc.array(
  fc.record({
    notificationId: fc.option(text),
    topic: text,
    receivedAt: fc.integer({ min: 0 }),
    headers: fc.uint8Array(),
    body: fc.uint8Array({ maxLength: 300 }),
  }),
);

test('rows come out of the other thread as they went in', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const packed = packRows(given);
      const { fields, bytes } = structuredClone(packed, { transfer: [packed.bytes.buffer] });
      expect(unpackRows({ fields, bytes })).toEqual(given);
    }),
  );
});

test('a body that is a view of something larger is taken alone', () => {
  const body = new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3);
  const [row] = unpackRows(
    packRows([{ notificationId: null, topic: 't', receivedAt: 0, headers: new Uint8Array(), body }]),
  );
  expect(row?.body).toEqual(Uint8Array.of(2, 3));
});
