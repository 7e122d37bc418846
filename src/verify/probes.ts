import type { Exchange, HttpRequest } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import { DELIVERY_USER_AGENT } from '../intercom/limits.ts';
import type { CheckId, Target } from './check.ts';
import type { Evidence } from './evidence.ts';
import type { Outcome } from './outcome.ts';
import type { LocalFacts, VerifyPorts } from './ports.ts';
import { createSender, type Recorded } from './sender.ts';
import type { Way } from './way.ts';
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
  /** What its probes are built from. */
  readonly kit: Kit;
  /** The probes of one check, and a list that fills with its evidence. */
  open(): { readonly probes: Probes; readonly evidence: () => Promise<readonly Evidence[]> };
  /** How many requests were sent. */
  requests(): number;
  /** Ends what is still going on. */
  close(): void;
}

export function createProbes(target: Target, ports: VerifyPorts, signal: AbortSignal): ProbeRun {
  const { clock, random } = ports;
  const sender = createSender(target, ports, signal);
  const { way } = sender;
  let userAgent = target.userAgent;
  let shared = new Map<Probe | SignedProbe, Promise<Recorded>>();
  const kit: Kit = {
    target,
    nowSeconds: Math.floor(clock.now() / 1000),
    freshId: () => `notif_${uuid(random.bytes(16))}`,
    bytes: (length) => random.bytes(length),
  };

  const addressed = (owner: CheckId, { headers, ...request }: HttpRequest, agent = userAgent): HttpRequest => ({
    ...request,
    headers: [['User-Agent', agent], ['Accept', 'application/json'], ['X-Propiq-Probe', owner], ...headers],
  });

  function sharedExchange(probe: Probe | SignedProbe, build: () => HttpRequest): Promise<Recorded> {
    let going = shared.get(probe);
    if (going === undefined) {
      going = sender.send(addressed(probe.owner, build()));
      shared.set(probe, going);
    }
    return going;
  }

  return {
    kit,
    requests: () => sender.count(),
    close: () => sender.close(),
    open() {
      const mine: Promise<Pick<Recorded, 'evidence'>>[] = [];
      const look = async <T>(going: Promise<T>, tell: (facts: T) => readonly WayEvidence[]): Promise<T> => {
        const facts = await going;
        mine.push(Promise.resolve({ evidence: tell(facts) }));
        return facts;
      };
      const keep = async (going: Promise<Recorded>): Promise<Outcome> => {
        mine.push(going);
        return (await going).outcome;
      };
      const keepAll = async (going: Promise<readonly Recorded[]>): Promise<readonly Outcome[]> => {
        const all = await going;
        mine.push(...all.map((one) => Promise.resolve(one)));
        return all.map(({ outcome }) => outcome);
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
        send: (owner, request) => keep(sender.send(addressed(owner, request))),
        sendTogether: (owner, requests) =>
          keepAll(sender.sendTogether(requests.map((request) => addressed(owner, request)))),
        sendAsIntercom: (probe) => keep(sender.send(addressed(probe.owner, probe.build(kit), DELIVERY_USER_AGENT))),
        speakAsIntercom() {
          userAgent = DELIVERY_USER_AGENT;
          shared = new Map();
        },
        seen: () => sender.seen(),
        name: () => look(way.name(), evidenceOfName),
        reach: () => look(way.reach(), evidenceOfReach),
        tls: () => look(way.tls(), evidenceOfTls),
        now: () => clock.now(),
        wasSlowed: () => sender.wasSlowed(),
      };
      const evidence = async (): Promise<readonly Evidence[]> =>
        (await Promise.allSettled(mine)).flatMap((one) => (one.status === 'fulfilled' ? one.value.evidence : []));
      return { probes, evidence };
    },
  };
}

function uuid(random: Uint8Array): string {
  const hex = Buffer.from(random).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
