import type { Happening } from './receive.ts';

/** Counts of a run. */
export interface Tally {
  readonly received: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Refusals by status, `{"401": 2}`. */
  readonly refusedByStatus: Readonly<Record<string, number>>;
}

export interface Counter {
  count(happening: Happening): void;
  read(): Tally;
}

export function createCounter(): Counter {
  let received = 0;
  let duplicates = 0;
  let refused = 0;
  const refusedByStatus: Record<string, number> = {};
  return {
    count(happening) {
      if (happening.kind === 'stored') {
        if (happening.outcome === 'added') received += 1;
        else duplicates += 1;
      } else if (happening.kind === 'refused') {
        refused += 1;
        refusedByStatus[happening.status] = (refusedByStatus[happening.status] ?? 0) + 1;
      }
    },
    read: () => ({ received, duplicates, refused, refusedByStatus: { ...refusedByStatus } }),
  };
}

/** `3 received, 1 duplicate, 2 refused (401: 2)` */
export function tallyLine({ received, duplicates, refused, refusedByStatus }: Tally): string {
  const statuses = Object.entries(refusedByStatus).map(([status, count]) => `${status}: ${count}`);
  return [
    `${received} received`,
    `${duplicates} duplicate${duplicates === 1 ? '' : 's'}`,
    `${refused} refused${statuses.length === 0 ? '' : ` (${statuses.join(', ')})`}`,
  ].join(', ');
}
