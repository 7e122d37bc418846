import { onTestFinished } from 'vitest';
import { listen } from '../../src/adapters/server.ts';
import type { Application, ReceivedRequest, Reply } from '../../src/base/application.ts';

export interface Replying {
  readonly origin: string;
  readonly received: ReceivedRequest[];
}

type Script = (request: ReceivedRequest, at: number) => Reply | Promise<Reply>;

/** A real server that answers as the test says; closed with the test. */
export async function replyingWith(script: Script): Promise<Replying> {
  const received: ReceivedRequest[] = [];
  const none: Reply = { status: 500, headers: [], body: '' };
  const application: Application = {
    early: () => undefined,
    async answer(request) {
      received.push(request);
      return script(request, received.length - 1);
    },
    tooLarge: () => none,
    overloaded: () => none,
    unreadable: () => none,
    failed: () => none,
  };
  const listener = await listen({ host: '127.0.0.1', port: 0 }, { maxBodyBytes: 1024 * 1024 }, application);
  onTestFinished(() => listener.drain(0));
  return { origin: listener.origin, received };
}

/** The same with one reply after the other, the last one for ever. */
export function replying(...replies: readonly Reply[]): Promise<Replying> {
  return replyingWith((_, at) => replies[at] ?? replies.at(-1) ?? reply(500, ''));
}

export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  const isText = typeof body === 'string';
  return {
    status,
    headers: Object.entries({ 'Content-Type': isText ? 'text/html' : 'application/json', ...headers }),
    body: isText ? body : JSON.stringify(body),
  };
}
