import type { HeaderList } from '../base/ports.ts';
import type { Notification } from '../intercom/notification.ts';

/** What a handler is told besides the notification. */
export interface HandlerContext {
  /** The event's id in the inbox, `evt_…`: the same in every attempt, so that work can be made to happen once. */
  readonly eventId: string;
  /** 1 in the first attempt. */
  readonly attempt: number;
  /** Aborted when the time of this attempt is over, or the receiver stops: hand it on to what you wait for. */
  readonly signal: AbortSignal;
  readonly receivedAt: Date;
  /** The bytes that were signed. */
  readonly rawBody: Uint8Array;
  /** Every header line in order, repeats and the signature included. */
  readonly headers: HeaderList;
  /** Writes to the receiver's log, with the event's id before it and the secrets taken out. */
  log(message: string): void;
}

/**
 * Does what is to be done about a notification. It is handled when this returns or resolves; when it throws, rejects or
 * takes too long it is tried again, so that the same event may come more than once.
 */
export type Handler = (notification: Notification, context: HandlerContext) => unknown;

/** Handlers by topic; `default` gets what has none of its own. The old and the new name of a topic reach the same one. */
export type Handlers = Readonly<Record<string, Handler>>;
