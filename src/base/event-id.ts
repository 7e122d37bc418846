const PREFIX = 'evt_';
/** Enough for a few thousand events a second over a century; keeps the ids sortable as text. */
const DIGITS = 12;

/** The id of the inbox's nth event, counted from 1. */
export function eventId(sequence: number): string {
  return PREFIX + String(sequence).padStart(DIGITS, '0');
}

/** The sequence number of an inbox id, leading zeros optional; undefined where it is none. */
export function parseEventId(id: string): number | undefined {
  const digits = /^evt_(\d{1,15})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
