import type { ExitCode } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import type { Me, Subscription } from '../intercom/api-answers.ts';
import type { ApiVersion } from '../intercom/topics.ts';
import type { SetupPorts, Trouble } from './ports.ts';
import type { WantedTopic } from './topic-answer.ts';

export type StepId =
  | 'token'
  | 'url'
  | 'topics'
  | 'subscription'
  | 'secret'
  | 'deploy'
  | 'verify'
  | 'send-test'
  | 'hub-test';

/**
 * Looked at: `done` (holds already), `to do`, `by hand` (only a person can), `differs`, `unknown` (nobody can tell from here).
 * Acted on: `done`, `changed` (by this run), `confirmed` (the person says so), `left` (for the person), `failed`.
 * Either: `skipped`.
 */
export type StepStatus =
  | 'done'
  | 'to do'
  | 'by hand'
  | 'differs'
  | 'unknown'
  | 'changed'
  | 'confirmed'
  | 'left'
  | 'failed'
  | 'skipped';

export interface StepReport {
  readonly status: StepStatus;
  /** A sentence or two; no secret, and nothing remote that is not clean. */
  readonly message: string;
  /** What to do about it: a command, or a sentence. */
  readonly remedy?: string;
  /** What the run ends with, where this step failed. */
  readonly exitCode?: ExitCode;
  /** Single findings behind the message. */
  readonly findings?: readonly Trouble[];
}

/** What a person decided, by prompts, flags and settings; all of it is known before anything is changed. */
export interface Answers {
  readonly url: URL;
  /** The settings of later runs would not find it. */
  readonly isUrlNew: boolean;
  readonly version: ApiVersion;
  readonly topics: readonly WantedTopic[];
  readonly mode: 'auto' | 'api' | 'guide';
  /** Given in this run, so that it is written down as well. */
  readonly newToken?: Secret;
  /** Known before: given in this run, or found in the settings. */
  readonly secret?: Secret;
  /** The person says that the Developer Hub has the URL and the topics: no walk. */
  readonly isHubDone: boolean;
  readonly region?: string;
  /** Given in this run, and not what a later run would find: it is written down as well. */
  readonly newRegion?: string;
  readonly deploy?: { readonly command: string; readonly isAgreed: boolean };
  readonly logs?: string;
  readonly wantsVerify: boolean;
  readonly wantsTest: boolean;
}

/** What steps find out and hand on to those after them. */
export interface Journey {
  readonly answers: Answers;
  readonly ports: SetupPorts;
  /** Whether Intercom has taken the token. */
  isTokenRefused: boolean;
  /** Only looked at: nothing is asked of anybody. */
  readonly isChecked: boolean;
  workspace?: Me['app'];
  /** How the subscription is made; settled when the API has answered. */
  way: 'api' | 'guide';
  existing?: Subscription;
  /** At Intercom, where it was made or found through the API. */
  subscriptionId?: string;
  /** What deliveries are signed with, as soon as it is known. */
  secret?: Secret;
  isSecretNew: boolean;
  isDeployed: boolean;
}

export interface Step {
  readonly id: StepId;
  /** A word or two for the list. */
  readonly title: string;
  /** Looks at what is there, and changes nothing. */
  look(journey: Journey): Promise<StepReport>;
  /** Makes it so. Asked for only where `look` found something to do. */
  apply?(journey: Journey, seen: StepReport): Promise<StepReport>;
}

export const report = (status: StepStatus, message: string, remedy?: string): StepReport => ({
  status,
  message,
  ...(remedy !== undefined && { remedy }),
});
