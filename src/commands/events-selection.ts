import { parseChoice } from '../base/setting-values.ts';
import { EVENT_STATES, type EventSelection, type EventState } from '../receive/inbox.ts';
import type { InputOf } from './command.ts';
import type { SELECTION_FLAGS } from './events-flags.ts';
import { parseMoment } from './moment.ts';

type SelectionInput = InputOf<typeof SELECTION_FLAGS>;

/** @param now ms since 1970 @throws AppError `usage/invalid-value` */
export function selectionOf(
  { topic, state, since, until, text }: Omit<SelectionInput, 'args'>,
  now: number,
): EventSelection {
  const states = state === undefined ? undefined : parseStates(state);
  return {
    ...(topic !== undefined && { topic }),
    ...(states && { states }),
    ...(since !== undefined && { since: parseMoment(since, now) }),
    ...(until !== undefined && { until: parseMoment(until, now) }),
    ...(text !== undefined && text !== '' && { text }),
  };
}

/** `dead,failed` and repeated flags. @throws AppError `usage/invalid-value` */
export function parseStates(given: readonly string[]): readonly EventState[] {
  const words = given.flatMap((word) => word.split(',')).map((word) => word.trim());
  return [...new Set(words.map((word) => parseChoice(word, EVENT_STATES)))];
}
