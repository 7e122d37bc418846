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

/** What a list shows of an event. */
export interface EventSummary {
  /** The inbox's own: `evt_` and digits. As text they sort in the order of arrival. */
  readonly id: string;
  readonly notificationId: string | null;
  readonly topic: string;
  readonly receivedAt: number;
  /** `received` until something handles it. */
  readonly state: string;
  /** How often handling was tried. */
  readonly attempts: number;
}

export interface StoredEvent extends EventSummary {
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

export interface EventFilter {
  readonly topic?: string;
  readonly order: 'newest-first' | 'oldest-first';
  /** Starts behind this event, in the order asked for. */
  readonly after?: string;
  readonly limit?: number;
}

export interface Added {
  readonly outcome: 'added' | 'duplicate';
  /** The event's id in the inbox; of a duplicate, that of the first. */
  readonly id: string;
}

/** Where events wait. A store is shared by `serve` and the `events` commands, each in a process of its own. */
export interface InboxStore {
  /**
   * Settles when the event is durable; one commit may settle many. A notification id is unique in the store itself.
   * @throws AppError `inbox/*` when it was not stored: then nothing of it is there
   */
  add(event: IncomingEvent): Promise<Added>;
  /** By the inbox's own id or by the notification's. */
  get(id: string): Promise<StoredEvent | undefined>;
  /** By keyset, so that it may take long while events arrive. */
  list(filter: EventFilter): AsyncIterable<EventSummary>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
