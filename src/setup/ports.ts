import type { AppError } from '../base/errors.ts';
import type { Random } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import type { IntercomApi } from '../intercom/api.ts';
import type { EnvTarget } from './env-target.ts';
import type { StepReport } from './step.ts';
import type { WriteOptions } from './write-env.ts';

/** What is wrong with the receiver, as `verify` says it. */
export interface Trouble {
  readonly id: string;
  /** `error`: it could not be judged. */
  readonly status: 'warn' | 'fail' | 'error';
  readonly message: string;
  readonly remedy: string;
}

/** The env file, as the person knows it, and how it may be written. */
export interface EnvPort {
  /** `.env` */
  readonly path: string;
  readonly target: EnvTarget;
  readonly options: WriteOptions;
}

/** The person in front of it. */
interface Person {
  /** Waits until it is done. */
  pause(message: string): Promise<void>;
  askSecret(): Promise<Secret>;
}

export interface SetupPorts {
  /** Not there without a token. */
  readonly api?: IntercomApi;
  readonly env: EnvPort;
  readonly random: Random;
  /** Not there where nobody can be asked. */
  readonly person?: Person;
  /** Shows what a person has to do. Values stand on lines of their own, as they are, to be copied. */
  show(title: string, lines: readonly string[], values: readonly string[]): void;
  /** A command to go on with, as it has to be typed to find the settings of this run. */
  command(words: string): string;
  protect(secret: Secret): void;
  /** ms since 1970 */
  now(): number;
  /** The topic of a notification that came since then into the inbox of this computer, and not from this tool; waits a little. */
  arrival(sinceMs: number): Promise<string | undefined>;
  /** Whether the address can be reached and answers HEAD. */
  reach(): Promise<readonly Trouble[]>;
  /** @returns how it ended, where not well */
  deploy(command: string): Promise<AppError | undefined>;
  /** `fresh`: it was just deployed, which takes its time; `written`: the secret is new, and a receiver may read it by itself. */
  verify(secret: Secret | undefined, since: 'fresh' | 'written' | 'old'): Promise<StepReport>;
  sendTest(secret: Secret): Promise<StepReport>;
}
