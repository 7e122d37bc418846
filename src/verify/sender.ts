import { AppError } from '../base/errors.ts';
import { orAborted } from '../base/or-aborted.ts';
import type { Exchange, HttpRequest } from '../base/ports.ts';
import type { Target } from './check.ts';
import { createRecorder, type Evidence } from './evidence.ts';
import { isAnswer, isDelivered, type Outcome } from './outcome.ts';
import { createCrowd } from './crowd.ts';
import { createPace } from './pace.ts';
import type { VerifyPorts } from './ports.ts';
import { createWay, type Way } from './way.ts';

/** What came of a request, and what shows it. */
export interface Recorded {
  readonly outcome: Outcome;
  /** One for each time that it was sent. */
  readonly evidence: readonly Evidence[];
}

interface Manner {
  /** How many are sent together with it, it included. */
  readonly burst?: number;
  readonly address?: string | undefined;
}

const LONGEST_ANSWER = 65_536;
/** No run lasts longer than this many times the wait for one answer. */
const LONGEST_RUN = 24;
const MOST_TO_CATCH_UP = 5;

/** Sends a run's requests: within its time, at the pace that the receiver allows, each recorded as evidence. */
export interface Sender {
  readonly way: Way;
  send(request: HttpRequest): Promise<Recorded>;
  /**
   * All at once, each over a connection of its own, to all open addresses in turn; all once more where a rate limit was met.
   * Where some were not answered, it returns when the receiver has caught up.
   */
  sendTogether(requests: readonly HttpRequest[]): Promise<readonly Recorded[]>;
  /** Every answer so far. */
  seen(): readonly Exchange[];
  /** How many requests were sent. */
  count(): number;
  /** Whether a rate limit made the run wait. */
  wasSlowed(): boolean;
  /** Ends what is still going on. */
  close(): void;
}

export function createSender(target: Target, ports: VerifyPorts, signal: AbortSignal): Sender {
  const { clock, http } = ports;
  const record = createRecorder(ports.secrets);
  const seen: Exchange[] = [];
  const pace = createPace(clock);
  const crowd = createCrowd(target.timeoutMs);
  const late = new AbortController();
  const over = new AbortController();
  let count = 0;
  clock.sleep(LONGEST_RUN * target.timeoutMs, over.signal).then(
    () => late.abort(tooLong(target.timeoutMs)),
    () => undefined, // the run was over first
  );

  /** Listeners of many requests at once on one signal would make Node warn of a leak, so each has its own. */
  const ownSignal = (): AbortSignal => AbortSignal.any([signal, late.signal]);
  const way = createWay(target.url, ports.sockets, target.timeoutMs, ownSignal);

  async function send(request: HttpRequest, manner: Manner = {}): Promise<Recorded> {
    const evidence: Evidence[] = [];
    const attempt = async (): Promise<Outcome> => {
      const startedAt = clock.monotonic();
      const outcome = await sendOne(request, manner);
      if (isAnswer(outcome)) seen.push(outcome);
      const durationMs = isAnswer(outcome) ? outcome.durationMs : clock.monotonic() - startedAt;
      evidence.push(record(request, outcome, durationMs));
      if (manner.burst !== undefined) crowd.learn(outcome, manner.burst);
      return outcome;
    };
    const isBurst = manner.burst !== undefined;
    const outcome = await pace.send(isBurst ? attempt : () => crowd.one(attempt), ownSignal(), isBurst);
    return { outcome, evidence };
  }

  async function sendOne(request: HttpRequest, { burst, address }: Manner): Promise<Outcome> {
    const own = ownSignal();
    const limits = {
      timeoutMs: target.timeoutMs,
      maxBytes: LONGEST_ANSWER,
      signal: own,
      isFresh: burst !== undefined,
      ...(address === undefined ? {} : { address }),
    };
    try {
      if (!own.aborted) count += 1;
      return await orAborted(() => http.send(request, limits), own);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  async function sendAll(requests: readonly HttpRequest[]): Promise<readonly Recorded[]> {
    const addresses = await way.choices();
    const burst = requests.length;
    return crowd.burst(async () => {
      const sent = await Promise.all(
        requests.map((request, at) => send(request, { burst, address: addresses[at % addresses.length] })),
      );
      if (burst > 1 && sent.some(({ outcome }) => !isAnswer(outcome))) await catchUp(requests);
      return sent;
    });
  }

  /** What was given up may still stand before the next: one after the other is sent until one is answered. */
  async function catchUp(requests: readonly HttpRequest[]): Promise<void> {
    for (const request of requests.slice(0, MOST_TO_CATCH_UP))
      if (isAnswer((await send(request, { burst: 1 })).outcome)) return;
  }

  return {
    way,
    send: (request) => send(request),
    async sendTogether(requests) {
      const first = await sendAll(requests);
      if (!pace.isPaused() || first.every(({ outcome }) => isDelivered(outcome))) return first;
      return sendAll(requests);
    },
    seen: () => seen,
    count: () => count,
    wasSlowed: () => pace.wasSlowed(),
    close() {
      over.abort();
      late.abort(new Error('the run is over'));
    },
  };
}

function tooLong(timeoutMs: number): AppError {
  return new AppError('net/interrupted', {
    what: 'The run took too long',
    why: `It ends after ${LONGEST_RUN} times the wait for one answer (${Math.round((LONGEST_RUN * timeoutMs) / 1000)} s), and this probe was not answered by then.`,
    hint: 'Judge in parts, with --only endpoint/* and the like.',
  });
}
