import type { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Paint } from '../base/paint.ts';
import type { Child, ChildStart, Clock, Http, Random } from '../base/ports.ts';
import type { Prompts } from '../base/prompts.ts';
import type { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import type { Listen } from '../base/application.ts';
import type { HandlerEars, HandlerModule } from '../receive/handle-with.ts';
import type { InboxStore } from '../receive/inbox.ts';
import type { EnvTarget } from '../setup/env-target.ts';
import type { EnvFileState, LineOptions, Sockets } from '../verify/ports.ts';

/** What a command is given: values and ports. Whatever is heavy is a function that imports it when it is first asked for. */
export interface Context {
  readonly version: string;
  readonly output: Output;
  readonly prompts: Prompts;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Where relative paths start, and whose git ignores what. */
  readonly cwd: string;
  /** A command to go on with, typed so that it finds the same settings: with this run's `--env-file` and `--profile`. */
  command(words: string, profile?: string): string;
  /** The command line of this run, changed, as it would be typed. */
  retyped(change: (words: readonly string[]) => readonly string[]): string;
  /**
   * The settings of the run, or those with another profile in force.
   * @throws AppError `settings/*` when a source that is there cannot be used
   */
  settings(profile?: string): Promise<Settings>;
  /**
   * Reads the settings again whenever SIGHUP asks for it or the env file was changed, until the run ends, and tells what
   * it found.
   */
  onSettingsChange(told: (change: SettingsChange) => void): Promise<void>;
  /** Names of the config file's profiles, without the built-in ones. */
  profiles(): Promise<readonly string[]>;
  http(): Promise<Http>;
  /**
   * Requests that go out as the options say, and looks at the way that they take.
   * @throws AppError `usage/invalid-value` when an authority cannot be read; `settings/invalid` for a proxy that cannot be used
   */
  line(options: LineOptions): Promise<{ readonly http: Http; readonly sockets: Sockets }>;
  /** The env file that the settings come from, for a command that writes it. */
  envTarget(profile?: string): Promise<EnvTarget>;
  /** What git says of the env file that the settings come from. */
  envFileState(profile?: string): Promise<EnvFileState>;
  /** Set where the run is a step of GitHub Actions. */
  readonly github?: GithubStep;
  /**
   * Writes a report to a file that the user named.
   * @throws AppError `io/write`
   */
  save(path: string, text: string): Promise<void>;
  /** Starts a program with this process's environment, but for our own settings, and with what is given on top. It is stopped with the run. */
  startChild(
    start: Omit<ChildStart, 'environment' | 'cwd'>,
    environment: Readonly<Record<string, string>>,
  ): Promise<Child>;
  /** A port of the loopback address that is free at the moment. */
  freePort(): Promise<number>;
  /**
   * Writes a text that is nobody else's business to a new file, in a new folder for temporary files that only this user may
   * enter; removed with the run.
   * @returns its path
   * @throws AppError `io/write`
   */
  keepPrivate(name: string, text: string): Promise<string>;
  input: Input;
  /** From now on it is hidden from all output. */
  protect(secret: Secret): void;
  /** A run of its own inside this one: in a new folder, without settings, environment, proxy or anybody to ask, and nothing is sent off this computer. It and its folder are gone with the run. */
  apart(): Promise<Context>;
  /**
   * The inbox at a location, or this user's own; closed with the run. `read` neither writes nor makes anything, `change`
   * makes nothing.
   * @throws AppError `inbox/*`
   */
  openInbox(location: string | undefined, mode: 'write' | 'change' | 'read'): Promise<InboxStore>;
  /**
   * Loads a user's handlers into a thread of their own; ended with the run.
   * @throws AppError `io/read`, `handler/cannot-load`
   */
  loadHandlers(file: string, ears: HandlerEars): Promise<HandlerModule>;
  /** @throws AppError `serve/*` */
  listen: Listen;
  /** What the process uses. */
  usage(): ProcessUsage;
}

export interface ProcessUsage {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  /** Ms since 1970. */
  readonly startedAt: number;
}

/** Why the settings were read again, and with what success. */
export type SettingsChange = { readonly why: 'SIGHUP' | 'env-file' } & (
  | { readonly settings: Settings }
  | { readonly problem: AppError }
);

/** The step of GitHub Actions that the run is part of. */
export interface GithubStep {
  /** Adds Markdown to the page of the run. A page that cannot be written is warned of and no failure. */
  readonly appendSummary?: (page: string) => Promise<void>;
}

/** Files and standard input that the user named. */
export interface Input {
  /**
   * The bytes of a file, or of standard input for `-`.
   * @throws AppError `io/read`
   */
  bytes(source: string, maxBytes: number): Promise<Uint8Array>;
  /**
   * A secret from standard input: read to the end, one final line end removed.
   * @throws AppError `settings/secret-input` when it is empty or holds a control character
   */
  secret(): Promise<Secret>;
}

/** Standard output is the result and nothing else; standard error is everything about the run. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** For text that goes to standard output. */
  readonly paint: Paint;
  /** Width of standard output; 80 where it is not a terminal. */
  readonly columns: number;
  /** The same two for standard error. */
  readonly errorPaint: Paint;
  readonly errorColumns: number;
  /** Whether standard output is a terminal: only then may a list be drawn as it grows. */
  readonly live: boolean;
  /** The one result of a run: an object under `--json`, else the text. Remote text in either must be clean already. */
  result(schema: string, ok: boolean, body: JsonObject, text: string): void;
  /** One record of a stream; resolves when the stream can take more. */
  stream(record: JsonObject & { type: string }, text: string): Promise<void>;
  /** Part of a text result as it grows; nothing under `--json`. */
  text(part: string): void;
  /** Commands to a CI system, as they are: to standard output, under `--json` to standard error. */
  commands(lines: string): void;
  /** Exact bytes to standard output. */
  bytes(bytes: Uint8Array): Promise<void>;
  /** To standard error, unless `--quiet`. */
  note(text: string): void;
  warn(text: string): void;
  /** To standard error under `--verbose` only. */
  detail(text: string): void;
  /** A secret that must not be seen in anything that is printed from now on. */
  protect(secret: Secret): void;
  /** A text without the secrets that are known so far, for what is written elsewhere. */
  redact(text: string): string;
  /** From now on standard error holds one JSON object a line: `time`, `level`, `message`, and what `log` adds. */
  logAsJson(): void;
  /**
   * An entry of the log; as text only its message is shown, as a note or a warning. The fields hold ids, never personal
   * data. Resolves when standard error can take more.
   */
  log(level: LogLevel, message: string, fields?: JsonObject): Promise<void>;
  /** A spinner on a terminal, else nothing. */
  progress(label: string): Promise<Progress>;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Progress {
  update(label: string): void;
  stop(): void;
}
