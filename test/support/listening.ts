import { onTestFinished } from 'vitest';
import { listen } from '../../src/adapters/server.ts';
import type { Application, Listener, ListenLimits } from '../../src/base/application.ts';
import type { Happening, Receiver } from '../../src/receive/receive.ts';

export interface Listening {
  readonly port: number;
  readonly listener: Listener;
  readonly happenings: Happening[];
  readonly bugs: unknown[];
}

/** The real server around a receiver, on a port of its own; closed with the test. */
export async function listening(receiver: Receiver, limits: Partial<ListenLimits> = {}): Promise<Listening> {
  const happenings: Happening[] = [];
  const bugs: unknown[] = [];
  const told = <A extends { happening: Happening } | undefined>(answer: A): A => {
    if (answer) happenings.push(answer.happening);
    return answer;
  };
  const application: Application = {
    early: (head) => told(receiver.early(head)),
    answer: async (request) => told(await receiver.take(request)),
    tooLarge: (head) => told(receiver.tooLarge(head)),
    overloaded: (head) => told(receiver.overloaded(head)),
    unreadable: (status, problem) => told(receiver.unreadable(status, problem)),
    failed(cause) {
      bugs.push(cause);
      return { status: 500, headers: [], body: '{}' };
    },
  };
  const listener = await listen({ host: '127.0.0.1', port: 0 }, { maxBodyBytes: 1024 * 1024, ...limits }, application);
  onTestFinished(() => listener.drain(0));
  return { port: Number(new URL(listener.origin).port), listener, happenings, bugs };
}
