import { randomUUID } from 'node:crypto';
import { eventId, parseEventId } from '../../base/event-id.ts';
import type {
  Added,
  ClaimedEvent,
  EventFilter,
  EventSelection,
  InboxStats,
  InboxStore,
  Outcome,
  PruneRequest,
  Pruned,
  StoredEvent,
} from '../../receive/inbox.ts';
import { busy } from './busy.ts';
import { errorLine, steadyNow, waitUntil } from './terms.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An event and where it stands: due from `dueAt` on (null: never again), in somebody's hands while `lease` is set and that is to come. */
interface Held extends Mutable<Omit<StoredEvent, 'retryAt'>> {
  readonly sequence: number;
  dueAt: number | null;
  lease: string | undefined;
}

const DUE_AT_ONCE = 0;

/** An inbox that is gone when the process ends: for trying things out. */
export function openMemory(): InboxStore {
  const events = new Map<number, Held>();
  const known = new Map<string, string>();
  let lastSequence = 0;
  let isClosed = false;

  const bySequence = (id: string): Held | undefined => events.get(parseEventId(id) ?? 0);
  const find = (id: string): Held | undefined => bySequence(id) ?? bySequence(known.get(id) ?? '');
  const isHeld = ({ lease, dueAt }: Held): boolean => lease !== undefined && dueAt !== null && dueAt > steadyNow();

  function chosen({ states, before, maxBytes }: PruneRequest): Held[] {
    let kept = 0;
    const tooMuch = new Set(
      [...events.values()].toReversed().filter((each) => (kept += sizeOf(each)) > (maxBytes ?? Infinity)),
    );
    return [...events.values()].filter(
      (each) =>
        states.includes(each.state) && !isHeld(each) && (each.receivedAt < (before ?? -Infinity) || tooMuch.has(each)),
    );
  }

  return {
    async add(event): Promise<Added> {
      if (isClosed) throw busy(true);
      const { notificationId } = event;
      const first = notificationId === null ? undefined : known.get(notificationId);
      if (first !== undefined) return { outcome: 'duplicate', id: first };
      lastSequence += 1;
      const id = eventId(lastSequence);
      const fresh = { state: 'received', attempts: 0, lastError: null, dueAt: DUE_AT_ONCE, lease: undefined } as const;
      events.set(lastSequence, { ...event, ...fresh, id, sequence: lastSequence });
      if (notificationId !== null) known.set(notificationId, id);
      return { outcome: 'added', id };
    },
    async get(id) {
      const found = find(id);
      return found && toStored(found);
    },
    async getAll(ids) {
      const found = new Set(ids.map(bySequence).filter((event) => event !== undefined));
      return [...found].toSorted((one, other) => one.sequence - other.sequence).map(toStored);
    },
    async *list(filter: EventFilter) {
      const start = filter.after === undefined ? undefined : (parseEventId(filter.after) ?? 0);
      const isNewestFirst = filter.order === 'newest-first';
      const isBehind = (sequence: number): boolean =>
        start === undefined || (isNewestFirst ? sequence < start : sequence > start);
      const sequences = [...events.keys()].filter(isBehind);
      let left = filter.limit ?? Infinity;
      for (const sequence of isNewestFirst ? sequences.toReversed() : sequences) {
        if (left <= 0) return;
        const event = events.get(sequence);
        if (!event || !isChosen(event, filter)) continue;
        const { id, notificationId, topic, receivedAt, state, attempts } = event;
        yield { id, notificationId, topic, receivedAt, state, attempts };
        left -= 1;
      }
    },
    async claim(limit, leaseMs) {
      const now = steadyNow();
      const lease = randomUUID();
      const due = [...events.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= now).slice(0, limit);
      for (const event of due) {
        event.attempts += 1;
        event.lease = lease;
        event.dueAt = waitUntil(now, leaseMs);
      }
      return due.map((event): ClaimedEvent => Object.assign(toStored(event), { lease }));
    },
    async settle({ id, lease }, outcome) {
      const event = bySequence(id);
      if (event?.lease !== lease) return 'lost';
      settle(event, outcome);
      return 'settled';
    },
    async requeue(ids) {
      const found = [...new Set(ids.map(bySequence))].filter((event) => event !== undefined);
      const changed = found.filter((event) => event.state !== 'received' && !isHeld(event));
      for (const event of changed) {
        Object.assign(event, { state: 'received', attempts: 0, lastError: null, dueAt: DUE_AT_ONCE, lease: undefined });
      }
      return changed.length;
    },
    async prune(request, signal) {
      signal?.throwIfAborted();
      const gone = chosen(request);
      for (const { sequence } of gone) events.delete(sequence);
      return sum(gone);
    },
    prunable: async (request) => sum(chosen(request)),
    async stats(): Promise<InboxStats> {
      const counts = { received: 0, failed: 0, handled: 0, dead: 0 };
      for (const { state } of events.values()) counts[state] += 1;
      const oldest = [...events.values()].find(({ dueAt }) => dueAt !== null);
      return { events: counts, oldestOpenAt: oldest?.receivedAt ?? null, sizeBytes: sum([...events.values()]).bytes };
    },
    async ping() {
      if (isClosed) throw busy(true);
    },
    async close() {
      isClosed = true;
    },
  };
}

function settle(event: Held, outcome: Outcome): void {
  event.lease = undefined;
  event.dueAt = null;
  if (outcome.kind !== 'released') event.lastError = errorLine(outcome);
  switch (outcome.kind) {
    case 'handled':
    case 'dead':
      event.state = outcome.kind;
      break;
    case 'retry':
      event.state = 'failed';
      event.dueAt = waitUntil(steadyNow(), outcome.inMs);
      break;
    case 'released':
      event.attempts -= 1;
      event.dueAt = DUE_AT_ONCE;
  }
}

function toStored({ sequence: _sequence, dueAt, lease, ...event }: Held): StoredEvent {
  return { ...event, retryAt: event.state === 'failed' && lease === undefined ? dueAt : null };
}

function isChosen(event: Held, { topic, states, since, until, id, text }: EventSelection): boolean {
  return (
    (topic === undefined || event.topic === topic) &&
    (states === undefined || states.includes(event.state)) &&
    (since === undefined || event.receivedAt >= since) &&
    (until === undefined || event.receivedAt < until) &&
    (id === undefined || event.sequence === parseEventId(id) || event.notificationId === id) &&
    (text === undefined || event.topic.includes(text) || Buffer.from(event.body).includes(text))
  );
}

function sum(events: readonly Held[]): Pruned {
  return { events: events.length, bytes: events.reduce((total, event) => total + sizeOf(event), 0) };
}

function sizeOf({ headers, body }: Held): number {
  return body.length + JSON.stringify(headers).length;
}
