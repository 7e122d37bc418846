/** A queue between events and a log that may be slow: an answer never waits for whoever reads the log. */
export interface Journal<T> {
  /** Queues an entry, or counts it as left out when too many wait. */
  add(entry: T): void;
  readonly leftOut: number;
  /** Resolves when everything queued so far was written, or writing failed. */
  flushed(): Promise<void>;
}

/** @param write resolves when the log can take more; once it rejected, nobody reads any more and nothing is written */
export function createJournal<T>(write: (entry: T) => Promise<void>, maxWaiting: number): Journal<T> {
  let waiting: T[] = [];
  let running: Promise<void> | undefined;
  let isBroken = false;
  let leftOut = 0;

  async function run(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const entries = waiting;
        waiting = [];
        for (const entry of entries) await write(entry);
      }
    } catch {
      isBroken = true; // the run was aborted by whoever noticed: EPIPE
      waiting = [];
    }
    running = undefined;
  }

  return {
    add(entry) {
      if (isBroken) return;
      if (waiting.length >= maxWaiting) leftOut += 1;
      else {
        waiting.push(entry);
        running ??= run();
      }
    },
    get leftOut() {
      return leftOut;
    },
    flushed: async () => running,
  };
}
