import { createHash } from 'node:crypto';
import type { Random } from '../../base/ports.ts';

/**
 * The same bytes for the same seed, in every run and on every machine: SHA-256 over seed and counter, block after block.
 * For samples only; it is no source of secrets.
 */
export function seededRandom(seed: string): Random {
  let counter = 0;
  let rest = new Uint8Array(0);
  return {
    bytes(count) {
      const parts = [rest];
      for (let length = rest.length; length < count; length += 32) {
        parts.push(createHash('sha256').update(`${counter}:${seed}`).digest());
        counter += 1;
      }
      const all = Buffer.concat(parts);
      rest = Uint8Array.from(all.subarray(count));
      return Uint8Array.from(all.subarray(0, count));
    },
  };
}
