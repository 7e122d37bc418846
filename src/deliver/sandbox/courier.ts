import { setMaxListeners } from 'node:events';
import { AppError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Clock, Exchange, Http, HttpRequest } from '../../base/ports.ts';
import { signNotification } from '../../intercom/signature.ts';
import { admit, judge, type ReceiverAnswer } from '../policy.ts';
import { deliveryHeaders } from '../request.ts';
import { feedEntry } from './feed.ts';
import { createGate } from './gate.ts';
import type { DeliveryHappening, Dropped, Tell } from './happenings.ts';
import { isLoopbackAddress } from './loopback.ts';
import type { Pace } from './pace.ts';
import type { Subscription } from './subscriptions.ts';

export interface CourierParts {
  readonly http: Http;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** Real ms. */
  readonly answerTimeoutMs: number;
}

/** One notification for one subscription. */
interface Posting {
  readonly subscription: Subscription;
  readonly topic: string;
  readonly notification: JsonObject;
  /** How long it is held before the first attempt, so that another may overtake it. ms of Intercom's time. */
  readonly delayMs: number;
  /** Undefined: not sent again once it was delivered; else how long after. */
  readonly duplicateAfterMs: number | undefined;
}

export interface Courier {
  /** False when there is no room for another one; it is told as dropped then. */
  post(posting: Posting): boolean;
  /** Notifications whose fate is open, and second copies that are still to be sent. */
  readonly waiting: { readonly notifications: number; readonly all: number };
  /** Resolves when nothing is on its way any more, or the signal is aborted. */
  quiet(): Promise<void>;
  /** Nothing more is sent; resolves when the requests that are under way have their answers. What waits stays pending. */
  finish(): Promise<void>;
}

/** Bounded, like everything here: a receiver that takes nothing for hours must not fill the memory. */
const MOST_WAITING = 10_000;
const MOST_AT_ONCE = 16;
/** Of an answer's body nothing is used. */
const LONGEST_ANSWER = 64 * 1024;

/** Carries notifications to receivers as the policy says. */
export function createCourier(parts: CourierParts): Courier {
  const { http, clock, pace, signal, tell } = parts;
  const gate = createGate(MOST_AT_ONCE);
  const end = new AbortController();
  const waits = AbortSignal.any([signal, end.signal]);
  setMaxListeners(0, signal, waits); // all that waits listens to them, and how many may wait is bounded here
  const open = new Set<Promise<void>>();
  let notifications = 0;

  /** Until the notification has met its fate. */
  async function carry(posting: Posting, createdAt: number): Promise<void> {
    const { subscription } = posting;
    let at = createdAt + posting.delayMs;
    let isRetried = false;
    for (let attempt = 1; ;) {
      await pace.sleepUntil(at, waits);
      await gate.enter(subscription.standing.lane, waits);
      try {
        const due = { createdAt, isRetried };
        const admission = admit(subscription.standing, due, pace.now());
        if (subscription.isRemoved || admission.kind === 'drop') {
          drop(posting, admission.kind === 'drop' ? admission.reason : 'removed');
          return;
        }
        if (admission.kind === 'hold') {
          at = admission.until;
          continue;
        }
        const { fate } = await deliver(posting, { attempt, due, isDuplicate: false });
        if (fate.kind === 'delivered' && posting.duplicateAfterMs !== undefined)
          start(again(posting, pace.now() + posting.duplicateAfterMs, attempt + 1));
        if (fate.kind !== 'retry' && fate.kind !== 'throttled') return;
        attempt += 1;
        isRetried ||= fate.kind === 'retry';
        at = fate.at;
      } finally {
        gate.leave();
      }
    }
  }

  /** A second copy of what was delivered. It has no fate of its own, but its answer counts for the subscription. */
  async function again(posting: Posting, at: number, attempt: number): Promise<void> {
    const { subscription } = posting;
    await pace.sleepUntil(at, waits);
    await gate.enter(subscription.standing.lane, waits);
    try {
      const due = { createdAt: at, isRetried: true };
      if (subscription.isRemoved || admit(subscription.standing, due, pace.now()).kind !== 'send') return;
      await deliver(posting, { attempt, due, isDuplicate: true });
    } finally {
      gate.leave();
    }
  }

  interface Attempt {
    readonly attempt: number;
    readonly due: { readonly createdAt: number; readonly isRetried: boolean };
    readonly isDuplicate: boolean;
  }

  async function deliver(posting: Posting, { attempt, due, isDuplicate }: Attempt): Promise<DeliveryHappening> {
    const { subscription, topic } = posting;
    const notification = { ...posting.notification, delivery_attempts: attempt };
    const { lane } = subscription.standing;
    const request = requestOf(subscription, notification);
    const startedAt = clock.monotonic();
    const outcome = await send(request);
    const answer: ReceiverAnswer = { status: statusOf(outcome), durationMs: clock.monotonic() - startedAt };
    const at = pace.now();
    const judged = judge(subscription.standing, due, answer, at);
    subscription.standing = judged.standing;
    const entry = feedEntry(notification, request, outcome instanceof AppError ? undefined : outcome);
    subscription.sent.add(entry);
    if (judged.fate.kind !== 'delivered') subscription.errors.add(entry);
    const happening: DeliveryHappening = {
      kind: 'delivery',
      at,
      subscriptionId: subscription.id,
      notificationId: idOf(notification),
      topic,
      attempt,
      isDuplicate,
      ...answer,
      error: outcome instanceof AppError ? outcome : null,
      lane,
      isSlow: judged.standing.lane === 'slow',
      fate: judged.fate,
    };
    tell(happening);
    for (const change of judged.changes) tell({ kind: 'change', at, subscriptionId: subscription.id, change });
    return happening;
  }

  async function send(request: HttpRequest): Promise<Exchange | AppError> {
    try {
      const limits = { timeoutMs: parts.answerTimeoutMs, maxBytes: LONGEST_ANSWER, signal };
      return await http.send(request, limits);
    } catch (cause) {
      if (signal.aborted || !(cause instanceof AppError)) throw cause;
      return cause;
    }
  }

  function drop({ subscription, topic, notification }: Posting, reason: Dropped): void {
    tell({
      kind: 'drop',
      at: pace.now(),
      subscriptionId: subscription.id,
      notificationId: idOf(notification),
      topic,
      reason,
    });
  }

  /** What the signal ended stays without a fate. Anything else that is thrown is a bug, and told by whoever waits. */
  function start(task: Promise<void>): void {
    const running = task
      .catch((cause: unknown) => {
        if (!waits.aborted) throw cause;
      })
      .finally(() => open.delete(running));
    open.add(running);
  }

  async function quiet(): Promise<void> {
    while (open.size > 0) await Promise.all(open);
  }

  return {
    post(posting) {
      if (open.size >= MOST_WAITING) {
        drop(posting, 'full');
        return false;
      }
      notifications += 1;
      const settled = carry(posting, pace.now()).then(() => void (notifications -= 1));
      start(settled);
      return true;
    },
    get waiting() {
      return { notifications, all: open.size };
    },
    quiet,
    finish() {
      end.abort(new Error('the time is over'));
      return quiet();
    },
  };
}

function requestOf({ url, key }: Subscription, notification: JsonObject): HttpRequest {
  const body = new TextEncoder().encode(JSON.stringify(notification));
  return { method: 'POST', url, headers: deliveryHeaders(key && signNotification(body, key)), body };
}

/** Null where no answer came to its end, or one came from elsewhere, whatever the name meant to the system. */
function statusOf(outcome: Exchange | AppError): number | null {
  if (outcome instanceof AppError) return null;
  const { status, bodyEnd, address } = outcome;
  return (bodyEnd === 'complete' || bodyEnd === 'too-long') && isLoopbackAddress(address) ? status : null;
}

function idOf({ id }: JsonObject): string | null {
  return typeof id === 'string' ? id : null;
}
