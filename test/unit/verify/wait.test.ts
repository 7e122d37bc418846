import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Clock, Http } from '../../../src/base/ports.ts';
import { waitForAnswer } from '../../../src/verify/wait.ts';
import { exchange, noAnswer, targetOf } from '../../support/exchanges.ts';

/** A clock in which sleeping takes no time, but time goes by. */
function quickClock(): Clock & { slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

function answering(...answers: readonly (number | AppError)[]): Http & { asked: number } {
  const http = {
    asked: 0,
    async send() {
      const answer = answers[Math.min(http.asked, answers.length - 1)] ?? 200;
      http.asked += 1;
      if (answer instanceof AppError) throw answer;
      return exchange(answer);
    },
  };
  return http;
}

const { signal } = new AbortController();

describe('waiting for a deployment', () => {
  test.each([
    [[200], 1],
    [[401], 1],
    [[404], 1],
    [[500], 1],
    [[503, 502, 504, 200], 4],
    [[noAnswer('net/refused'), noAnswer('net/dns'), noAnswer('net/no-answer'), 405], 4],
  ])('answers of %j: it asks %i times', async (answers, asked) => {
    const http = answering(...answers);
    expect(await waitForAnswer(targetOf(), { http, clock: quickClock(), signal }, 120_000)).toBe(true);
    expect(http.asked).toBe(asked);
  });

  test('gives up after the time that is allowed, asking less and less often', async () => {
    const clock = quickClock();
    const http = answering(503);
    expect(await waitForAnswer(targetOf(), { http, clock, signal }, 60_000)).toBe(false);
    expect(clock.now()).toBe(60_000);
    expect(http.asked).toBeLessThan(20);
    expect(clock.slept.slice(0, 5)).toEqual([500, 1000, 2000, 4000, 5000]);
  });

  test('asks nothing where there is no path to ask', async () => {
    const http = answering(200);
    await waitForAnswer(targetOf({ url: 'https://propiq.example' }), { http, clock: quickClock(), signal }, 1000);
    expect(http.asked).toBe(0);
  });

  test('ends with an interruption', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    stop.abort(reason);
    const clock: Clock = { ...quickClock(), sleep: () => Promise.reject(reason) };
    const waiting = waitForAnswer(targetOf(), { http: answering(503), clock, signal: stop.signal }, 1000);
    await expect(waiting).rejects.toBe(reason);
  });
});
