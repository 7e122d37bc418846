import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { HandlerEars, HandlerJob, HandlerModule, Thrown } from '../receive/handle-with.ts';
import { type Asked, describeThrown, unmarked } from './handler-messages.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

// where this file is source (in tests) there is no built worker beside it
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/adapters/handler-worker.js' : 'handler-worker.js',
  import.meta.url,
);
const LONGEST_LOAD_MS = 30_000;
/** A thread that does not even take note that time is over, is kept busy by something that will not end by itself. */
const BLOCKED_MS = 500;

type Loaded = { readonly exports: HandlerModule['exports'] } | { readonly thrown: Thrown; readonly code: string };

/** The thread in which handlers run. */
export interface HandlerThread {
  readonly loaded: Promise<Loaded>;
  readonly isOver: boolean;
  run(job: HandlerJob, signal: AbortSignal): Promise<Thrown | undefined>;
  /** Resolves when it is known whether the thread is alive: while a time-out is being told to it, it is not. */
  beyondDoubt(): Promise<void>;
  close(): Promise<void>;
}

interface Doubt {
  readonly timer: NodeJS.Timeout;
  readonly resolved: Promise<void>;
  readonly resolve: () => void;
}

export function startHandlerThread(url: string, env: Environment, ears: HandlerEars): HandlerThread {
  const worker = new Worker(WORKER, { workerData: { url }, env, stdin: false, stdout: true, stderr: true });
  for (const stream of [worker.stdout, worker.stderr]) eachLine(stream, ears.printed);
  const calls = new Map<number, (thrown?: Thrown) => void>();
  const doubts = new Map<number, Doubt>();
  let lastCall = 0;
  let isLoaded = false;
  let isWanted = true;
  let over: Thrown | undefined;
  let load: (loaded: Loaded) => void = () => undefined;
  const loaded = new Promise<Loaded>((resolve) => (load = resolve));
  const tooLong = setTimeout(
    () => end({ name: 'TimeoutError', message: `it was not loaded within ${LONGEST_LOAD_MS / 1000} s` }),
    LONGEST_LOAD_MS,
  );

  function end(why: Thrown): void {
    if (over) return;
    over = why;
    clearTimeout(tooLong);
    void worker.terminate();
    load({ thrown: why, code: '' });
    for (const call of doubts.keys()) answered(call);
    for (const settle of calls.values()) settle(why);
    calls.clear();
    if (isWanted && isLoaded) ears.ended(why);
  }

  function doubt(call: number): void {
    const blocked = { name: 'Blocked', message: 'the thread of the handlers was kept busy' };
    let resolve: () => void = () => undefined;
    const resolved = new Promise<void>((done) => (resolve = done));
    doubts.set(call, { timer: setTimeout(() => end(blocked), BLOCKED_MS), resolved, resolve });
  }

  function answered(call: number): void {
    const found = doubts.get(call);
    clearTimeout(found?.timer);
    doubts.delete(call);
    found?.resolve();
  }

  worker.on('error', (cause: NodeJS.ErrnoException) => {
    const thrown = describeThrown(cause);
    end(cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? { ...thrown, name: 'OutOfMemory' } : thrown);
  });
  worker.on('exit', (code) => end({ name: 'Exit', message: `it ended with exit code ${code}` }));
  worker.on('message', (message: unknown) => {
    const told = unmarked(message);
    if (told === undefined) return;
    if (told.kind === 'loaded') {
      isLoaded = true;
      clearTimeout(tooLong);
      load({ exports: told.exports });
    } else if (told.kind === 'not-loaded') {
      load(told);
      end(told.thrown);
    } else if (told.kind === 'log') ears.logged(told.eventId, told.text);
    else if (told.kind === 'aborted') answered(told.call);
    else {
      calls.get(told.call)?.(told.thrown);
      calls.delete(told.call);
    }
  });

  const ask = (asked: Asked): void => worker.postMessage(asked, []);
  return {
    loaded,
    get isOver() {
      return over !== undefined;
    },
    run: (job, signal) =>
      new Promise((resolve) => {
        if (over) return resolve(over);
        if (signal.aborted) return resolve(describeThrown(signal.reason));
        const call = (lastCall += 1);
        const onAbort = (): void => {
          ask({ kind: 'abort', call, reason: (signal.reason as Error).message });
          doubt(call);
        };
        calls.set(call, (thrown) => {
          signal.removeEventListener('abort', onAbort);
          resolve(thrown);
        });
        signal.addEventListener('abort', onAbort, { once: true });
        // a copy: what is a part of a larger buffer would otherwise cross with all of it
        ask({ kind: 'run', call, job: { ...job, body: job.body.slice() } });
      }),
    async beyondDoubt() {
      await Promise.all([...doubts.values()].map(({ resolved }) => resolved));
    },
    async close() {
      isWanted = false;
      end({ name: 'Closed', message: 'the receiver stops' });
      await worker.terminate();
    },
  };
}

/** Of a line that a handler prints; the rest of it is dropped, so that one without an end takes no memory. */
const LONGEST_LINE = 8192;

function eachLine(input: Readable, told: (line: string) => void): void {
  let line = '';
  const add = (part: string): void => {
    line += part.slice(0, LONGEST_LINE - line.length);
  };
  const tell = (): void => {
    told(line.replace(/\r$/, ''));
    line = '';
  };
  input.setEncoding('utf8').on('data', (text: string) => {
    const [rest = '', ...more] = text.split('\n');
    add(rest);
    for (const next of more) {
      tell();
      add(next);
    }
  });
  input.on('end', () => {
    if (line !== '') tell();
  });
}
