import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { listen } from '../../src/adapters/server.ts';
import { systemRandom } from '../../src/adapters/system-random.ts';
import type { ReceivedRequest, Reply } from '../../src/base/application.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Happening } from '../../src/deliver/sandbox/happenings.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/deliver/sandbox/sandbox.ts';
import { NEWEST_API_VERSION } from '../../src/intercom/topics.ts';
import { TOKEN } from './api.ts';
import { openHttp } from './http.ts';
import { reply, type Replying, replyingWith } from './replies.ts';
import { SECRET } from './serve.ts';

export interface SandboxUnderTest {
  readonly sandbox: Sandbox;
  readonly origin: string;
  readonly port: number;
  readonly happenings: Happening[];
  /** A call with the token; the answer's status and its JSON. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }>;
}

/** The sandbox over real sockets; a minute of Intercom's is a ms. Ended with the test. */
export async function openSandbox(change: Partial<SandboxOptions> = {}): Promise<SandboxUnderTest> {
  const happenings: Happening[] = [];
  const sandbox = createSandbox(
    {
      token: new Secret(TOKEN),
      clientSecret: new Secret(SECRET),
      version: NEWEST_API_VERSION,
      hasSubscriptions: true,
      timeScale: 60_000,
      ...change,
    },
    {
      http: openHttp(),
      clock: systemClock,
      random: systemRandom,
      told: (happening) => void happenings.push(happening),
    },
  );
  const listener = await listen({ host: '127.0.0.1', port: 0 }, { maxBodyBytes: 256 * 1024 }, sandbox.application);
  onTestFinished(async () => {
    sandbox.close();
    await listener.drain(0);
  });
  const { origin } = listener;
  return {
    sandbox,
    origin,
    port: Number(new URL(origin).port),
    happenings,
    async call(method, path, body) {
      const answer = await fetch(`${origin}${path}`, {
        method,
        headers: { Authorization: `Bearer ${TOKEN}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
    },
  };
}

export interface ScriptedReceiver extends Replying {
  readonly url: URL;
  /** The POSTs, without the HEAD that comes when the URL is saved. */
  readonly deliveries: ReceivedRequest[];
}

/** A receiver whose answers to deliveries the test says; HEAD is answered with 200. */
export async function scriptedReceiver(
  answer: (request: ReceivedRequest, at: number) => number | Reply | Promise<Reply>,
): Promise<ScriptedReceiver> {
  const deliveries: ReceivedRequest[] = [];
  const replying = await replyingWith((request) => {
    if (request.method === 'HEAD') return { status: 200, headers: [], body: '' };
    deliveries.push(request);
    const answered = answer(request, deliveries.length - 1);
    return typeof answered === 'number' ? reply(answered, {}) : answered;
  });
  return { ...replying, deliveries, url: new URL(`${replying.origin}/intercom/webhook`) };
}

export function bodyOf({ body }: ReceivedRequest): Record<string, unknown> {
  return JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
}
