import type { Application } from '../../base/application.ts';
import { AppError } from '../../base/errors.ts';
import type { Clock, Http, Random } from '../../base/ports.ts';
import type { Secret } from '../../base/secret.ts';
import { shellWord } from '../../base/text.ts';
import { ANSWER_TIMEOUT_MS } from '../../intercom/limits.ts';
import { createDice } from '../../intercom/samples/dice.ts';
import { seededRandom } from '../../intercom/samples/seeded-random.ts';
import type { ApiVersion } from '../../intercom/topics.ts';
import { createApplication } from './application.ts';
import { createComposer } from './composer.ts';
import { answerControl } from './control.ts';
import { createCourier } from './courier.ts';
import { createEndpoints, saveHub } from './endpoints.ts';
import { createFaults } from './faults.ts';
import { createGuard } from './guard.ts';
import type { Happening, Tell } from './happenings.ts';
import { answerIntercom, type Workspace } from './intercom-api.ts';
import { createPace, type Pace } from './pace.ts';
import { type Fault, isFault } from './replies.ts';
import { type Subscription, wants } from './subscriptions.ts';
import { createTally } from './tally.ts';
import { judgeRun, type Verdict, verdictJson } from './verdict.ts';

export interface SandboxOptions {
  /** What callers of the API have to show. */
  readonly token: Secret;
  /** What deliveries to the endpoint of the Developer Hub are signed with. */
  readonly clientSecret: Secret;
  /** The app's; it decides the names and shapes of notifications. */
  readonly version: ApiVersion;
  /** Invented when it is not given. */
  readonly workspaceId?: string;
  /** As `/me` spells it: `US`. */
  readonly region?: string;
  /** Whether the archived subscriptions API answers; today's API versions have none. */
  readonly hasSubscriptions: boolean;
  /** How many times as fast Intercom's minutes pass. The 5 s and 500 ms for an answer stay what they are. */
  readonly timeScale: number;
  /** Everything that is made up repeats with it. */
  readonly seed?: string;
  /** 0 to 1: how many of the delivered notifications are sent again. */
  readonly duplicates?: number;
  /** Whether notifications overtake each other. */
  readonly reorders?: boolean;
  /** Real ms; 5 s when it is not given. */
  readonly answerTimeoutMs?: number;
}

export interface SandboxPorts {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  /** Called with everything that happens, as it happens. Must not throw. */
  readonly told?: (happening: Happening) => void;
}

/** A stand-in for Intercom. It is for trying and testing, and it is not Intercom. */
export interface Sandbox {
  /** For whoever listens, on loopback. */
  readonly application: Application;
  readonly pace: Pace;
  readonly workspaceId: string;
  /**
   * Saves the app's endpoint, as a person does in the Developer Hub: the URL is asked with HEAD.
   * @throws AppError `sandbox/endpoint-refused` where it is not taken; `net/*` where nobody answered
   */
  saveEndpoint(url: URL, topics: readonly string[]): Promise<void>;
  /**
   * Something happens in the workspace: whoever is subscribed to the topic is notified.
   * @returns how many notifications that makes
   * @throws AppError `topic/*`
   */
  trigger(topic: string): number;
  verdict(): Verdict;
  /** Resolves when no notification waits or is under way. */
  quiet(): Promise<void>;
  /** The time is over: nothing more is sent. Resolves when what is under way has its answers, within 5 s. */
  finish(): Promise<void>;
  /** Ends everything at once; what has no fate yet stays pending. */
  close(): void;
}

/** Reordering holds a notification for up to this long, and so are duplicates. */
const LONGEST_DELAY_MS = 10_000;

export function createSandbox(options: SandboxOptions, ports: SandboxPorts): Sandbox {
  const { clock, http } = ports;
  const chance = (part: string): Random =>
    options.seed === undefined ? ports.random : seededRandom(`${options.seed}/${part}`);
  const dice = createDice(chance('sandbox'));
  const chaos = createDice(chance('chaos'));
  const stop = new AbortController();
  const { signal } = stop;
  const pace = createPace(clock, options.timeScale);
  const tally = createTally();
  const tell: Tell = (happening) => {
    tally.count(happening);
    ports.told?.(happening);
  };
  const answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  const workspace: Workspace = {
    id: options.workspaceId ?? dice.workspaceId(),
    name: 'Sandbox (not Intercom)',
    region: options.region ?? 'US',
    adminId: dice.digits(7),
    createdAt: Math.floor(clock.now() / 1000),
  };
  const now = (): number => clock.now();
  const composer = createComposer({ version: options.version, workspaceId: workspace.id, chance, now });
  const endpoints = createEndpoints({ http, pace, dice, signal, tell, answerTimeoutMs, now });
  const courier = createCourier({ http, clock, pace, signal, tell, answerTimeoutMs });
  const faults = createFaults(clock, dice, signal);
  const guard = createGuard(options.token, clock, dice);
  let created = 0;

  function post(subscription: Subscription, topic: string): void {
    const notification = composer.compose(topic);
    const isDoubled = chaos.whole(1, 10_000) <= (options.duplicates ?? 0) * 10_000;
    created += 1;
    courier.post({
      subscription,
      topic,
      notification,
      delayMs: options.reorders === true ? chaos.whole(0, LONGEST_DELAY_MS) : 0,
      duplicateAfterMs: isDoubled ? chaos.whole(0, LONGEST_DELAY_MS) : undefined,
    });
  }

  function trigger(topic: string): number {
    composer.require(topic);
    const subscribed = endpoints.all.filter((subscription) => wants(subscription, topic));
    for (const subscription of subscribed) post(subscription, topic);
    return subscribed.length;
  }

  const verdict = (): Verdict => judgeRun(tally.read(created, courier.waiting.notifications), pace.now());
  const intercom = {
    workspace,
    endpoints,
    hasSubscriptions: options.hasSubscriptions,
    ping: (subscription: Subscription) => post(subscription, 'ping'),
  };
  const { clientSecret, version } = options;
  const control = {
    endpoints,
    faults,
    clientSecret,
    version,
    pace,
    tell,
    trigger,
    verdict: () => verdictJson(verdict()),
  };

  const application = createApplication({
    guard,
    dice,
    faults,
    version: options.version,
    told: ({ method, path, status }) => tell({ kind: 'api', at: pace.now(), method, path, status }),
    intercom: (call) => answerIntercom(call, intercom),
    control: (call) => answerControl(call, control),
  });

  return {
    application,
    pace,
    workspaceId: workspace.id,
    async saveEndpoint(url, topics) {
      const saved = await saveHub(endpoints, { url: url.href, topics }, options);
      if (isFault(saved)) throw saved.cause ?? refusedEndpoint(url, saved);
    },
    trigger,
    verdict,
    quiet: () => courier.quiet(),
    finish() {
      pace.freeze();
      return courier.finish();
    },
    close: () => stop.abort(new Error('the sandbox was closed')),
  };
}

function refusedEndpoint(url: URL, { message }: Fault): AppError {
  return new AppError('sandbox/endpoint-refused', {
    what: `The sandbox does not take ${url.href} as the endpoint`,
    why: `${message}.`,
    hint: `propiq-intercom verify ${shellWord(url.href)} --only endpoint/head`,
  });
}
