/**
 * The world, as the core sees it. Durations are in ms; instants in ms since 1970; bodies are bytes.
 * Adapters implement these; `cli/context.ts` is where both meet.
 */
export interface Clock {
  now(): number;
  /** For durations: never steps back. */
  monotonic(): number;
  /** @throws the signal's reason when it is aborted first */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness: the system's, or a seeded one under `--seed`. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** Header lines in order; repeated names survive. A character above U+00FF cannot be sent. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderList;
  readonly body?: Uint8Array;
}

/** How the body of an answer ended: read whole, longer than the limit, not finished in time, or cut off by the other side. */
export type BodyEnd = 'complete' | 'too-long' | 'timed-out' | 'cut-off';

/** Where the time of an exchange went, in ms. Null where none was spent: the connection was there, or needs no such step. */
export interface Timings {
  readonly dns: number | null;
  /** TCP, and the proxy's tunnel where there is one. */
  readonly connect: number | null;
  readonly tls: number | null;
  /** From the start of sending to the header of the answer. */
  readonly firstByte: number;
  /** From the first of these to the end of the answer. */
  readonly total: number;
}

/** One request and the answer that came. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly status: number;
  readonly headers: HeaderList;
  /** As sent (never decompressed), at most `maxBytes` of it. */
  readonly body: Uint8Array;
  readonly bodyEnd: BodyEnd;
  /** The peer's address, `192.0.2.1:443` or `[2001:db8::1]:443`; the proxy's where there is one. */
  readonly address: string;
  /** The proxy that carried it, without credentials. */
  readonly proxy?: string;
  /** From the start of the request to the end of the answer, or to the point where reading it stopped. */
  readonly durationMs: number;
  /** Absent where nobody measured. */
  readonly timings?: Timings;
}

export interface HttpLimits {
  readonly timeoutMs: number;
  /** Of the answer's body. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Over a connection of its own, never one that was used before. */
  readonly isFresh?: boolean;
  /** Connect to this address of the host, and to no other: `192.0.2.1`. Not where a proxy connects. */
  readonly address?: string;
}

export interface Http {
  /**
   * One request: no redirect followed, no retry (but on a connection that had been used before and was closed without a
   * byte of an answer, it is sent again on a fresh one: see the adapter). Once the header of the answer is there it
   * resolves, whatever becomes of the body.
   * @throws AppError `net/*` when no answer came; the signal's reason when it is aborted
   */
  send(request: HttpRequest, limits: HttpLimits): Promise<Exchange>;
}

/** A command line to run, as a person would type it into the system's shell. */
export interface ChildStart {
  readonly command: string;
  readonly cwd: string;
  /** The whole of it: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** `kept`: no input, and the end of its output is kept. `shared`: the terminal's input, and output to standard error. */
  readonly stdio: 'kept' | 'shared';
}

/** A program that was started, and whatever it starts itself. */
export interface Child {
  /** The end of what it printed, both streams; nothing where its output is shared. */
  output(): Uint8Array;
  /** Never rejects. `problem`: it could not be started. */
  readonly ended: Promise<ChildEnd>;
  /** Asks all of it to end, makes it end after a while, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly problem?: string;
}

/** The value of a header, or undefined; names compare without case, of repeated ones the first counts. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => isSame(key, wanted))?.[1];
}

/** All values of a header, in order. */
export function headerValues(headers: HeaderList, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([key]) => isSame(key, wanted)).map(([, value]) => value);
}

/** The length first: most names differ in it, and receivers ask for every request. */
function isSame(name: string, wanted: string): boolean {
  return name.length === wanted.length && name.toLowerCase() === wanted;
}
