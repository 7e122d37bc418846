import { systemClock } from '../../src/adapters/clock.ts';
import { systemRandom } from '../../src/adapters/system-random.ts';
import type { Clock } from '../../src/base/ports.ts';
import { Secret } from '../../src/base/secret.ts';
import { type ApiWait, createApi, type IntercomApi } from '../../src/intercom/api.ts';
import { openHttp } from './http.ts';

/** No credential of anybody: joined here, so that no scanner takes it for one. */
export const TOKEN = ['not', 'a', 'real', 'token'].join('-');

export interface ApiUnderTest {
  readonly api: IntercomApi;
  readonly waits: ApiWait[];
}

export interface ApiTestOptions {
  readonly token?: string;
  readonly timeoutMs?: number;
  /** The waits are told, and over at once: no test waits for a window of Intercom's to open. */
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/** The client over real sockets. */
export function openApi(base: string, options: ApiTestOptions = {}): ApiUnderTest {
  const waits: ApiWait[] = [];
  const clock: Clock = { ...systemClock, sleep: async () => undefined, ...(options.now && { now: options.now }) };
  const api = createApi(
    {
      base: new URL(base),
      token: new Secret(options.token ?? TOKEN),
      userAgent: 'propiq-intercom/test',
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    },
    {
      http: openHttp(),
      clock,
      random: systemRandom,
      signal: options.signal ?? new AbortController().signal,
      waiting: (wait) => void waits.push(wait),
    },
  );
  return { api, waits };
}
