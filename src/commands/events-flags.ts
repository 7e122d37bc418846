import { EVENT_STATES } from '../receive/inbox.ts';
import { list, text } from './command.ts';

/** The flags that narrow down which events are meant. */
export const SELECTION_FLAGS = {
  topic: text('--topic <name>', 'only this topic'),
  state: list('--state <state>', `only these: ${EVENT_STATES.join(', ')}; repeatable, or with commas`),
  since: text('--since <time>', 'received since: 30m, 2h, 7d ago, or a date (2026-01-31, 2026-01-31T08:00Z)'),
  until: text('--until <time>', 'received before that'),
  text: text('--text <text>', 'only those with this in the topic or the body'),
} as const;
