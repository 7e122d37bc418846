import { cleanLine, shorten } from '../../base/text.ts';
import type { Outcome } from '../../receive/inbox.ts';

/** Leases and retries end within this. What is due later than that was written under a clock that has been set back since. */
export const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;
const LONGEST_ERROR = 500;

/** When a wait ends that begins now. */
export function waitUntil(nowMs: number, waitMs: number): number {
  return nowMs + Math.max(0, Math.min(Math.ceil(waitMs), LONGEST_WAIT_MS));
}

/** The error of an outcome as it is stored: one clean line of bounded length. */
export function errorLine(outcome: Outcome): string | null {
  return 'error' in outcome ? shorten(cleanLine(outcome.error), LONGEST_ERROR) : null;
}

/**
 * This machine's time as it was when the thread started, and as it has gone on since: setting the clock moves nothing
 * that this process waits for, neither back nor forward.
 */
export function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
