import type { Application } from '../base/application.ts';
import type { Clock } from '../base/ports.ts';
import type { Answer, Receiver } from './receive.ts';
import { FAILED } from './replies.ts';

/** Watches a receiver: a log, metrics. Nothing waits for it, and it must not throw. */
export interface Observer {
  /** After each answer. `durationMs`: from the last byte of the request to the answer; 0 where the head was enough for one. */
  answered(answer: Answer, durationMs: number): void;
  /** A bug: it was answered with 500. */
  failed(cause: unknown): void;
}

/** A receiver as what listens asks for it. */
export function observed(receiver: Receiver, observers: readonly Observer[], clock: Clock): Application {
  const tell = (answer: Answer, durationMs = 0): Answer => {
    for (const observer of observers) observer.answered(answer, durationMs);
    return answer;
  };
  return {
    early(head) {
      const answer = receiver.early(head);
      return answer && tell(answer);
    },
    async answer(request) {
      const startedAt = clock.monotonic();
      const answer = await receiver.take(request);
      return tell(answer, clock.monotonic() - startedAt);
    },
    tooLarge: (head) => tell(receiver.tooLarge(head)),
    overloaded: (head) => tell(receiver.overloaded(head)),
    unreadable: (status, problem) => tell(receiver.unreadable(status, problem)),
    failed(cause) {
      for (const observer of observers) observer.failed(cause);
      return FAILED;
    },
  };
}
