import type { Clock } from '../base/ports.ts';
import { plural } from '../base/text.ts';
import { probeMark, remote } from './event-lines.ts';
import type { Happening, RefusalReason } from './receive.ts';

export type Refused = Extract<Happening, { kind: 'refused' }>;

/** Why, in words that are safe to show and help to mend it. */
const WORDS: Readonly<Record<RefusalReason, string>> = {
  missing: 'there is no X-Hub-Signature',
  repeated: 'there are several X-Hub-Signature headers',
  malformed: 'the signature does not have the form sha1=… or sha256=…',
  mismatch: 'the signature does not match: another secret, or the body was changed on the way',
  'no-secret': 'no secret is configured',
  'not-a-notification': 'it is signed, but it is no notification',
  'too-large': 'the body is larger than --max-body',
  overloaded: 'too many requests at once',
  'store-unavailable': 'it could not be stored',
  'wrong-method': 'the method is not answered there',
  'unknown-path': 'nothing is at that path',
  unreadable: 'the request cannot be read',
};
const WINDOW_MS = 10_000;
const SHOWN_PER_WINDOW = 20;

/** Refusals as lines, so many in ten seconds; what is left out is counted. A flood of them must not flood the log. */
export interface RefusalLog {
  /** What to print now; empty while the window is full. */
  tell(refused: Refused): readonly RefusalLine[];
  /** What was left out and not told yet. */
  rest(): readonly RefusalLine[];
}

interface RefusalLine {
  readonly text: string;
  /** Undefined where the line counts what was left out. */
  readonly reason?: RefusalReason;
}

export function createRefusalLog(clock: Pick<Clock, 'monotonic'>): RefusalLog {
  let opened = -Infinity;
  let shown = 0;
  let hidden = 0;

  function rest(): readonly RefusalLine[] {
    const lines = hidden === 0 ? [] : [{ text: `… and ${plural(hidden, 'more request')} refused` }];
    hidden = 0;
    return lines;
  }

  return {
    rest,
    tell(refused) {
      const isNew = clock.monotonic() - opened >= WINDOW_MS;
      const before = isNew ? rest() : [];
      if (isNew) {
        opened = clock.monotonic();
        shown = 0;
      }
      if (shown >= SHOWN_PER_WINDOW) {
        hidden += 1;
        return before;
      }
      shown += 1;
      return [...before, { text: refusalLine(refused), reason: refused.reason }];
    },
  };
}

function refusalLine({ status, reason, detail, probe }: Refused): string {
  return `Refused with ${status}: ${WORDS[reason]}${detail === '' ? '' : `: ${remote(detail)}`}${probeMark(probe)}`;
}
