import type { AppError } from '../../base/errors.ts';
import type { Change, DropReason, Fate, Lane } from '../policy.ts';

/** Why a notification was dropped; `full` and `removed` are the sandbox's own: its queue, and a subscription that was deleted. */
export type Dropped = DropReason | 'full' | 'removed';

interface About {
  /** ms of Intercom's time since the start. */
  readonly at: number;
  readonly subscriptionId: string;
}

/** One attempt to deliver a notification, and what became of it. Texts are ours or were checked against the catalogue. */
export interface DeliveryHappening extends About {
  readonly kind: 'delivery';
  readonly notificationId: string | null;
  readonly topic: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Sent once more after it was delivered, as Intercom may do. */
  readonly isDuplicate: boolean;
  readonly status: number | null;
  /** Why there was no answer. */
  readonly error: AppError | null;
  /** Real ms. */
  readonly durationMs: number;
  /** The one it was sent in. */
  readonly lane: Lane;
  /** Not answered within 500 ms. */
  readonly isSlow: boolean;
  readonly fate: Fate;
}

/** What happens in a sandbox, as it happens. */
export type Happening =
  | DeliveryHappening
  | (About & {
      readonly kind: 'drop';
      readonly notificationId: string | null;
      readonly topic: string;
      readonly reason: Dropped;
    })
  | (About & { readonly kind: 'change'; readonly change: Change | 'set-live' })
  | (About & {
      readonly kind: 'subscription';
      readonly action: 'created' | 'updated' | 'removed';
      readonly via: 'hub' | 'api';
      readonly url: string;
      readonly topics: readonly string[];
      readonly isSigned: boolean;
    })
  | {
      readonly kind: 'head';
      readonly at: number;
      readonly url: string;
      readonly status: number | null;
      readonly error: AppError | null;
    }
  | {
      readonly kind: 'api';
      readonly at: number;
      readonly method: string;
      /** As it was asked for: not cleaned. */
      readonly path: string;
      /** Null: the connection was closed in place of an answer. */
      readonly status: number | null;
    };

export type Tell = (happening: Happening) => void;
