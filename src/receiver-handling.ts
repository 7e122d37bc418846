import { systemClock } from './adapters/clock.ts';
import { systemRandom } from './adapters/system-random.ts';
import { parseNotification } from './intercom/notification.ts';
import type { Handle } from './receive/attempt.ts';
import { type Dispatched, type Dispatcher, type DispatchOutcome, startDispatch } from './receive/dispatch.ts';
import type { Handlers } from './receive/handler.ts';
import { handlerTable } from './receive/handler-table.ts';
import { USUAL_HANDLING } from './receive/handling-limits.ts';
import type { InboxStore } from './receive/inbox.ts';

export interface HandlingLimits {
  /** How many run at once. */
  readonly concurrency: number;
  /** An attempt that takes longer has failed. */
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  /** The first wait between two attempts; later ones are longer. */
  readonly retryDelayMs: number;
}

/** What became of an attempt to handle an event: ids, no personal data. */
export interface HandledReport {
  readonly id: string;
  readonly topic: string;
  readonly attempt: number;
  readonly outcome: DispatchOutcome;
  /** The name of what was thrown. */
  readonly error?: string;
  readonly retryInMs?: number;
  readonly durationMs: number;
}

interface HandlingParts {
  readonly handlers: Handlers;
  readonly handling?: Partial<HandlingLimits>;
  readonly onHandled?: (report: HandledReport) => void;
  readonly onLog?: (eventId: string, message: string) => void;
  readonly onError?: (error: unknown) => void;
}

/** The handlers of an application, in its own process. */
export interface Handling extends Dispatcher {
  start(inbox: InboxStore): void;
}

/** @throws AppError `handler/no-handlers` where there is none, or something is no function */
export function prepareHandlers(parts: HandlingParts): Handling {
  const { handling, onHandled, onError } = parts;
  const handle = handleHere(parts);
  let dispatcher: Dispatcher | undefined;
  return {
    start(inbox) {
      dispatcher = startDispatch({
        ...USUAL_HANDLING,
        ...handling,
        inbox,
        handle,
        clock: systemClock,
        random: systemRandom,
        dispatched: (done) => guarded(() => onHandled?.(reportOf(done)), onError),
        trouble: (cause) => (cause === undefined ? undefined : onError?.(cause)),
      });
    },
    wake: () => dispatcher?.wake(),
    drain: async (timeoutMs) => dispatcher?.drain(timeoutMs),
  };
}

/** Found as in a file of handlers; a topic without one counts as handled. */
function handleHere({ handlers, onLog }: HandlingParts): Handle<never> {
  const types = Object.entries(handlers).map(([topic, handler]) => [topic, typeof handler] as const);
  const table = handlerTable({ exports: [['handlers', types]] }, 'the handlers given');
  return async ({ id, topic, attempts, receivedAt, headers, body }, signal) => {
    const [, name = ''] = table.find(topic) ?? [];
    const parsed = parseNotification(body);
    if (!parsed.ok) throw new TypeError(`the stored body is no notification: ${parsed.problem}`);
    await handlers[name]?.(parsed.notification, {
      eventId: id,
      attempt: attempts,
      signal,
      receivedAt: new Date(receivedAt),
      rawBody: body,
      headers,
      log: (message) => onLog?.(id, message),
    });
    return {};
  };
}

function reportOf({ event, outcome, durationMs, failure, retryInMs }: Dispatched<never>): HandledReport {
  const more = { ...(failure && { error: failure.label }), ...(retryInMs !== undefined && { retryInMs }) };
  return { id: event.id, topic: event.topic, attempt: event.attempts, outcome, durationMs, ...more };
}

/** Somebody else's function, whose errors must not become ours. */
export function guarded(call: () => void, onError?: (error: unknown) => void): void {
  try {
    call();
  } catch (cause) {
    onError?.(cause);
  }
}
