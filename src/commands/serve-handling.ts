import { AppError } from '../base/errors.ts';
import type { HeaderList } from '../base/ports.ts';
import { cleanLine, plural } from '../base/text.ts';
import { ANSWER_TIMEOUT_MS } from '../intercom/limits.ts';
import { isLoopbackHost, parseWebhookUrl, requireSafeForSigned } from '../intercom/webhook-url.ts';
import type { Handle } from '../receive/attempt.ts';
import { type Dispatcher, startDispatch } from '../receive/dispatch.ts';
import { remote } from '../receive/event-lines.ts';
import { createForward, type Forwarded } from '../receive/forward.ts';
import { type HandlerEars, handleWith } from '../receive/handle-with.ts';
import { handlerTable } from '../receive/handler-table.ts';
import type { Handled } from '../receive/handling-report.ts';
import type { InboxStore } from '../receive/inbox.ts';
import type { Metrics } from '../receive/metrics.ts';
import type { Observer } from '../receive/observer.ts';
import type { Context } from './context.ts';
import type { ServeLog } from './serve-log.ts';

/** What is done with events after they were acknowledged. */
export interface HandlingInput {
  readonly handler?: string;
  readonly forwardTo?: string;
  readonly concurrency: number;
  readonly handlerTimeoutMs: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
}

/** The handlers of a file or another receiver, found and ready. */
export interface Handling extends Observer {
  /** @throws AppError `usage/conflict` where what is forwarded would come back to the receiver at this address */
  requireElsewhere(origin: string): void;
  /** Whether this is on its way to the other receiver at this moment. */
  isComingBack(headers: HeaderList): boolean;
  start(inbox: InboxStore, log: ServeLog, metrics: Metrics | undefined): Promise<void>;
  /** What runs is given this long, and then returned to the inbox. */
  drain(timeoutMs: number): Promise<void>;
}

/** An answer takes this long at most; the rest is for the way to the receiver. */
const FORWARD_TIMEOUT_MS = ANSWER_TIMEOUT_MS + 5000;

/**
 * Undefined where nothing more is done with an event than to log it: it then stays in the inbox as received.
 * @throws AppError `usage/conflict`, `url/*`, `io/read`, `handler/*`
 */
export async function prepareHandling(input: HandlingInput, context: Context): Promise<Handling | undefined> {
  if (input.handler !== undefined && input.forwardTo !== undefined) {
    throw new AppError('usage/conflict', {
      what: '--handler and --forward-to exclude each other',
      why: 'An event has one state: if one of the two failed, trying again would do the other twice.',
      hint: 'Forward from your handler with fetch(url, { body: context.rawBody, … }), or leave one of them out.',
    });
  }
  if (input.handler !== undefined) return handleIn(input.handler, input, context);
  return input.forwardTo === undefined ? undefined : forwardTo(input.forwardTo, input, context);
}

async function handleIn(file: string, input: HandlingInput, context: Context): Promise<Handling> {
  const { output } = context;
  const module = await context.loadHandlers(file, handlerEars(context));
  const table = handlerTable(module, cleanLine(file));
  for (const warning of table.warnings) output.warn(warning);
  const named = table.topics.length === 0 ? [] : [plural(table.topics.length, 'topic')];
  output.note(
    `Handlers from ${cleanLine(file)}: ${[...named, ...(table.hasDefault ? ['a default'] : [])].join(' and ')}.`,
  );
  const told = { withoutHandler: onceFor((topic) => output.note(withoutHandler(topic))), redact: output.redact };
  return {
    requireElsewhere: () => undefined,
    isComingBack: () => false,
    ...dispatching('handler', handleWith(module, table, told), input.handlerTimeoutMs, input, context),
  };
}

async function forwardTo(text: string, input: HandlingInput, context: Context): Promise<Handling> {
  const url = parseWebhookUrl(text, 'serve --forward-to');
  requireSafeForSigned(url);
  const { handle, isUnderWay } = createForward(url, await context.http());
  return {
    requireElsewhere: (origin) => requireElsewhere(url, new URL(origin)),
    isComingBack: isUnderWay,
    ...dispatching('forward', handle, FORWARD_TIMEOUT_MS, input, context),
  };
}

function dispatching(
  by: 'handler' | 'forward',
  handle: Handle<Forwarded>,
  timeoutMs: number,
  { concurrency, maxAttempts, retryDelayMs }: HandlingInput,
  { clock, random, output }: Context,
): Omit<Handling, 'requireElsewhere' | 'isComingBack'> {
  let dispatcher: Dispatcher | undefined;
  return {
    answered({ happening }) {
      if (happening.kind === 'stored') dispatcher?.wake();
    },
    failed: () => undefined,
    async start(inbox, log, metrics) {
      const stats = await inbox.stats().catch(() => undefined); // what is wrong with the inbox is told when events are taken
      const waiting = stats ? stats.events.received + stats.events.failed : 0;
      if (waiting > 0) output.note(`Not handled yet: ${plural(waiting, 'event')}.`);
      const limits = { concurrency, timeoutMs, maxAttempts, retryDelayMs };
      const dispatched = (handled: Handled): void => {
        log.dispatched(handled);
        metrics?.handled(by, handled.outcome, handled.durationMs);
      };
      dispatcher = startDispatch({ inbox, handle, clock, random, ...limits, dispatched, trouble: log.inboxTrouble });
    },
    drain: async (timeoutMs) => dispatcher?.drain(timeoutMs),
  };
}

const LONGEST_LOG = 2000;

/** What handlers print and log goes to standard error: standard output is the receiver's own. */
export function handlerEars({ output }: Pick<Context, 'output'>): HandlerEars {
  return {
    printed: (line) => output.note(cleanLine(line)),
    logged: (eventId, text) => output.note(`${eventId}: ${remote(text, LONGEST_LOG)}`),
    ended({ name, message, where }) {
      const at = where === undefined ? '' : ` at ${where}`;
      output.warn(
        `The thread of the handlers ended: ${remote(name)}${remote(at)}. What ran in it is tried again, in a new one.`,
      );
      output.detail(cleanLine(message));
    },
  };
}

function withoutHandler(topic: string): string {
  return `There is no handler for ${remote(topic)}: such events count as handled.`;
}

const MOST_REMEMBERED = 500;

/** Tells each text once. */
function onceFor(tell: (text: string) => void): (text: string) => void {
  const seen = new Set<string>();
  return (text) => {
    if (seen.has(text) || seen.size >= MOST_REMEMBERED) return;
    seen.add(text);
    tell(text);
  };
}

/** All names of this computer are one host. Another path of the same receiver would only answer 404. */
function requireElsewhere(target: URL, own: URL): void {
  const bare = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
  const isEverywhere = ['0.0.0.0', '::'].includes(bare(own));
  const isSameHost =
    bare(target) === bare(own) || (isLoopbackHost(bare(target)) && (isEverywhere || isLoopbackHost(bare(own))));
  if (!isSameHost || portOf(target) !== portOf(own)) return;
  throw new AppError('usage/conflict', {
    what: `--forward-to ${target.href} is this receiver itself`,
    why: `It listens on ${own.origin}, and would send every event to itself.`,
    hint: 'Name the application that is to get the events, or another --port for this receiver.',
  });
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}
