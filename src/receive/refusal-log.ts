import type { Clock } from '../base/ports.ts';
import { plural } from '../base/text.ts';
import { probeMark, remote } from './event-lines.ts';
import { createLimitedLines } from './limited-lines.ts';
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
  loop: 'it came back while it was being forwarded: --forward-to leads to this receiver',
  'wrong-method': 'the method is not answered there',
  'unknown-path': 'nothing is at that path',
  unreadable: 'the request cannot be read',
};

/** Refusals as lines, within the bounds of the log. */
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
  const lines = createLimitedLines<RefusalLine>(clock, (count) => ({
    text: `… and ${plural(count, 'more request')} refused`,
  }));
  return {
    tell: (refused) => lines.tell(() => ({ text: refusalLine(refused), reason: refused.reason })),
    rest: lines.rest,
  };
}

function refusalLine({ status, reason, detail, probe }: Refused): string {
  return `Refused with ${status}: ${WORDS[reason]}${detail === '' ? '' : `: ${remote(detail)}`}${probeMark(probe)}`;
}
