import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import type { HostAddress, RecordAnswer } from '../verify/ports.ts';
import { lookUpElsewhere } from './lookup-process.ts';
import { TimedOut } from './net-failure.ts';

/** What is known of a name: the addresses that are used, and what the DNS said of it. */
interface NameAnswer {
  readonly source: 'pinned' | 'system';
  readonly addresses: readonly HostAddress[];
  readonly a: RecordAnswer;
  readonly aaaa: RecordAnswer;
  readonly aliases: readonly string[];
  /** Why there is no address: the system's error. */
  readonly error?: unknown;
  readonly durationMs: number;
}

export interface Names {
  /** Never throws; an answer with addresses is kept for a while, and shared by all who ask. */
  lookUp(host: string, timeoutMs: number): Promise<NameAnswer>;
  /** The same as Node's sockets ask for it. */
  readonly forSockets: (timeoutMs: number) => LookupFunction;
  /** Ends what is still asked. */
  close(): void;
}

const KEPT_MS = 30_000;
/** A DNS server that has not answered by then may never do. */
const PATIENCE_MS = 1000;
const LONGEST_CHAIN = 8;

/**
 * Looks names up as the system does (hosts file, search domains, whatever else it is set up with), since that is what
 * counts; beside it the DNS is asked directly, for what the system does not tell. A question to the system cannot be taken
 * back: Node waits for it even while it exits, ten seconds and more where a DNS server is silent. So the DNS is asked
 * first, and where it stays silent the system is asked by another process, which can be ended.
 */
export function createNames(pins: ReadonlyMap<string, readonly HostAddress[]> = new Map()): Names {
  const over = new AbortController();
  const kept = new Map<string, { readonly answer: Promise<NameAnswer>; readonly until: number }>();
  const names: Names = {
    lookUp(host, timeoutMs) {
      const pinned = pins.get(host.toLowerCase());
      if (pinned) return Promise.resolve({ ...NOTHING, source: 'pinned', addresses: pinned, durationMs: 0 });
      const known = kept.get(host);
      if (known && known.until > performance.now()) return known.answer;
      const answer = ask(host, timeoutMs, over.signal);
      kept.set(host, { answer, until: performance.now() + KEPT_MS });
      void forgetFailure(host, answer);
      return answer;
    },
    forSockets: (timeoutMs) => (host, options, done) => void tell(host, timeoutMs, options, done),
    close: () => over.abort(),
  };
  return names;

  async function forgetFailure(host: string, answer: Promise<NameAnswer>): Promise<void> {
    if ((await answer).addresses.length === 0) kept.delete(host);
  }

  async function tell(
    host: string,
    timeoutMs: number,
    options: LookupOptions,
    done: Parameters<LookupFunction>[2],
  ): Promise<void> {
    const { addresses, error } = await names.lookUp(host, timeoutMs);
    const family = familyOf(options);
    const fitting = addresses.filter((one) => family === 0 || one.family === family);
    const [first] = fitting;
    if (first === undefined) done(asError(error, host), '', 0);
    else if (options.all === true) done(null, [...fitting]);
    else done(null, first.address, first.family);
  }
}

const NOTHING = { addresses: [], a: 'not-asked', aaaa: 'not-asked', aliases: [] } as const;

async function ask(host: string, timeoutMs: number, signal: AbortSignal): Promise<NameAnswer> {
  const startedAt = performance.now();
  const since = (): number => performance.now() - startedAt;
  if (/(?:^|\.)localhost\.?$/i.test(host)) {
    const system = await lookUpHere(host);
    return { ...NOTHING, ...system, source: 'system', durationMs: since() };
  }
  const dns = askDns(host, timeoutMs);
  const isSilent = await Promise.race([dns.over, pause(Math.min(PATIENCE_MS, timeoutMs / 2))]);
  const system =
    isSilent || dns.hasSilence()
      ? await lookUpElsewhere(host, Math.max(timeoutMs - since(), 1), signal)
      : await lookUpHere(host);
  if (system.addresses.length === 0 && !isSilent && !dns.hasSilence()) await dns.followAliases();
  const { a, aaaa, aliases, addresses } = dns.close();
  // a server that is silent about one family makes the system wait for longer than anybody would
  const isLate = system.addresses.length === 0 && system.error instanceof TimedOut && addresses.length > 0;
  return { source: 'system', a, aaaa, aliases, ...(isLate ? { addresses } : system), durationMs: since() };
}

interface SystemAnswer {
  readonly addresses: readonly HostAddress[];
  readonly error?: unknown;
}

async function lookUpHere(host: string): Promise<SystemAnswer> {
  try {
    return { addresses: toAddresses(await lookup(host, { all: true, order: 'verbatim' })) };
  } catch (error) {
    return { addresses: [], error };
  }
}

function toAddresses(found: readonly LookupAddress[]): HostAddress[] {
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

interface DnsQuestions {
  /** Resolves with false when all is answered. */
  readonly over: Promise<false>;
  /** Whether a question was given up for want of an answer. */
  hasSilence(): boolean;
  followAliases(): Promise<void>;
  /** Ends what is still asked; what had no answer by then has none. */
  close(): Pick<NameAnswer, 'a' | 'aaaa' | 'aliases' | 'addresses'>;
}

function askDns(host: string, timeoutMs: number): DnsQuestions {
  const resolver = new Resolver({ timeout: Math.max(Math.round(timeoutMs / 3), 100), tries: 2 });
  const addresses: HostAddress[] = [];
  const aliases: string[] = [];
  const answers: { a: RecordAnswer; aaaa: RecordAnswer } = { a: 'timed-out', aaaa: 'timed-out' };
  const ask = async (key: 'a' | 'aaaa', family: 4 | 6): Promise<void> => {
    try {
      const found = await (family === 4 ? resolver.resolve4(host) : resolver.resolve6(host));
      addresses.push(...found.map((address) => ({ address, family })));
      answers[key] = 'found';
    } catch (error) {
      answers[key] = answerOf(error);
    }
  };
  const alias = async (of: string): Promise<string | undefined> => {
    try {
      return (await resolver.resolveCname(of))[0];
    } catch {
      return undefined;
    }
  };
  const askAlias = async (): Promise<void> => {
    const next = await alias(host);
    if (next !== undefined) aliases.push(next);
  };
  let isOver = false;
  const all = async (): Promise<false> => {
    await Promise.all([ask('a', 4), ask('aaaa', 6), askAlias()]);
    isOver = true;
    return false;
  };
  return {
    over: all(),
    hasSilence: () => !isOver || answers.a === 'timed-out' || answers.aaaa === 'timed-out',
    async followAliases() {
      while (aliases.length > 0 && aliases.length < LONGEST_CHAIN) {
        const next = await alias(aliases.at(-1) ?? '');
        if (next === undefined || aliases.includes(next)) return;
        aliases.push(next);
      }
    },
    close() {
      const told = {
        ...answers,
        aliases: [...aliases],
        addresses: addresses.toSorted((one, other) => one.family - other.family),
      };
      resolver.cancel();
      return told;
    },
  };
}

const ANSWERS: Readonly<Record<string, RecordAnswer>> = {
  ENOTFOUND: 'no-such-name',
  EBADNAME: 'no-such-name',
  ENODATA: 'none',
  ESERVFAIL: 'server-failed',
  EREFUSED: 'refused',
  ETIMEOUT: 'timed-out',
  ECANCELLED: 'timed-out',
  ECONNREFUSED: 'unreachable',
};

function answerOf(error: unknown): RecordAnswer {
  return ANSWERS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'unreachable';
}

function familyOf({ family }: Pick<LookupOptions, 'family'>): number {
  if (family === 'IPv4') return 4;
  return family === 'IPv6' ? 6 : (family ?? 0);
}

function asError(error: unknown, host: string): NodeJS.ErrnoException {
  if (error instanceof Error) return error;
  return Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
}

function pause(ms: number): Promise<true> {
  return new Promise((done) => {
    setTimeout(() => done(true), ms).unref();
  });
}
