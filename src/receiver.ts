import type { IncomingMessage, ServerResponse } from 'node:http';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from './adapters/clock.ts';
import { answerFetch, toResponse } from './adapters/server-fetch.ts';
import { createMountedListener } from './adapters/server-mounted.ts';
import { writeReply } from './adapters/server-exchange.ts';
import { LISTEN_LIMITS } from './adapters/server.ts';
import { openInbox } from './adapters/stores/index.ts';
import { openLazily } from './adapters/stores/lazy.ts';
import type { Application } from './base/application.ts';
import { AppError } from './base/errors.ts';
import { Secret } from './base/secret.ts';
import { API_BASES } from './intercom/regions.ts';
import type { Key } from './intercom/signature.ts';
import type { Handlers } from './receive/handler.ts';
import type { InboxStore } from './receive/inbox.ts';
import { createKeyring } from './receive/keyring.ts';
import { type Observer, observed } from './receive/observer.ts';
import { type Answer, createReceiver as createMind } from './receive/receive.ts';
import { jsonReply } from './receive/replies.ts';
import { guarded, type HandledReport, type HandlingLimits, prepareHandlers } from './receiver-handling.ts';

export { AppError } from './base/errors.ts';
export { Secret } from './base/secret.ts';
export type { Notification } from './intercom/notification.ts';
export type { Key } from './intercom/signature.ts';
export type { HandledReport, HandlingLimits } from './receiver-handling.ts';
export type { Handler, HandlerContext, Handlers } from './receive/handler.ts';
export type { Added, EventFilter, EventSummary, InboxStore, IncomingEvent, StoredEvent } from './receive/inbox.ts';

export interface ReceiverOptions {
  /** The client secret of the app. An empty one or a placeholder counts as none: then everything is answered with 503. */
  readonly secret: Key;
  /** Still accepted while the secret is being rotated. */
  readonly previousSecret?: Key | undefined;
  /** A SQLite file, `postgres://…`, `memory:`, or a store of your own. */
  readonly store: string | InboxStore;
  /**
   * Where the webhook is, for a server that has nothing else: other paths get 404, but `/health` and `/intercom/health`.
   * Left out, every request is taken for the webhook's: a router has chosen it already.
   */
  readonly path?: string;
  /** The largest body that is read; 1 MiB unless given. */
  readonly maxBodyBytes?: number;
  /**
   * What is to be done about events, by topic, with `default` for the rest; runs after the acknowledgement and apart from
   * it, in this process. What throws or takes too long is tried again, and kept as `dead` in the end. Left out, events
   * stay in the store as `received`.
   */
  readonly handlers?: Handlers;
  /** How handlers are run; what is left out is as `serve` has it. */
  readonly handling?: Partial<HandlingLimits>;
  /** After each attempt to handle an event. */
  readonly onHandled?: (report: HandledReport) => void;
  /** After each answer, for a log. Never waited for. */
  readonly onAnswer?: (answer: AnswerReport) => void;
  /** What handlers say with `context.log`. */
  readonly onLog?: (eventId: string, message: string) => void;
  /** What should not happen: a bug, a store that fails, a body parser or an answer that came first. Without it, nothing is told. */
  readonly onError?: (error: unknown) => void;
}

/** What became of a request: ids, no personal data. */
export interface AnswerReport {
  readonly status: number;
  readonly outcome: 'stored' | 'duplicate' | 'refused' | 'answered';
  /** Of a refusal: `missing`, `mismatch`, `store-unavailable`… */
  readonly reason?: string;
  /** The event's in the inbox, and the notification's own. */
  readonly id?: string;
  readonly notificationId?: string | null;
  readonly topic?: string;
  readonly durationMs: number;
}

export interface IntercomReceiver {
  /**
   * For `node:http` and whatever is built on it: `createServer(receiver.listener)`, Express `app.all(path,
   * receiver.listener)`. Must come before any body parser; Express's `next`, where there is one, gets the error if not.
   */
  readonly listener: (request: IncomingMessage, response: ServerResponse, next?: (error: unknown) => void) => void;
  /** For fetch-style servers: Hono, Next route handlers, anything that calls a function with a `Request`. */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Opens the store, so that what is wrong with it shows at the start; without it that happens with the first event.
   * @throws AppError `inbox/*`, `usage/invalid-value`
   */
  ready(): Promise<void>;
  /** Lets what runs finish and closes the store, unless it is your own. */
  close(): Promise<void>;
}

const USUAL_MAX_BYTES = 1024 * 1024;
/** What handlers are doing may take this long when the receiver is closed. */
const DRAIN_MS = 5000;
/** Where a relative location starts. */
const HERE = { cwd: resolve('.'), home: homedir(), stateHome: undefined };
/** What a router chose stands for this path. */
const MOUNTED = '/intercom/webhook';

/**
 * The receiver of `propiq-intercom serve`, for an application of your own: verifies the raw bytes, stores durably, and only
 * then answers 200; duplicates are answered and stored once.
 *
 * @example
 * const receiver = createReceiver({ secret: process.env.INTERCOM_CLIENT_SECRET ?? '', store: './inbox.db' });
 * app.all('/intercom/webhook', receiver.listener); // Express, before express.json()
 * @throws AppError `usage/invalid-value`, `handler/no-handlers`
 */
export function createReceiver(given: ReceiverOptions): IntercomReceiver {
  requireUsable(given);
  const options: ReceiverOptions = { ...given, onError: (error) => guarded(() => given.onError?.(error)) };
  const { secret, previousSecret, path, maxBodyBytes = USUAL_MAX_BYTES } = options;
  const place = options.store;
  const handling = options.handlers && prepareHandlers({ ...options, handlers: options.handlers });
  const store = openLazily({
    open: async () => (typeof place === 'string' ? openInbox(place, 'write', HERE) : place),
    opened: (opened) => handling?.start(opened),
    isOwned: typeof place === 'string',
  });
  if (handling) void store.open().catch((cause: unknown) => options.onError?.(cause)); // events may wait from before
  const keyring = createKeyring({
    current: asSecret(secret),
    ...(previousSecret !== undefined && { previous: asSecret(previousSecret) }),
  });
  const inbox: Pick<InboxStore, 'add' | 'ping'> = {
    ping: async () => (await store.open()).ping(),
    async add(event) {
      try {
        return await (await store.open()).add(event);
      } catch (cause) {
        options.onError?.(cause);
        throw cause instanceof AppError ? cause : notStored(cause);
      }
    },
  };
  const webhookPath = path ?? MOUNTED;
  const mind = createMind({ inbox, keyring, webhookPath, apiBase: API_BASES.us, clock: systemClock });
  const observer = observerOf(options, () => handling?.wake());
  const routed = observed(mind, [observer], systemClock);
  const application = path === undefined ? atAnyPath(routed) : routed;
  const listen = createMountedListener({ ...LISTEN_LIMITS, maxBodyBytes }, application);
  const tellConsumed = (): AppError => {
    const error = bodyConsumed();
    options.onError?.(error);
    return error;
  };

  return {
    listener: (request, response, next) =>
      listen(request, response, () => {
        const error = tellConsumed();
        if (next) next(error);
        else writeReply(application, response, CONSUMED);
      }),
    async fetch(request) {
      if (!request.bodyUsed && request.body?.locked !== true) return answerFetch(request, maxBodyBytes, application);
      tellConsumed();
      return toResponse(CONSUMED, request.method);
    },
    ready: async () => void (await store.open()),
    async close() {
      await handling?.drain(DRAIN_MS);
      await store.close();
    },
  };
}

const CONSUMED = jsonReply(500, {
  detail: 'The body was read before the receiver got it: mount the receiver before any body parser',
});

function bodyConsumed(): AppError {
  return new AppError('receiver/body-consumed', {
    what: 'The body was read before the receiver got it',
    why: 'The signature is over its exact bytes, and a body parser (express.json(), request.json()) leaves none of them.',
    hint: 'Mount the receiver before any body parser, or let its route keep the bytes: express.raw({ type: "*/*" }).',
  });
}

/** A store of somebody else's may fail as it likes: the notification was not taken, and Intercom is to send it again. */
function notStored(cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Intercom sends it once more, after a minute.';
  return new AppError('inbox/failed', { what: 'The event could not be stored', why, hint }, { cause });
}

/** Whatever the path: a router has chosen already, and may have cut it. */
function atAnyPath(application: Application): Application {
  return {
    ...application,
    early: (head) => application.early({ ...head, target: MOUNTED }),
    answer: (request) => application.answer({ ...request, target: MOUNTED }),
  };
}

/** For callers without types: what is wrong would otherwise show with the first delivery. @throws AppError `usage/invalid-value` */
function requireUsable({ store, path }: Partial<ReceiverOptions>): void {
  if (typeof store !== 'string' && typeof store?.add !== 'function')
    throw unusable('The store of createReceiver is missing', "store: './inbox.db', 'postgres://…', or 'memory:'");
  if (path !== undefined && !path.startsWith('/'))
    throw unusable('The path of createReceiver has no slash at its start', "path: '/intercom/webhook'");
}

function unusable(what: string, example: string): AppError {
  return new AppError('usage/invalid-value', {
    what,
    why: 'No notification could be taken.',
    hint: `Write it like ${example}`,
  });
}

function asSecret(key: Key | null | undefined): Secret {
  return key instanceof Secret ? key : new Secret(key ?? '');
}

function observerOf({ onAnswer, onError }: ReceiverOptions, stored: () => void): Observer {
  return {
    answered(answer, durationMs) {
      if (answer.happening.kind === 'stored') stored();
      guarded(() => onAnswer?.(reportOf(answer, durationMs)), onError);
    },
    failed: (cause) => onError?.(cause),
  };
}

function reportOf({ status, happening }: Answer, durationMs: number): AnswerReport {
  if (happening.kind === 'answered') return { status, outcome: 'answered', durationMs };
  if (happening.kind === 'refused') return { status, outcome: 'refused', reason: happening.reason, durationMs };
  const { id, notification, outcome } = happening;
  const told = { id, notificationId: notification.id, topic: notification.topic, durationMs };
  return { status, outcome: outcome === 'added' ? 'stored' : 'duplicate', ...told };
}
