import { plural } from '../base/text.ts';
import type { DispatchOutcome } from './dispatch.ts';
import type { SecretRole } from './keyring.ts';
import type { Happening } from './receive.ts';

/** Counts of a run. */
export interface Tally {
  readonly received: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Right signatures, duplicates included, by the secret they were made with. */
  readonly signedWith: Readonly<Record<SecretRole, number>>;
  /** Attempts to handle or forward by how they ended; all zero without a handler. */
  readonly handling: Readonly<Record<DispatchOutcome, number>>;
  /** Refusals by status, `{"401": 2}`. */
  readonly refusedByStatus: Readonly<Record<string, number>>;
}

export interface Counter {
  count(happening: Happening): void;
  countHandling(outcome: DispatchOutcome): void;
  read(): Tally;
}

export function createCounter(): Counter {
  let received = 0;
  let duplicates = 0;
  let refused = 0;
  const handling = { handled: 0, retry: 0, dead: 0, released: 0, lost: 0 };
  const signedWith = { current: 0, previous: 0 };
  const refusedByStatus: Record<string, number> = {};
  return {
    count(happening) {
      if (happening.kind === 'stored') {
        signedWith[happening.secret] += 1;
        if (happening.outcome === 'added') received += 1;
        else duplicates += 1;
      } else if (happening.kind === 'refused') {
        refused += 1;
        refusedByStatus[happening.status] = (refusedByStatus[happening.status] ?? 0) + 1;
      }
    },
    countHandling: (outcome) => void (handling[outcome] += 1),
    read: () => ({
      received,
      duplicates,
      refused,
      signedWith: { ...signedWith },
      handling: { ...handling },
      refusedByStatus: { ...refusedByStatus },
    }),
  };
}

/** `3 received, 1 duplicate, 2 refused (401: 2)`, and how many came with the previous secret. */
export function tallyLine({ received, duplicates, refused, signedWith, handling, refusedByStatus }: Tally): string {
  const statuses = Object.entries(refusedByStatus).map(([status, count]) => `${status}: ${count}`);
  return [
    `${received} received`,
    `${duplicates} duplicate${duplicates === 1 ? '' : 's'}`,
    `${refused} refused${statuses.length === 0 ? '' : ` (${statuses.join(', ')})`}`,
    ...(signedWith.previous === 0 ? [] : [`${signedWith.previous} signed with the previous secret`]),
    ...(handling.handled === 0 ? [] : [`${handling.handled} handled`]),
    ...(handling.retry === 0 ? [] : [`${plural(handling.retry, 'failed attempt')} to be repeated`]),
    ...(handling.dead === 0 ? [] : [`${handling.dead} given up`]),
  ].join(', ');
}
