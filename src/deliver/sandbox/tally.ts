import type { Change } from '../policy.ts';
import type { Dropped, Happening } from './happenings.ts';

/** Of all notifications each is counted once: created = delivered + lost + dropped + pending. */
export interface Tally {
  readonly created: number;
  readonly delivered: number;
  /** Failed, and failed again a minute later. */
  readonly lost: number;
  readonly dropped: Readonly<Partial<Record<Dropped, number>>>;
  /** Whose fate is open. */
  readonly pending: number;
  /** Requests, all of them. */
  readonly attempts: number;
  readonly retries: number;
  /** Sent again after they were delivered. */
  readonly duplicates: number;
  /** Answers by status; `none` where there was none. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers that came after 500 ms, or not at all. */
  readonly slow: number;
  /** When each change came first, in ms of Intercom's time, and how often. */
  readonly changes: Readonly<Partial<Record<Change, { readonly firstAt: number; readonly count: number }>>>;
}

export interface TallyKeeper {
  count(happening: Happening): void;
  read(created: number, pending: number): Tally;
}

export function createTally(): TallyKeeper {
  const counts = { delivered: 0, lost: 0, attempts: 0, retries: 0, duplicates: 0, slow: 0 };
  const dropped: Partial<Record<Dropped, number>> = {};
  const answers: Record<string, number> = {};
  const changes: Partial<Record<Change, { firstAt: number; count: number }>> = {};
  const drop = (reason: Dropped): void => void (dropped[reason] = (dropped[reason] ?? 0) + 1);

  return {
    count(happening) {
      if (happening.kind === 'drop') drop(happening.reason);
      if (happening.kind === 'change' && happening.change !== 'set-live') {
        const { change, at } = happening;
        changes[change] = { firstAt: changes[change]?.firstAt ?? at, count: (changes[change]?.count ?? 0) + 1 };
      }
      if (happening.kind !== 'delivery') return;
      const { status, isSlow, isDuplicate, attempt, fate } = happening;
      counts.attempts += 1;
      answers[status ?? 'none'] = (answers[status ?? 'none'] ?? 0) + 1;
      if (isSlow) counts.slow += 1;
      if (isDuplicate) counts.duplicates += 1;
      else if (attempt > 1) counts.retries += 1;
      if (isDuplicate) return;
      if (fate.kind === 'delivered') counts.delivered += 1;
      if (fate.kind === 'lost') counts.lost += 1;
      if (fate.kind === 'dropped') drop(fate.reason);
    },
    read: (created, pending) => ({
      created,
      pending,
      ...counts,
      dropped: { ...dropped },
      answers: { ...answers },
      changes: { ...changes },
    }),
  };
}
