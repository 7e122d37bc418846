import type { Clock, Exchange, Http, HttpRequest, Random } from '../../src/base/ports.ts';
import { Secret } from '../../src/base/secret.ts';
import type { LocalFacts, Sockets, VerifyPorts } from '../../src/verify/ports.ts';
import { planVerify } from '../../src/verify/plan.ts';
import type { Check } from '../../src/verify/check.ts';
import { type Report, verify, type VerifyEvent } from '../../src/verify/verify.ts';
import { exchange, targetOf, type TargetChange, tlsFacts } from './exchanges.ts';

/** Answers or throws, as the test says. */
export type Script = (request: HttpRequest, at: number) => Exchange | Promise<Exchange>;

export interface ScriptedHttp extends Http {
  readonly sent: HttpRequest[];
}

function scriptedHttp(script: Script): ScriptedHttp {
  const sent: HttpRequest[] = [];
  return {
    sent,
    async send(request) {
      sent.push(request);
      const answer = await script(request, sent.length - 1);
      return { ...answer, request };
    },
  };
}

/** Sleeps as short as this are over at once. */
const SHORT_MS = 60_000;

/** A clock that moves only when somebody sleeps; whoever means to sleep for long sleeps until it is told to wake. */
export interface ScriptedClock extends Clock {
  wake(): void;
}

export function scriptedClock(): ScriptedClock {
  const sleepers: (() => void)[] = [];
  let now = 1_768_015_702_000;
  return {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((done, failed) => {
        signal?.addEventListener('abort', () => failed(signal.reason as Error), { once: true });
        sleepers.push(() => {
          now += ms;
          done();
        });
        if (ms < SHORT_MS) sleepers.pop()?.();
      }),
    wake: () => sleepers.splice(0).forEach((wake) => wake()),
  };
}

/** Counts up, so that no two results are the same. */
function countingRandom(): Random {
  let next = 0;
  return {
    bytes(count) {
      next += 1;
      return Uint8Array.from({ length: count }, (_, at) => (next * 31 + at * 7) % 256);
    },
  };
}

const ADDRESS = { address: '192.0.2.1', family: 4 } as const;

/** A host with one address that is open, and a certificate that nothing is wrong with. */
const OPEN: Sockets = {
  lookUp: async ({ hostname }) => ({
    via: 'name',
    host: hostname,
    source: 'system',
    addresses: [ADDRESS],
    a: 'found',
    aaaa: 'none',
    aliases: [],
    durationMs: 1,
  }),
  reach: async () => ({
    via: 'direct',
    addresses: [{ ...ADDRESS, address: '192.0.2.1:443', outcome: 'open', durationMs: 1 }],
  }),
  handshake: async () => tlsFacts(),
};

export interface ScriptedRun extends TargetChange {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly script?: Script;
  readonly ports?: Partial<VerifyPorts>;
  readonly signal?: AbortSignal;
  readonly isStrict?: boolean;
}

/** A run against a script: no network, no time. */
export function scriptedRun(
  checks: readonly Check[],
  options: ScriptedRun = {},
): { events: AsyncGenerator<VerifyEvent>; http: ScriptedHttp } {
  const { only, skip, script = () => exchange(401), ports, signal, isStrict, ...change } = options;
  const http = scriptedHttp(script);
  const wantsSigned = change.wantsSigned ?? true;
  const secret = change.secret === undefined ? undefined : new Secret(change.secret);
  const local: LocalFacts = {
    wantsSigned,
    ...(secret && { secret: { value: secret, from: 'env-file', where: 'INTERCOM_WEBHOOK_SECRET in .env line 1' } }),
    envFile: async () => ({ state: 'missing', path: '.env' }),
  };
  const plan = planVerify(checks, targetOf(change), { only, skip });
  const all = {
    http,
    sockets: OPEN,
    clock: scriptedClock(),
    random: countingRandom(),
    local,
    secrets: secret ? [secret] : [],
    ...ports,
  };
  const events = verify(plan, all, { isStrict: isStrict ?? false, signal: signal ?? new AbortController().signal });
  return { events, http };
}

export async function reportFrom(events: AsyncGenerator<VerifyEvent>): Promise<Report> {
  for await (const event of events) if (event.type === 'finished') return event.report;
  throw new Error('the run ended without a report');
}
