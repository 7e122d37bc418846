import type { Sandbox } from './sandbox.ts';

export interface Traffic {
  /** Taken in turn. */
  readonly topics: readonly string[];
  /** Of Intercom's seconds. */
  readonly perSecond: number;
}

/** At so many a turn the event loop gets to do everything else as well; more than that cannot be made in time. */
const MOST_A_TURN = 200;

/**
 * Something happens in the workspace at an even rate, until the signal is aborted.
 * @throws the signal's reason
 */
export async function produceEvents(
  { trigger, pace }: Pick<Sandbox, 'trigger' | 'pace'>,
  { topics, perSecond }: Traffic,
  signal: AbortSignal,
): Promise<never> {
  const everyMs = 1000 / perSecond;
  const startedAt = pace.now();
  for (let made = 0; ;) {
    const due = Math.floor((pace.now() - startedAt) / everyMs) + 1;
    for (const last = Math.min(due, made + MOST_A_TURN); made < last; made += 1)
      trigger(topics[made % topics.length] ?? 'ping');
    await pace.sleepUntil(Math.max(startedAt + made * everyMs, pace.turn()), signal);
  }
}
