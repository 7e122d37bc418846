import type { HeaderList } from '../base/ports.ts';
import { cleanLine, shorten } from '../base/text.ts';
import type { Attempt, Failure, Handle } from './attempt.ts';
import { remote } from './event-lines.ts';
import type { HandlerPath, HandlerTable, ModuleShape } from './handler-table.ts';

/** What a handler threw. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  /** `handlers.mjs:12`, where that is known. */
  readonly where?: string;
}

/** One attempt at one event. */
export interface HandlerJob {
  readonly eventId: string;
  readonly attempt: number;
  readonly receivedAt: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly path: HandlerPath;
}

/** A module of handlers, loaded, where its functions run apart from everything else. */
export interface HandlerModule {
  readonly exports: ModuleShape['exports'];
  /**
   * Resolves with what was thrown, if anything was; with what ended the place they run in, where it ended meanwhile.
   * Never rejects.
   */
  run(job: HandlerJob, signal: AbortSignal): Promise<Thrown | undefined>;
  close(): Promise<void>;
}

/** What handlers print and log, and what becomes of the place they run in. */
export interface HandlerEars {
  /** A line that was printed: it would otherwise stand among the receiver's own output. */
  printed(line: string): void;
  logged(eventId: string, text: string): void;
  /** It ended although nobody asked it to; the next event starts another. */
  ended(why: Thrown): void;
}

const LONGEST_MESSAGE = 300;

/**
 * Handles an event with the function that the module has for its topic. A topic without one counts as handled: nothing
 * remains to be done about it.
 */
export function handleWith(
  module: Pick<HandlerModule, 'run'>,
  table: HandlerTable,
  told: { withoutHandler(topic: string): void; redact(text: string): string },
): Handle<never> {
  return async ({ id, attempts, topic, receivedAt, headers, body }, signal): Promise<Attempt<never>> => {
    const path = table.find(topic);
    if (path === undefined) {
      told.withoutHandler(topic);
      return { isIdle: true };
    }
    const thrown = await module.run({ eventId: id, attempt: attempts, receivedAt, headers, body, path }, signal);
    return thrown === undefined ? {} : { failure: failureOf(thrown, told.redact) };
  };
}

/** The name and the place are for logs; the message may hold anything, and is only kept with the event. */
function failureOf({ name, message, where }: Thrown, redact: (text: string) => string): Failure {
  const label = remote(redact(name)) + (where === undefined ? '' : ` at ${remote(where)}`);
  return { label, message: shorten(cleanLine(redact(message)), LONGEST_MESSAGE) };
}
