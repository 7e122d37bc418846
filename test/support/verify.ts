import { systemClock } from '../../src/adapters/clock.ts';
import { createLine } from '../../src/adapters/line.ts';
import { systemRandom } from '../../src/adapters/system-random.ts';
import { Secret } from '../../src/base/secret.ts';
import { CHECKS } from '../../src/verify/checks/index.ts';
import { planVerify } from '../../src/verify/plan.ts';
import type { LineOptions, LocalFacts } from '../../src/verify/ports.ts';
import { createTarget } from '../../src/verify/target.ts';
import { type Report, verify, type VerifyEvent } from '../../src/verify/verify.ts';

export interface VerifyRun {
  readonly secret?: string;
  readonly wantsSigned?: boolean;
  readonly timeoutMs?: number;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly isStrict?: boolean;
  readonly signal?: AbortSignal;
  readonly line?: LineOptions;
}

/** Judges a URL with the real adapters, in this process. */
export async function* runVerify(url: string, options: VerifyRun = {}): AsyncGenerator<VerifyEvent> {
  const secret = options.secret === undefined ? undefined : new Secret(options.secret);
  const wantsSigned = options.wantsSigned ?? true;
  const timeoutMs = options.timeoutMs ?? 5000;
  const target = createTarget({ url: new URL(url), secret, wantsSigned, version: '0.0.0', timeoutMs });
  const local: LocalFacts = {
    wantsSigned,
    ...(secret && {
      secret: { value: secret, from: 'environment', where: 'INTERCOM_WEBHOOK_SECRET in the environment' },
    }),
    envFile: async () => ({ state: 'missing', path: '.env' }),
  };
  const { http, sockets } = createLine({}, options.line);
  const ports = { http, sockets, clock: systemClock, random: systemRandom };
  try {
    yield* verify(
      planVerify(CHECKS, target, options),
      { ...ports, local, secrets: secret ? [secret] : [] },
      { isStrict: options.isStrict ?? false, signal: options.signal ?? new AbortController().signal },
    );
  } finally {
    await http.close();
  }
}

export async function reportOf(url: string, options: VerifyRun = {}): Promise<Report> {
  for await (const event of runVerify(url, options)) if (event.type === 'finished') return event.report;
  throw new Error('the run ended without a report');
}
