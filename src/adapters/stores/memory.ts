import { eventId, parseEventId } from '../../base/event-id.ts';
import type { Added, EventFilter, InboxStore, StoredEvent } from '../../receive/inbox.ts';
import { busy } from './busy.ts';

/** An inbox that is gone when the process ends: for trying things out. */
export function openMemory(): InboxStore {
  const events: StoredEvent[] = [];
  const byNotification = new Map<string, StoredEvent>();

  let isClosed = false;

  return {
    async add(event): Promise<Added> {
      if (isClosed) throw busy(true);
      const { notificationId } = event;
      const first = notificationId === null ? undefined : byNotification.get(notificationId);
      if (first) return { outcome: 'duplicate', id: first.id };
      const stored: StoredEvent = { ...event, id: eventId(events.length + 1), state: 'received', attempts: 0 };
      events.push(stored);
      if (notificationId !== null) byNotification.set(notificationId, stored);
      return { outcome: 'added', id: stored.id };
    },
    async get(id) {
      const sequence = parseEventId(id);
      return (sequence === undefined ? undefined : events[sequence - 1]) ?? byNotification.get(id);
    },
    async *list(filter: EventFilter) {
      const { topic, order, after, limit = Infinity } = filter;
      const step = order === 'newest-first' ? -1 : 1;
      const start = after === undefined ? undefined : parseEventId(after);
      const last = events.length - 1;
      let at = step === 1 ? (start ?? 0) : Math.min(last, start === undefined ? last : start - 2);
      for (let given = 0; given < limit; at += step) {
        const event = events[at];
        if (event === undefined) return;
        if (topic !== undefined && event.topic !== topic) continue;
        const { headers: _headers, body: _body, ...summary } = event;
        yield summary;
        given += 1;
      }
    },
    async close() {
      isClosed = true;
    },
  };
}
