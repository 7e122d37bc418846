import type { Paint } from '../base/paint.ts';
import type { VerifyEvent } from './verify.ts';

export interface ReporterEnv {
  readonly paint: Paint;
  readonly columns: number;
  /** Only what did not pass. */
  readonly isQuiet: boolean;
  /** With evidence. */
  readonly isVerbose: boolean;
}

/** A fold from events to text: no stream, no colour of its own; many can listen to one run. */
export interface Reporter {
  readonly name: string;
  readonly about: string;
  start(env: ReporterEnv): (event: VerifyEvent) => string;
}
