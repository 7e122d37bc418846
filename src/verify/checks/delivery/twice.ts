import type { HttpRequest } from '../../../base/ports.ts';
import { type CheckId, fail, pass, type Verdict } from '../../check.ts';
import { isDelivered, type Outcome, showOutcome, someAnswered } from '../../outcome.ts';
import type { Probes } from '../../probes.ts';
import { throttled } from '../../throttled.ts';

/** One delivery after the other, as Intercom's repeats come. */
export async function sendTwice(
  probes: Probes,
  owner: CheckId,
  requests: readonly (HttpRequest | undefined)[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const request of requests) if (request) outcomes.push(await probes.send(owner, request));
  return someAnswered(outcomes);
}

/** Both must be delivered; the message tells which one is not. */
export function judgeTwice(
  outcomes: readonly Outcome[],
  words: { readonly subject: string; readonly remedy: string },
): Verdict {
  const limited = throttled(outcomes);
  if (limited) return limited;
  const actual = outcomes.map(showOutcome).join(', then ');
  if (outcomes.every(isDelivered)) return pass(`answered with ${actual}`);
  return fail(`${words.subject}: answered with ${actual}.`, {
    expected: '2xx both times',
    actual,
    remedy: words.remedy,
  });
}
