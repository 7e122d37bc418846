import type { Exchange } from '../base/ports.ts';
import { decodeUtf8 } from '../base/text.ts';
import { unjudged, type Verdict } from './check.ts';
import { isAnswer, type Outcome } from './outcome.ts';
import { isNginxPage } from './walls-table.ts';

const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;
const READ_BYTES = 2000;

/**
 * The verdict where a rate limit stood in the way: what the receiver does otherwise was not seen. That Intercom's own
 * bursts would meet the same limit is told by `delivery/concurrent`.
 */
export function throttled(outcomes: readonly Outcome[]): Verdict | undefined {
  const answers = outcomes.filter(isAnswer);
  return (
    throttledStatus(...answers.map(({ status }) => status)) ??
    (answers.some(isLimitOfNginx) ? limitedBy(UNAVAILABLE) : undefined)
  );
}

/** The same for statuses. */
export function throttledStatus(...statuses: readonly number[]): Verdict | undefined {
  return statuses.includes(TOO_MANY_REQUESTS) ? limitedBy(TOO_MANY_REQUESTS) : undefined;
}

/** limit_req and limit_conn answer 503, unless they are told to answer 429. */
function isLimitOfNginx({ status, body }: Exchange): boolean {
  return status === UNAVAILABLE && isNginxPage({ body: decodeUtf8(body.subarray(0, READ_BYTES)) });
}

function limitedBy(status: number): Verdict {
  const reacts =
    status === UNAVAILABLE
      ? 'limit_req in nginx, with a burst: to a 503 Intercom sends once more, and then drops the notification'
      : 'to a 429 Intercom reacts by holding all notifications back, up to two hours';
  return unjudged(`A rate limit answers with ${status}, after a wait as well, so this could not be seen.`, {
    expected: 'an answer of the receiver itself',
    actual: String(status),
    remedy: `Raise the limit for this path (${reacts}), or judge in parts with --only.`,
  });
}
