import type { Clock, Random } from '../base/ports.ts';
import { type Attempt, attemptWithin, type Failure, type Handle } from './attempt.ts';
import { backOffMs } from './back-off.ts';
import type { ClaimedEvent, InboxStore, Outcome, StoredEvent } from './inbox.ts';

/** `lost`: somebody else has the event by now, because the attempt took longer than its lease. */
export type DispatchOutcome = Outcome['kind'] | 'lost';

/** For the log, after an attempt was settled in the inbox. */
export interface Dispatched<Seen> {
  readonly event: StoredEvent;
  readonly outcome: DispatchOutcome;
  readonly durationMs: number;
  readonly seen?: Seen;
  readonly failure?: Failure;
  readonly isIdle?: true;
  /** Ms until it is tried again. */
  readonly retryInMs?: number;
}

export interface DispatchParts<Seen> {
  readonly inbox: Pick<InboxStore, 'claim' | 'settle'>;
  readonly handle: Handle<Seen>;
  readonly clock: Clock;
  readonly random: Random;
  /** How many run at once. */
  readonly concurrency: number;
  /** An attempt that takes longer has failed; what it runs is told by its signal, and not waited for. */
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  /** The first wait between attempts. */
  readonly retryDelayMs: number;
  readonly dispatched: (done: Dispatched<Seen>) => void;
  /** The inbox did not answer; undefined once it does again. */
  readonly trouble: (cause: unknown) => void;
}

export interface Dispatcher {
  /** Something was stored: it need not wait for the next look. */
  wake(): void;
  /**
   * Takes nothing more, lets what runs finish for at most this long, and then returns it to the inbox: it is not lost, and
   * it is tried again by whoever comes next.
   */
  drain(timeoutMs: number): Promise<void>;
}

/** How often is looked for what came by other processes, or is due again. */
const LOOK_EVERY_MS = 1000;
/** A lease outlasts its attempt by this, so that no other process takes an event that is being settled. */
const LEASE_MARGIN_MS = 5000;
/** An inbox that cannot even be told what is returned to it is given up on. */
const RETURN_MS = 2000;
const ENDED_WITH_ITS_PROCESS: Attempt<never> = {
  failure: { label: 'the process ended in the midst of the last attempt', message: '' },
};
/** How long the inbox is left alone after it failed. */
const TROUBLE_MS = 1000;

/**
 * Takes events that are due, so many at once, and settles each by what became of it. It shares nothing with the answers to
 * requests but the inbox. An event that this process does not come to settle is due again when its lease ends.
 */
export function startDispatch<Seen>(parts: DispatchParts<Seen>): Dispatcher {
  const { inbox, clock, concurrency, timeoutMs } = parts;
  const leaseMs = timeoutMs + LEASE_MARGIN_MS;
  const returning = new AbortController();
  const draining = new AbortController();
  const running = new Set<Promise<void>>();
  let isTroubled = false;
  let alarm = new AbortController();

  /** Waits until there is reason to look again. What rings while nobody waits is heard at the next rest. */
  async function rest(ms: number): Promise<void> {
    await clock.sleep(ms, alarm.signal).catch(() => undefined);
    alarm = new AbortController();
  }
  const wake = (): void => alarm.abort();

  async function look(): Promise<void> {
    while (!draining.signal.aborted) {
      const room = concurrency - running.size;
      const events = room === 0 ? [] : await claim(room);
      for (const event of events) {
        const task = attempt(event).finally(() => {
          running.delete(task);
          wake();
        });
        running.add(task);
      }
      if (events.length === 0) await rest(isTroubled ? TROUBLE_MS : LOOK_EVERY_MS);
    }
  }

  async function claim(room: number): Promise<readonly ClaimedEvent[]> {
    try {
      const events = await inbox.claim(room, leaseMs);
      recovered();
      return events;
    } catch (cause) {
      troubled(cause);
      return [];
    }
  }

  async function attempt(event: ClaimedEvent): Promise<void> {
    const startedAt = clock.monotonic();
    const isSpent = event.attempts > parts.maxAttempts;
    const made = isSpent
      ? ENDED_WITH_ITS_PROCESS
      : await attemptWithin(parts.handle, event, timeoutMs, clock, returning.signal);
    const durationMs = clock.monotonic() - startedAt;
    const outcome: Outcome = made === undefined ? { kind: 'released' } : outcomeOf(event.attempts, made.failure);
    const settled = await settle(event, outcome, startedAt + leaseMs);
    if (settled === undefined) return; // the inbox is down; the event comes again when its lease ends
    const retryInMs = outcome.kind === 'retry' && { retryInMs: outcome.inMs };
    const told = settled === 'lost' ? 'lost' : outcome.kind;
    parts.dispatched({ event, outcome: told, durationMs, ...made, ...retryInMs });
  }

  function outcomeOf(attempts: number, failure: Failure | undefined): Outcome {
    if (failure === undefined) return { kind: 'handled' };
    const error = [failure.label, failure.message].filter(Boolean).join(': ');
    if (attempts >= parts.maxAttempts) return { kind: 'dead', error };
    const chance = (parts.random.bytes(1)[0] ?? 0) / 256;
    return { kind: 'retry', error, inMs: backOffMs(attempts, parts.retryDelayMs, chance) };
  }

  /** Tried again while the lease holds; undefined where the inbox could not be told. */
  async function settle(event: ClaimedEvent, outcome: Outcome, until: number): Promise<'settled' | 'lost' | undefined> {
    for (;;) {
      try {
        const settled = await inbox.settle(event, outcome);
        recovered();
        return settled;
      } catch (cause) {
        troubled(cause);
        if (clock.monotonic() + TROUBLE_MS >= until || returning.signal.aborted) return undefined;
        await clock.sleep(TROUBLE_MS);
      }
    }
  }

  function troubled(cause: unknown): void {
    if (!isTroubled) parts.trouble(cause);
    isTroubled = true;
  }

  function recovered(): void {
    if (isTroubled) parts.trouble(undefined);
    isTroubled = false;
  }

  async function allDone(): Promise<void> {
    await looking;
    await Promise.all(running);
  }

  async function giveBackAfter(ms: number, unless: AbortSignal): Promise<void> {
    try {
      await clock.sleep(ms, unless);
      returning.abort();
      await clock.sleep(RETURN_MS, unless);
    } catch {
      // everything was done before that
    }
  }

  const looking = look();
  return {
    wake,
    async drain(drainMs) {
      draining.abort();
      wake();
      const done = new AbortController();
      await Promise.race([allDone(), giveBackAfter(drainMs, done.signal)]);
      done.abort();
    },
  };
}
