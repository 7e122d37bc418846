import type { Random } from '../base/ports.ts';

/** The most that Web Crypto gives at once. */
const PORTION_BYTES = 65_536;

/** The system's randomness, by the global Web Crypto: it is there without loading `node:crypto`, which every start would pay for. */
export const systemRandom: Random = {
  bytes(count) {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += PORTION_BYTES) crypto.getRandomValues(bytes.subarray(at, at + PORTION_BYTES));
    return bytes;
  },
};
