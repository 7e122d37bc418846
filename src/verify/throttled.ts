import { unjudged, type Verdict } from './check.ts';
import { isAnswer, type Outcome } from './outcome.ts';

const TOO_MANY_REQUESTS = 429;

/**
 * The verdict where a rate limit stood in the way: what the receiver does otherwise was not seen. That Intercom's own
 * bursts would meet the same limit is told by `delivery/concurrent`.
 */
export function throttled(outcomes: readonly Outcome[]): Verdict | undefined {
  return throttledStatus(...outcomes.filter(isAnswer).map(({ status }) => status));
}

/** The same for statuses. */
export function throttledStatus(...statuses: readonly number[]): Verdict | undefined {
  if (!statuses.includes(TOO_MANY_REQUESTS)) return undefined;
  return unjudged('A rate limit answers with 429, after a wait as well, so this could not be seen.', {
    expected: 'an answer of the receiver itself',
    actual: '429',
    remedy:
      'Raise the limit for this path (to a 429 Intercom reacts by holding all notifications back, up to two hours), or judge in parts with --only.',
  });
}
