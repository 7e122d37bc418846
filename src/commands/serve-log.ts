import type { JsonObject } from '../base/json.ts';
import { plural } from '../base/text.ts';
import { eventLines, remote, type Stored } from '../receive/event-lines.ts';
import { createJournal } from '../receive/journal.ts';
import type { Handled } from '../receive/handling-report.ts';
import type { Observer } from '../receive/observer.ts';
import type { Answer } from '../receive/receive.ts';
import { createRefusalLog, type Refused } from '../receive/refusal-log.ts';
import { createCounter, tallyLine } from '../receive/tally.ts';
import type { Context, LogLevel } from './context.ts';
import { createHandlingLog } from './handling-log.ts';

export interface ServeLog extends Observer {
  /** What became of an attempt to handle an event. */
  dispatched(handled: Handled): void;
  /** Events cannot be taken out of the inbox; undefined: they can again. */
  inboxTrouble(cause: unknown): void;
  /** What is left to say, and the counts. */
  end(): Promise<void>;
}

export type LogFormat = 'text' | 'json';

/** Lines that may wait for a reader who is slow. */
const MAX_WAITING = 10_000;
/** What is still waiting at the end is given this long. */
const FLUSH_MS = 2000;

/**
 * Events go to standard output, refusals and counts to standard error; neither holds an answer up. With `json` standard
 * error holds all of it, and standard output only what `--json` asks for.
 */
export function createServeLog({ output, clock }: Context, format: LogFormat): ServeLog {
  const refusals = createRefusalLog(clock);
  const counter = createCounter();
  const isText = format === 'text';
  const isSilent = output.quiet && !output.json;
  const journal = createJournal<() => Promise<void>>((tell) => tell(), MAX_WAITING);
  const handlings = createHandlingLog(output, clock, isText);

  async function tellStored({ status }: Answer, stored: Stored, durationMs: number): Promise<void> {
    if (!isText)
      await output.log('info', 'notification stored', {
        ...eventFields(stored),
        status,
        durationMs: tenths(durationMs),
      });
    if (isText || output.json)
      await output.stream(
        { type: 'event', ...eventFields(stored), receivedAt: new Date(stored.receivedAt).toISOString() },
        eventLines(stored).join('\n'),
      );
  }

  function refused(refusal: Refused, durationMs: number): void {
    for (const { text, reason } of refusals.tell(refusal)) {
      if (isText) output.note(text);
      else
        void output.log(
          levelOf(refusal),
          text,
          reason && { status: refusal.status, reason, durationMs: tenths(durationMs) },
        );
    }
  }

  return {
    answered(answer, durationMs) {
      const { happening } = answer;
      counter.count(happening);
      if (happening.kind === 'stored') {
        if (!isSilent) journal.add(() => tellStored(answer, happening, durationMs));
      } else if (happening.kind === 'refused') refused(happening, durationMs);
    },
    dispatched(handled) {
      counter.countHandling(handled.outcome);
      if (!isSilent) journal.add(() => handlings.record(handled));
      handlings.warn(handled);
    },
    inboxTrouble(cause) {
      if (cause === undefined) output.note('Events are taken from the inbox again.');
      else output.warn(`No event can be taken from the inbox; it is tried again. ${messageOf(cause)}`);
    },
    failed(cause) {
      output.warn(`A request was answered with 500. This is a bug: ${messageOf(cause)}`);
      if (cause instanceof Error) output.detail(cause.stack ?? '');
    },
    async end() {
      await Promise.race([journal.flushed(), clock.sleep(FLUSH_MS)]);
      for (const { text } of refusals.rest()) output.note(text);
      handlings.end();
      if (journal.leftOut > 0)
        output.warn(
          `${plural(journal.leftOut, 'line')} not shown, because nobody read fast enough; every event is stored.`,
        );
      const tally = counter.read();
      const { refusedByStatus, signedWith, handling, ...counts } = tally;
      const by = { signedWith: { ...signedWith }, handling: { ...handling }, refusedByStatus: { ...refusedByStatus } };
      const fields = { ...counts, ...by, notShown: journal.leftOut };
      if (isText) output.note(`Stopped: ${tallyLine(tally)}.`);
      else await Promise.race([output.log('info', 'stopped', fields), clock.sleep(FLUSH_MS)]);
      await Promise.race([output.stream({ type: 'summary', ...fields }, ''), clock.sleep(FLUSH_MS)]);
    },
  };
}

function eventFields({ id, outcome, notification, secret, probe }: Stored): JsonObject {
  return {
    id,
    notificationId: notification.id === null ? null : remote(notification.id),
    topic: remote(notification.topic),
    duplicate: outcome === 'duplicate',
    secret,
    probe: probe === undefined ? null : remote(probe),
  };
}

/** What Intercom will send again is an error of ours; a forger is none. */
function levelOf({ status }: Refused): LogLevel {
  return status >= 500 ? 'error' : 'warn';
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
