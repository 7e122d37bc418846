import { AppError } from '../base/errors.ts';
import type { Exchange, HttpRequest } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import { DELIVERY_USER_AGENT } from '../intercom/limits.ts';
import type { CheckId, Target } from './check.ts';
import { createRecorder, type Evidence } from './evidence.ts';
import { isAnswer, isDelivered, type Outcome } from './outcome.ts';
import { createPace } from './pace.ts';
import type { LocalFacts, VerifyPorts } from './ports.ts';
import { createWay, orAborted, type Way } from './way.ts';
import { evidenceOfName, evidenceOfReach, evidenceOfTls, type WayEvidence } from './way-evidence.ts';

/** What a probe is built from. */
export interface Kit {
  readonly target: Target;
  readonly nowSeconds: number;
  /** An id as Intercom makes them, never used before. */
  freshId(): string;
  bytes(count: number): Uint8Array;
}

/** A request that several checks may ask for; `owner` is told to the receiver in `X-Propiq-Probe`. */
export interface Probe {
  readonly owner: CheckId;
  build(kit: Kit): HttpRequest;
}

/** The same, made with the right secret. */
export interface SignedProbe {
  readonly owner: CheckId;
  build(kit: Kit, secret: Secret): HttpRequest;
}

/** The eyes of a check. What several checks need is sent once and shared; every exchange is recorded, redacted, as evidence. */
export interface Probes extends Pick<Way, 'name' | 'reach' | 'tls'> {
  readonly target: Target;
  readonly local: LocalFacts;
  /** One exchange per probe and run, shared by all who ask. */
  once(probe: Probe): Promise<Outcome>;
  /** The same; undefined while no secret is known or signed probes are left out. */
  ifSecret(probe: SignedProbe): Promise<Outcome | undefined>;
  /** Built anew, every time. */
  build(probe: Probe): HttpRequest;
  /** The same; undefined as `ifSecret` is. */
  buildSigned(probe: SignedProbe): HttpRequest | undefined;
  /** Sent every time. */
  send(owner: CheckId, request: HttpRequest): Promise<Outcome>;
  /**
   * Sent all at once, each over a connection of its own, to all open addresses of the host in turn; all of them once more
   * where a rate limit was met.
   */
  sendTogether(owner: CheckId, requests: readonly HttpRequest[]): Promise<readonly Outcome[]>;
  /** Sent every time, with the User-Agent of Intercom's deliveries. */
  sendAsIntercom(probe: Probe): Promise<Outcome>;
  /** From now on everything is sent with that User-Agent, and what was shared so far is forgotten. */
  speakAsIntercom(): void;
  /** Every answer of the run so far, as received. */
  seen(): readonly Exchange[];
  /** ms since 1970 */
  now(): number;
  /** Whether a rate limit made the run wait. */
  wasSlowed(): boolean;
}

/** One run's exchanges. */
export interface ProbeRun {
  /** The probes of one check, and a list that fills with its evidence. */
  open(): { readonly probes: Probes; readonly evidence: () => Promise<readonly Evidence[]> };
  /** How many requests were sent. */
  requests(): number;
  /** Ends what is still going on. */
  close(): void;
}

interface Recorded {
  readonly outcome: Outcome;
  /** One for each time that it was sent. */
  readonly evidence: readonly Evidence[];
}

interface Manner {
  readonly isBurst?: boolean;
  readonly address?: string | undefined;
}

const LONGEST_ANSWER = 65_536;
/** No run lasts longer than this many times the wait for one answer. */
const LONGEST_RUN = 24;

export function createProbes(target: Target, ports: VerifyPorts, signal: AbortSignal): ProbeRun {
  const { clock, http, random } = ports;
  const record = createRecorder(ports.secrets);
  const seen: Exchange[] = [];
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(LONGEST_RUN * target.timeoutMs, over.signal).then(
    () => late.abort(tooLong(target.timeoutMs)),
    () => undefined, // the run was over first
  );
  let userAgent = target.userAgent;
  let shared = new Map<Probe | SignedProbe, Promise<Recorded>>();
  const pace = createPace(clock);
  let count = 0;
  const kit: Kit = {
    target,
    nowSeconds: Math.floor(clock.now() / 1000),
    freshId: () => `notif_${uuid(random.bytes(16))}`,
    bytes: (length) => random.bytes(length),
  };

  /** Listeners of many requests at once on one signal would make Node warn of a leak, so each has its own. */
  const ownSignal = (): AbortSignal => AbortSignal.any([signal, late.signal]);
  const way = createWay(target.url, ports.sockets, target.timeoutMs, ownSignal);

  async function exchange(request: HttpRequest, manner: Manner = {}): Promise<Recorded> {
    const evidence: Evidence[] = [];
    const attempt = async (): Promise<Outcome> => {
      const startedAt = clock.monotonic();
      const outcome = await sendOne(request, manner);
      if (isAnswer(outcome)) seen.push(outcome);
      const durationMs = isAnswer(outcome) ? outcome.durationMs : clock.monotonic() - startedAt;
      evidence.push(record(request, outcome, durationMs));
      return outcome;
    };
    return { outcome: await pace.send(attempt, ownSignal(), manner.isBurst === true), evidence };
  }

  async function sendOne(request: HttpRequest, { isBurst = false, address }: Manner): Promise<Outcome> {
    const own = ownSignal();
    const limits = {
      timeoutMs: target.timeoutMs,
      maxBytes: LONGEST_ANSWER,
      signal: own,
      isUnqueued: isBurst,
      isFresh: isBurst,
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

  const addressed = (owner: CheckId, { headers, ...request }: HttpRequest, agent = userAgent): HttpRequest => ({
    ...request,
    headers: [['User-Agent', agent], ['Accept', 'application/json'], ['X-Propiq-Probe', owner], ...headers],
  });

  function sharedExchange(probe: Probe | SignedProbe, build: () => HttpRequest): Promise<Recorded> {
    let going = shared.get(probe);
    if (going === undefined) {
      going = exchange(addressed(probe.owner, build()));
      shared.set(probe, going);
    }
    return going;
  }

  return {
    requests: () => count,
    close() {
      over.abort();
      late.abort(new Error('the run is over'));
    },
    open() {
      const mine: Promise<Pick<Recorded, 'evidence'>>[] = [];
      const look = async <T>(going: Promise<T>, tell: (facts: T) => readonly WayEvidence[]): Promise<T> => {
        mine.push(going.then((facts) => ({ evidence: tell(facts) })));
        return going;
      };
      const keep = async (going: Promise<Recorded>): Promise<Outcome> => {
        mine.push(going);
        return (await going).outcome;
      };
      const { signing } = target;
      const probes: Probes = {
        target,
        local: ports.local,
        once: (probe) => keep(sharedExchange(probe, () => probe.build(kit))),
        async ifSecret(probe) {
          const { secret } = signing;
          return secret && keep(sharedExchange(probe, () => probe.build(kit, secret)));
        },
        build: (probe) => probe.build(kit),
        buildSigned: (probe) => signing.secret && probe.build(kit, signing.secret),
        send: (owner, request) => keep(exchange(addressed(owner, request))),
        async sendTogether(owner, requests) {
          const addresses = await way.choices();
          const burst = (): Promise<readonly Outcome[]> => {
            const sent = requests.map((request, at) =>
              exchange(addressed(owner, request), { isBurst: true, address: addresses[at % addresses.length] }),
            );
            return Promise.all(sent.map(keep));
          };
          const outcomes = await burst();
          return pace.isPaused() && !outcomes.every(isDelivered) ? burst() : outcomes;
        },
        sendAsIntercom: (probe) => keep(exchange(addressed(probe.owner, probe.build(kit), DELIVERY_USER_AGENT))),
        speakAsIntercom() {
          userAgent = DELIVERY_USER_AGENT;
          shared = new Map();
        },
        seen: () => seen,
        name: () => look(way.name(), evidenceOfName),
        reach: () => look(way.reach(), evidenceOfReach),
        tls: () => look(way.tls(), evidenceOfTls),
        now: () => clock.now(),
        wasSlowed: () => pace.wasSlowed(),
      };
      const evidence = async (): Promise<readonly Evidence[]> =>
        (await Promise.allSettled(mine)).flatMap((one) => (one.status === 'fulfilled' ? one.value.evidence : []));
      return { probes, evidence };
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

function uuid(random: Uint8Array): string {
  const hex = Buffer.from(random).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
