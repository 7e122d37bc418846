import type { Clock } from '../base/ports.ts';
import { plural } from '../base/text.ts';
import { failureLine, type Handled, handledRecord, successLine } from '../receive/handling-report.ts';
import { createLimitedLines } from '../receive/limited-lines.ts';
import type { Output } from './context.ts';

/** Tells what became of attempts to handle events. */
export interface HandlingLog {
  /** The record, and the line of one that succeeded; resolves when more can be taken. */
  record(handled: Handled): Promise<void>;
  /** The line of one that did not. */
  warn(handled: Handled): void;
  /** What is left to say. */
  end(): void;
}

/** @param isText whether standard error is lines for people; else it holds the records */
export function createHandlingLog(output: Output, clock: Clock, isText: boolean): HandlingLog {
  const lines = createLimitedLines(clock, (count) => `… and ${plural(count, 'more attempt')} failed`);
  return {
    async record(handled) {
      const { type, ...fields } = handledRecord(handled);
      const isDone = handled.outcome === 'handled';
      if (!isText) await output.log(isDone ? 'info' : 'warn', isDone ? 'event handled' : 'event not handled', fields);
      if (isText || output.json) await output.stream({ type, ...fields }, isDone ? successLine(handled) : '');
    },
    warn(handled) {
      if (handled.outcome === 'handled') return;
      if (isText) for (const line of lines.tell(() => failureLine(handled))) output.warn(line);
      if (handled.failure && handled.failure.message !== '')
        output.detail(`${handled.event.id}: ${handled.failure.message}`);
    },
    end() {
      for (const line of lines.rest()) output.warn(line);
    },
  };
}
