import type { Paint } from '../base/paint.ts';
import type { VerifyEvent } from './verify.ts';

export interface ReporterEnv {
  readonly paint: Paint;
  readonly columns: number;
  /** Only what did not pass. */
  readonly isQuiet: boolean;
  /** With evidence. */
  readonly isVerbose: boolean;
  /** Whether a warning counts as a failure. */
  readonly isStrict: boolean;
}

/** The events of one run after another, and `over` behind the last. */
export type ReportEvent = VerifyEvent | { readonly type: 'over' };

/** A fold from events to text: no stream, no colour of its own; many can listen to the same runs. */
export interface Reporter {
  readonly name: string;
  readonly about: string;
  /** Its text is commands to a CI system, which must reach it as they are. */
  readonly isCommands?: true;
  start(env: ReporterEnv): (event: ReportEvent) => string;
}
