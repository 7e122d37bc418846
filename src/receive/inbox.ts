import type { HeaderList } from '../base/ports.ts';

/** A verified notification on its way into the inbox: everything needed to hand it on exactly as it came. */
export interface IncomingEvent {
  /** Intercom's id, on which duplicates are recognised; null on `ping`, which is never a duplicate. */
  readonly notificationId: string | null;
  readonly topic: string;
  /** Ms since 1970. */
  readonly receivedAt: number;
  /** Every header line in order, repeats and the signature included. */
  readonly headers: HeaderList;
  /** The bytes that were signed. */
  readonly body: Uint8Array;
}

/**
 * Where an event stands. `received`: nothing has tried to handle it, or it was queued again; without a handler it stays
 * so, and the first `serve` that has one takes what waits, oldest first. `failed`: tried, and tried again later.
 * `handled` and `dead` (given up) are ends; from both, and from `failed`, `requeue` leads back to `received`.
 */
export const EVENT_STATES = ['received', 'failed', 'handled', 'dead'] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** What a list shows of an event. */
export interface EventSummary {
  /** The inbox's own: `evt_` and digits. As text they sort in the order of arrival. */
  readonly id: string;
  readonly notificationId: string | null;
  readonly topic: string;
  readonly receivedAt: number;
  readonly state: EventState;
  /** How often handling was begun since it was received or queued again; a process that died in it counts. */
  readonly attempts: number;
}

export interface StoredEvent extends EventSummary {
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** Why the last attempt failed: one clean, short line. */
  readonly lastError: string | null;
  /** Ms since 1970; when a `failed` event is tried again, null in any other state. */
  readonly retryAt: number | null;
}

/** An event that this caller alone may handle until its lease ends. `attempts` counts this attempt. */
export interface ClaimedEvent extends StoredEvent {
  /** What `settle` asks for; never shown. */
  readonly lease: string;
}

/** How an attempt ended. `error` is cleaned and shortened by the store. */
export type Outcome =
  | { readonly kind: 'handled' }
  /** Tried again so much later, a day at most. */
  | { readonly kind: 'retry'; readonly inMs: number; readonly error: string }
  | { readonly kind: 'dead'; readonly error: string }
  /** Not begun after all: due at once, and the attempt does not count. */
  | { readonly kind: 'released' };

/** Which events are meant; what is left out does not narrow it. */
export interface EventSelection {
  readonly topic?: string;
  readonly states?: readonly EventState[];
  /** Received at this instant or later, and before that one; ms since 1970. */
  readonly since?: number;
  readonly until?: number;
  /** The inbox's own id or the notification's. */
  readonly id?: string;
  /** Stands in the topic or, byte for byte in UTF-8, in the body. Every event of the rest of the selection is read for it. */
  readonly text?: string;
}

export interface EventFilter extends EventSelection {
  readonly order: 'newest-first' | 'oldest-first';
  /** Starts behind this event, in the order asked for. */
  readonly after?: string;
  readonly limit?: number;
}

export interface Added {
  readonly outcome: 'added' | 'duplicate';
  /** The event's id in the inbox; of a duplicate, that of the first, which may be pruned by now. */
  readonly id: string;
}

/** What may go: events in these states that were received before an instant, or that are too much by their size. */
export interface PruneRequest {
  /** Only these; an event that is being handled never goes. */
  readonly states: readonly EventState[];
  readonly before?: number;
  /** The newest events whose headers and bodies together are not more than this stay. */
  readonly maxBytes?: number;
}

export interface Pruned {
  readonly events: number;
  /** Of headers and bodies. */
  readonly bytes: number;
}

export interface InboxStats {
  readonly events: Readonly<Record<EventState, number>>;
  /** When the oldest event that is `received` or `failed` came in, ms since 1970; null where there is none. */
  readonly oldestOpenAt: number | null;
  /** Room that the inbox takes, indexes included; null where that is not known. */
  readonly sizeBytes: number | null;
}

/**
 * Where events wait. A store is shared by any number of processes: `serve`, more than one of it, and the `events`
 * commands. Every method throws AppError `inbox/*`; when it does, nothing was changed, unless it says otherwise.
 */
export interface InboxStore {
  /**
   * Settles when the event is durable; one commit may settle many. A notification id is unique in the store itself, and
   * stays known after its event was pruned.
   */
  add(event: IncomingEvent): Promise<Added>;
  /** By the inbox's own id or by the notification's. */
  get(id: string): Promise<StoredEvent | undefined>;
  /** By the inbox's own ids, of which there should be few at a time; oldest first, without those that are not there. */
  getAll(ids: readonly string[]): Promise<readonly StoredEvent[]>;
  /** By keyset and in steps of bounded size, so that it may take long while events arrive. */
  list(filter: EventFilter): AsyncIterable<EventSummary>;
  /**
   * Takes events that are due, oldest first, each for this caller alone. A lease that ends (its process died) makes the
   * event due again; it must be longer than handling may take, and is a day at most. Leases are measured so that a
   * clock that is set back never ends one early.
   */
  claim(limit: number, leaseMs: number): Promise<readonly ClaimedEvent[]>;
  /** `lost`: the lease had ended and somebody else has the event, or it was queued again or pruned; nothing was changed. */
  settle(event: Pick<ClaimedEvent, 'id' | 'lease'>, outcome: Outcome): Promise<'settled' | 'lost'>;
  /**
   * Queues events to be handled afresh, whatever became of them, by their own ids; unknown ones and those that wait or
   * are being handled anyway are left alone. Resolves with how many it queued.
   */
  requeue(ids: readonly string[]): Promise<number>;
  /** Removes events for good, in steps; their notification ids stay known. A failure may come after some steps. */
  prune(request: PruneRequest, signal?: AbortSignal): Promise<Pruned>;
  /** What `prune` would remove now. */
  prunable(request: PruneRequest): Promise<Pruned>;
  stats(): Promise<InboxStats>;
  /** Resolves when the store can be written now, which is tried. */
  ping(): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
