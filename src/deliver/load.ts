import type { Clock } from '../base/ports.ts';
import type { Delivery } from './compose.ts';
import type { LoadSource } from './load-bodies.ts';
import { createLoadRecord, type LoadStats } from './load-stats.ts';
import { acceptedSha256, deliver, type DeliveryResult, type SendOptions, type SendPorts } from './send-test.ts';

export interface LoadPlan {
  readonly count: number;
  /** How many wait for an answer at the same time, at most. */
  readonly concurrency: number;
  /** Notifications a second, or as fast as the answers come. */
  readonly perSecond: number | undefined;
}

export interface LoadOutcome extends LoadStats {
  /** Of all the answers after the first, from the start of the schedule to the last of them. */
  readonly elapsedMs: number;
  /** The same to the last that was sent. */
  readonly sendingMs: number;
  /** How long after its moment one left, at most; 0 without a rate. */
  readonly mostLateMs: number;
  /** Broken off by the run's signal: what was under way then is not counted. */
  readonly isInterrupted: boolean;
}

export interface LoadPorts extends SendPorts {
  readonly clock: Clock;
}

/** After so many without an answer in a row, for each that is under way, the rest is not tried: it would wait in vain. */
const PATIENCE = 3;

/**
 * Sends many notifications and measures the answers. The first goes alone: it opens the way, and finds out which
 * algorithm is taken. With a rate, each of the others has its moment, and its latency is measured from there, also where
 * it had to wait for a slow receiver: what a sender like Intercom, who does not wait, would see. An abort ends the run
 * with what there is.
 * @param told called after each result with how many there are
 */
export async function runLoad(
  source: LoadSource,
  plan: LoadPlan,
  options: SendOptions,
  ports: LoadPorts,
  told: (done: number) => void = () => undefined,
): Promise<LoadOutcome> {
  const { count, perSecond } = plan;
  const { clock, signal } = ports;
  const record = createLoadRecord(count);
  let next = 1; // the first goes alone
  let done = 0;
  let inVain = 0;
  let startedAt = clock.monotonic();
  let endedAt = startedAt;
  let lastSentAt = startedAt;
  let mostLateMs = 0;
  let chosen = options;

  /** @param scheduledAt when it should have left, where there is a rate */
  async function send(delivery: Delivery, scheduledAt = clock.monotonic()): Promise<DeliveryResult> {
    lastSentAt = clock.monotonic();
    mostLateMs = Math.max(mostLateMs, lastSentAt - scheduledAt);
    const result = await deliver(delivery, chosen, ports);
    endedAt = clock.monotonic();
    record.add(result, endedAt - scheduledAt);
    inVain = result.verdict === 'unanswered' ? inVain + 1 : 0;
    done += 1;
    told(done);
    return result;
  }

  async function sendInTurn(): Promise<void> {
    while (next < count && inVain < PATIENCE * plan.concurrency) {
      signal.throwIfAborted();
      const at = next;
      next += 1;
      if (perSecond === undefined) {
        await send(source(at));
        continue;
      }
      const scheduledAt = startedAt + ((at - 1) * 1000) / perSecond;
      const waitMs = scheduledAt - clock.monotonic();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      await send(source(at), scheduledAt);
    }
  }

  let isInterrupted = false;
  try {
    const first = await send(source(0));
    if (options.algorithm === 'auto') chosen = { ...options, algorithm: acceptedSha256(first) ? 'sha256' : 'sha1' };
    startedAt = clock.monotonic();
    endedAt = startedAt;
    if (first.verdict !== 'unanswered')
      await Promise.all(Array.from({ length: Math.min(plan.concurrency, count - 1) }, sendInTurn));
  } catch (cause) {
    if (!signal.aborted) throw cause;
    isInterrupted = true;
  }
  const stats = record.read();
  const notSent = isInterrupted ? 0 : count - done;
  return {
    ...stats,
    verdicts: { ...stats.verdicts, 'not-sent': notSent },
    elapsedMs: endedAt - startedAt,
    sendingMs: Math.max(0, lastSentAt - startedAt),
    mostLateMs,
    isInterrupted,
  };
}
