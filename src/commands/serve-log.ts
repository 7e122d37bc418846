import type { JsonObject } from '../base/json.ts';
import { plural } from '../base/text.ts';
import { eventLines, remote, type Stored } from '../receive/event-lines.ts';
import { createJournal } from '../receive/journal.ts';
import type { Happening } from '../receive/receive.ts';
import { createRefusalLog } from '../receive/refusal-log.ts';
import { createCounter, tallyLine } from '../receive/tally.ts';
import type { Context } from './context.ts';

export interface ServeLog {
  happened(happening: Happening): void;
  /** A bug: it was answered with 500. */
  failed(cause: unknown): void;
  /** What is left to say, and the counts. */
  end(): Promise<void>;
}

/** Lines that may wait for a reader of standard output who is slow. */
const MAX_WAITING = 10_000;
/** What is still waiting at the end is given this long. */
const FLUSH_MS = 2000;

/** Events go to standard output, refusals and counts to standard error; neither holds an answer up. */
export function createServeLog({ output, clock }: Context): ServeLog {
  const refusals = createRefusalLog(clock);
  const counter = createCounter();
  const journal = createJournal<Stored>(
    (stored) => output.stream(eventRecord(stored), eventLines(stored).join('\n')),
    MAX_WAITING,
  );
  const isSilent = output.quiet && !output.json;

  return {
    happened(happening) {
      counter.count(happening);
      if (happening.kind === 'stored') {
        if (!isSilent) journal.add(happening);
      } else if (happening.kind === 'refused') {
        for (const line of refusals.tell(happening)) output.note(line);
      }
    },
    failed(cause) {
      output.warn(
        `A request was answered with 500. This is a bug: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
      if (cause instanceof Error) output.detail(cause.stack ?? '');
    },
    async end() {
      await Promise.race([journal.flushed(), clock.sleep(FLUSH_MS)]);
      for (const line of refusals.rest()) output.note(line);
      if (journal.leftOut > 0)
        output.warn(`${plural(journal.leftOut, 'event')} not shown, because nobody read fast enough; all are stored.`);
      const tally = counter.read();
      output.note(`Stopped: ${tallyLine(tally)}.`);
      const { refusedByStatus, signedWith, ...counts } = tally;
      const by = { signedWith: { ...signedWith }, refusedByStatus: { ...refusedByStatus } };
      const record = { type: 'summary', ...counts, ...by, notShown: journal.leftOut };
      await Promise.race([output.stream(record, ''), clock.sleep(FLUSH_MS)]);
    },
  };
}

function eventRecord({ id, receivedAt, outcome, notification, secret, probe }: Stored): JsonObject & { type: string } {
  return {
    type: 'event',
    id,
    notificationId: notification.id === null ? null : remote(notification.id),
    topic: remote(notification.topic),
    receivedAt: new Date(receivedAt).toISOString(),
    duplicate: outcome === 'duplicate',
    secret,
    probe: probe === undefined ? null : remote(probe),
  };
}
