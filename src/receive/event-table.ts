import { cleanLine, columns, shorten } from '../base/text.ts';
import type { EventSummary } from './inbox.ts';

const ID_WIDTH = 'evt_000000000000'.length;
const TOPIC_WIDTH = 34;
const NOTIFICATION_WIDTH = 'notif_'.length + 36;
/** From here on there is room for the notification's id as well. */
const WIDE = 128;
/** Below this the year, the seconds and the state are left out. */
const NARROW = 76;

/**
 * Events as a table, no line longer than `width` (from 50 on).
 * @param instant ms since 1970 → `2026-01-10T02:48:22.123Z`
 */
export function eventTable(
  events: readonly EventSummary[],
  width: number,
  instant: (ms: number) => string,
  dim: (text: string) => string,
): string {
  const isNarrow = width < NARROW;
  const isWide = width >= WIDE;
  const time = (ms: number): string =>
    isNarrow ? instant(ms).slice(5, 16).replace('T', ' ') : instant(ms).slice(0, 19).replace('T', ' ');
  const stateWidth = Math.max('STATE'.length, ...events.map(({ state }) => state.length));
  const others = isNarrow ? ID_WIDTH + 11 + 4 : ID_WIDTH + 19 + stateWidth + 6 + (isWide ? NOTIFICATION_WIDTH + 2 : 0);
  const topicWidth = Math.max(12, isWide ? Math.min(TOPIC_WIDTH, width - others) : width - others);
  const rows = events.map(({ id, receivedAt, state, topic, notificationId }) => [
    id,
    time(receivedAt),
    ...(isNarrow ? [] : [state]),
    shorten(cleanLine(topic), topicWidth),
    ...(isWide ? [shorten(cleanLine(notificationId ?? '-'), NOTIFICATION_WIDTH)] : []),
  ]);
  const titles = ['ID', 'RECEIVED (UTC)', ...(isNarrow ? [] : ['STATE']), 'TOPIC', ...(isWide ? ['NOTIFICATION'] : [])];
  if (isNarrow) titles[1] = 'UTC';
  const [head = '', ...lines] = columns([titles, ...rows]).split('\n');
  return [dim(head), ...lines].join('\n');
}
