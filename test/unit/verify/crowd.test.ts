import { describe, expect, test } from 'vitest';
import type { Exchange, Http, HttpRequest } from '../../../src/base/ports.ts';
import { headerValues } from '../../../src/base/ports.ts';
import { verifySignature } from '../../../src/intercom/signature.ts';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import { createCrowd } from '../../../src/verify/crowd.ts';
import type { Report } from '../../../src/verify/verify.ts';
import { exchange, noAnswer } from '../../support/exchanges.ts';
import { reportFrom, scriptedRun } from '../../support/scripted.ts';
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts';

const SECRET = 'not-a-real-key';

function rightAnswer({ method, headers, body = new Uint8Array(), url }: HttpRequest): Exchange {
  if (method === 'HEAD') return exchange(200);
  if (method === 'GET' && url.pathname.endsWith('/health'))
    return exchange(200, { body: '{"status":"healthy","intercom_configured":true}' });
  if (method !== 'POST') return exchange(405);
  const header = headerValues(headers, 'x-hub-signature');
  return exchange(verifySignature({ body, header, secrets: SECRET }).valid ? 200 : 401);
}

interface Server extends Http {
  /** The most requests that were there at once. */
  most(): number;
}

/** Takes `workers` requests at once and needs some time for each, also for those whose senders have given up. */
function server(clock: VirtualClock, workers: number, msOf: (request: HttpRequest) => number): Server {
  const freeAt = Array.from({ length: workers }, () => 0);
  let here = 0;
  let most = 0;
  return {
    most: () => most,
    async send(request, { timeoutMs }) {
      const came = clock.monotonic();
      const worker = freeAt.indexOf(Math.min(...freeAt));
      const doneAt = Math.max(came, freeAt[worker] ?? 0) + msOf(request);
      freeAt[worker] = doneAt;
      most = Math.max(most, (here += 1));
      await clock.sleep(Math.min(doneAt - came, timeoutMs));
      here -= 1;
      if (doneAt - came > timeoutMs) throw noAnswer('net/no-answer');
      return { ...rightAnswer(request), request, durationMs: doneAt - came };
    },
  };
}

async function judged(workers: number, msOf: (request: HttpRequest) => number): Promise<Report & { most: number }> {
  const clock = virtualClock();
  const http = server(clock, workers, msOf);
  const { events } = scriptedRun(CHECKS, { secret: SECRET, ports: { http, clock } });
  const report = reportFrom(events);
  await clock.run();
  return { ...(await report), most: http.most() };
}

const bad = ({ checks }: Report): string[] =>
  checks.filter(({ status }) => status === 'fail' || status === 'error').map(({ id }) => id);

describe('a receiver that takes one request after the other', () => {
  test.each([20, 100, 300, 450])('and needs %i ms for each is right', async (ms) => {
    expect(bad(await judged(1, () => ms))).toEqual([]);
  });

  test.each([550, 700, 1000, 1200])('and needs %i ms for each is too slow for ten, nothing else', async (ms) => {
    const report = await judged(1, () => ms);
    expect(bad(report)).toEqual(['delivery/concurrent']);
    expect(report.diagnosis.map(({ id }) => id)).toEqual(['slow']);
  });

  test.each([600, 1000, 1600, 2000])(
    'and needs %i ms only for what is rightly signed is too slow for ten, nothing else',
    async (ms) => {
      const report = await judged(1, (request) =>
        request.method === 'POST' && rightAnswer(request).status === 200 ? ms : 2,
      );
      expect(bad(report)).toEqual(['delivery/concurrent']);
    },
  );
});

test('one that takes many at once gets eight, however far away it is', async () => {
  for (const ms of [1, 50, 300]) {
    const report = await judged(100, () => ms);
    expect(bad(report)).toEqual([]);
    expect(report.most).toBeGreaterThanOrEqual(8);
  }
});

describe('a crowd', () => {
  const answered = (durationMs: number) => async () => exchange(200, { durationMs });

  test('is eight at most, and the others wait in their order', async () => {
    const crowd = createCrowd(5000);
    await crowd.one(answered(10));
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const all = Array.from({ length: 10 }, (_, at) =>
      crowd.one(async () => {
        begun.push(at);
        await new Promise<void>((end) => ends.push(end));
        return exchange(200);
      }),
    );
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    ends[3]?.();
    await all[3];
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    while (ends.length < 9 || begun.length < 10) {
      for (const end of ends) end();
      await new Promise(setImmediate);
    }
    for (const end of ends) end();
    expect(await Promise.all(all)).toHaveLength(10);
  });

  test('goes on after one that threw', async () => {
    const crowd = createCrowd(5000);
    await crowd.one(answered(4000));
    await expect(crowd.one(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await crowd.one(answered(10))).toMatchObject({ durationMs: 10 });
  });

  test('does not shrink for what is not answered', async () => {
    const crowd = createCrowd(5000);
    await crowd.one(answered(10));
    await crowd.one(async () => noAnswer('net/no-answer'));
    let together = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        crowd.one(async () => {
          most = Math.max(most, (together += 1));
          await new Promise(setImmediate);
          together -= 1;
          return exchange(200);
        }),
      ),
    );
    expect(most).toBe(8);
  });

  test('of a slow receiver lets nobody in while several go together', async () => {
    const crowd = createCrowd(5000);
    await crowd.one(answered(2000));
    const told: string[] = [];
    const alone = crowd.one(async () => {
      await new Promise(setImmediate);
      told.push('one');
      return exchange(200);
    });
    const burst = crowd.burst(async () => {
      await new Promise(setImmediate);
      told.push('together');
    });
    const after = crowd.one(async () => {
      told.push('after');
      return exchange(200);
    });
    await Promise.all([alone, burst, after]);
    expect(told).toEqual(['one', 'together', 'after']);
  });
});
