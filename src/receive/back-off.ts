/** The longest wait between two attempts. */
const LONGEST_MS = 3_600_000;
const FACTOR = 3;

/**
 * How long to wait after an attempt that failed: tripled each time, up to an hour, and shortened by up to a half, so that
 * what failed together is not tried again together.
 * @param failed attempts so far, from 1 @param chance from 0 to 1
 */
export function backOffMs(failed: number, firstMs: number, chance: number): number {
  const full = Math.min(LONGEST_MS, firstMs * FACTOR ** (failed - 1));
  return Math.round(full * (1 - chance / 2));
}
