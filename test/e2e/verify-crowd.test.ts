import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcp, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Status } from '../../src/verify/check.ts';
import { answer, isSigned, listen, plainApp, SECRET } from '../receivers/receiver.ts';
import { runCli } from '../support/cli.ts';
import { listenHere } from '../support/hostile-server.ts';
import { expectValid } from '../support/schemas.ts';

const env = { INTERCOM_WEBHOOK_SECRET: SECRET };

interface Told {
  readonly code: number | null;
  readonly checks: Readonly<Record<string, { status: Status; message: string }>>;
  /** All that did not pass or skip, but the warning about loopback. */
  readonly bad: Readonly<Record<string, Status>>;
  readonly requests: number;
  readonly diagnosis: readonly { id: string; confidence: string }[];
}

async function judged(url: string, args: readonly string[] = []): Promise<Told> {
  const { code, stdout } = await runCli(['verify', url, ...args, '--json'], { env });
  const report = expectValid(stdout, 'verify') as unknown as {
    requests: number;
    diagnosis: Told['diagnosis'];
    checks: { id: string; status: Status; message: string }[];
  };
  const bad = report.checks.filter(({ id, status }) => id !== 'url/public' && !['pass', 'skip'].includes(status));
  return {
    code,
    requests: report.requests,
    diagnosis: report.diagnosis,
    checks: Object.fromEntries(report.checks.map((check) => [check.id, check])),
    bad: Object.fromEntries(bad.map(({ id, status }) => [id, status])),
  };
}

/** A correct receiver that lets so many POSTs through in each window. */
async function limited(most: number, windowMs: number, refuse: (response: ServerResponse) => void): Promise<string> {
  const app = plainApp();
  let count = 0;
  let endsAt = 0;
  const { url, close } = await listen(
    createServer((request: IncomingMessage, response) => {
      if (Date.now() > endsAt) {
        count = 0;
        endsAt = Date.now() + windowMs;
      }
      if (request.method === 'POST') count += 1;
      if (count > most) return refuse(response);
      return app(request, response);
    }),
  );
  onTestFinished(close);
  return url;
}

describe('a correct receiver with a rate limit', () => {
  const tooMany = (response: ServerResponse): void => {
    response.setHeader('Retry-After', '1');
    answer(response, 429, { error: 'rate limit' });
  };

  test('that asks for a second is judged in full, and gets no blame', async () => {
    const { code, bad, checks } = await judged(await limited(20, 1000, tooMany));
    expect([code, bad]).toEqual([0, {}]);
    expect(checks['delivery/concurrent']?.message).toContain('a rate limit made this run wait');
  });

  test('that says 503, as nginx does, is judged in full as well', async () => {
    const url = await limited(25, 700, (response) => void response.writeHead(503).end('Service Unavailable'));
    const { code, bad } = await judged(url);
    expect([code, bad]).toEqual([0, {}]);
  });

  test('that asks for an hour is not waited for, and not blamed either: what was not seen is not judged', async () => {
    const url = await limited(12, 3_600_000, (response) => {
      response.setHeader('Retry-After', '3600');
      answer(response, 429, {});
    });
    const { code, bad } = await judged(url);
    expect([...new Set(Object.values(bad))]).toEqual(['error']);
    expect(code).toBe(3);
  });
});

describe('a load balancer with one bad instance', () => {
  /** Hands each connection to the next instance. */
  async function balanced(ports: readonly number[]): Promise<string> {
    const sockets = new Set<Socket>();
    let turn = 0;
    const balancer = createTcp((socket) => {
      const onward = connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1');
      for (const end of [socket, onward]) {
        sockets.add(end);
        end.on('error', () => undefined);
        end.on('close', () => (end === socket ? onward : socket).destroy());
      }
      socket.pipe(onward).pipe(socket);
    });
    const port = await listenHere(balancer);
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      balancer.close();
    });
    return `http://127.0.0.1:${port}/intercom/webhook`;
  }

  async function instance(key: string): Promise<number> {
    const app = plainApp({ isRight: ({ signature, body }) => isSigned(signature, body, key) });
    const { url, close } = await listen(createServer(app));
    onTestFinished(close);
    return Number(new URL(url).port);
  }

  test.each([2, 3, 4])('one of %i has another secret: that they disagree is the finding', async (count) => {
    const ports = await Promise.all(
      Array.from({ length: count }, (_, at) => instance(at === 0 ? 'another-key-of-yesterday' : SECRET)),
    );
    const { code, checks, diagnosis } = await judged(await balanced(ports));
    const told = ['signature/accepted', 'delivery/consistent'].map((id) => checks[id]?.message ?? '');
    expect(
      told.some((message) => /disagree/.test(message)),
      told.join('\n'),
    ).toBe(true);
    expect(checks['signature/sha1']?.status).not.toBe('fail');
    const failed = Object.entries(checks).filter(([, { status }]) => status === 'fail');
    for (const [id, { message }] of failed) expect(message, id).toMatch(/disagree|the answers change/);
    expect(diagnosis.map(({ id }) => id)).toEqual(['instances-disagree']);
    expect(code).toBe(1);
  });

  test('where all are alike nothing is said', async () => {
    const ports = await Promise.all([instance(SECRET), instance(SECRET), instance(SECRET)]);
    const { code, bad } = await judged(await balanced(ports));
    expect([code, bad]).toEqual([0, {}]);
  });
});
