import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { Exchange } from '../../../src/base/ports.ts';
import {
  type Check,
  type CheckId,
  defineCheck,
  fail,
  pass,
  unjudged,
  type Verdict,
} from '../../../src/verify/check.ts';
import { answerOf } from '../../../src/verify/outcome.ts';
import { headRequest } from '../../../src/verify/requests.ts';
import type { VerifyEvent } from '../../../src/verify/verify.ts';
import { exchange, noAnswer } from '../../support/exchanges.ts';
import { reportFrom, scriptedClock, scriptedRun } from '../../support/scripted.ts';

const explain = { why: 'why', fix: 'fix' };
const GOOD = pass('good');
const BAD = fail('bad', { remedy: 'mend it' });

/** A check of the test's own, which ends as it is told. */
function check(id: CheckId, verdict: Verdict | (() => Promise<Verdict>) = GOOD, more: Partial<Check> = {}): Check {
  const observe = async (): Promise<Verdict> => (typeof verdict === 'function' ? verdict() : verdict);
  return { id, title: id, kind: 'local', needs: [], explain, observe, judge: (seen) => seen as Verdict, ...more };
}

const asking = (id: CheckId, more: Partial<Check> = {}): Check =>
  defineCheck<Exchange>({
    id,
    title: id,
    kind: 'open',
    needs: [],
    explain,
    observe: async (probes) => answerOf(await probes.once(headRequest)),
    judge: ({ status }) => pass(String(status)),
    ...more,
  } as Check<Exchange>);

async function eventsOf(events: AsyncGenerator<VerifyEvent>): Promise<VerifyEvent[]> {
  const all: VerifyEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function statusesOf(checks: readonly Check[], options = {}): Promise<Record<string, string>> {
  const { checks: results } = await reportFrom(scriptedRun(checks, options).events);
  return Object.fromEntries(results.map(({ id, status }) => [id, status]));
}

describe('the run', () => {
  test('is told in list order, whichever check is ready first', async () => {
    let release = (): void => undefined;
    const slow = check('a/slow', () => new Promise((done) => (release = () => done(GOOD))));
    const quick = check('b/quick', async () => {
      release();
      return GOOD;
    });
    const events = await eventsOf(scriptedRun([slow, quick]).events);
    expect(events.map((event) => (event.type === 'result' ? event.result.id : event.type))).toEqual([
      'started',
      'running',
      'a/slow',
      'running',
      'b/quick',
      'finished',
    ]);
  });

  test('names the first cause in every check that needs it, near or far', async () => {
    const chain = [
      check('a/first', BAD),
      check('b/second', GOOD, { needs: ['a/first'] }),
      check('c/third', GOOD, { needs: ['b/second'] }),
      check('d/other'),
    ];
    const { checks } = await reportFrom(scriptedRun(chain).events);
    expect(checks.map(({ id, status, blockedBy }) => [id, status, blockedBy])).toEqual([
      ['a/first', 'fail', undefined],
      ['b/second', 'skip', 'a/first'],
      ['c/third', 'skip', 'a/first'],
      ['d/other', 'pass', undefined],
    ]);
  });

  test('goes on after what cannot be judged or crashes, and says so', async () => {
    const crash = check('a/crash', () => Promise.reject(new TypeError('undefined is not a function')));
    const report = await reportFrom(
      scriptedRun([crash, check('b/unjudged', unjudged('?', { remedy: 'x' })), check('c/fine')]).events,
    );
    expect(report).toMatchObject({ exitCode: 3, ok: false, summary: { error: 2, pass: 1 } });
    expect(report.checks[0]?.message).toContain('undefined is not a function');
    expect(report.checks[0]?.remedy).toContain('--skip a/crash');
  });

  test('a verdict may stand in the way of some only, or of none', async () => {
    const some = { ...BAD, blocks: ['b/blocked'] as const };
    const chain = [
      check('a/first', some),
      check('b/blocked', GOOD, { needs: ['a/first'] }),
      check('c/free', GOOD, { needs: ['a/first'] }),
    ];
    expect(await statusesOf(chain)).toEqual({ 'a/first': 'fail', 'b/blocked': 'skip', 'c/free': 'pass' });
  });

  test('what is left out blocks nobody; --skip is told, --only is not', async () => {
    const chain = [check('a/first', BAD), check('b/second', GOOD, { needs: ['a/first'] })];
    expect(await statusesOf(chain, { skip: ['a/*'] })).toEqual({ 'a/first': 'skip', 'b/second': 'pass' });
    expect(await statusesOf(chain, { only: ['b/second'] })).toEqual({ 'b/second': 'pass' });
  });

  test('what runs alone waits for all before it and overlaps with nothing', async () => {
    const log: string[] = [];
    const logged = (id: CheckId, more: Partial<Check> = {}): Check =>
      check(
        id,
        async () => {
          log.push(`+${id}`);
          await new Promise((done) => setImmediate(done));
          log.push(`-${id}`);
          return GOOD;
        },
        more,
      );
    await statusesOf([logged('a/x'), logged('b/y'), logged('c/z', { alone: true }), logged('d/z', { alone: true })]);
    expect(log).toEqual(['+a/x', '+b/y', '-a/x', '-b/y', '+c/z', '-c/z', '+d/z', '-d/z']);
  });

  test('waits for a check named in `after`, but does not mind how it ends', async () => {
    expect(await statusesOf([check('a/first', BAD), check('b/second', GOOD, { after: ['a/first'] })])).toEqual({
      'a/first': 'fail',
      'b/second': 'pass',
    });
  });

  test.each([
    [{}, 'no webhook secret is known here'],
    [{ secret: 'not-a-real-key', wantsSigned: false }, '--no-signed'],
    [{ secret: 'not-a-real-key', url: 'http://propiq.example/hooks' }, 'plain http'],
  ])('signed checks are left out with %j', async (change, reason) => {
    const { checks } = await reportFrom(scriptedRun([check('a/signed', GOOD, { kind: 'signed' })], change).events);
    expect(checks[0]).toMatchObject({ status: 'skip', message: expect.stringContaining(reason) as string });
  });

  test('a shared exchange is sent once, under the name of its owner, and is evidence for all', async () => {
    const { events, http } = scriptedRun([asking('a/one'), asking('b/two')]);
    const { checks, requests } = await reportFrom(events);
    expect(http.sent).toHaveLength(1);
    expect(requests).toBe(1);
    expect(http.sent[0]?.headers).toContainEqual(['X-Propiq-Probe', 'endpoint/head']);
    expect(checks.map(({ evidence }) => evidence.length)).toEqual([1, 1]);
  });

  test('ends at once when it is interrupted, even by a port that does not listen', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const script = (): Promise<never> => new Promise(() => undefined);
    const { events } = scriptedRun([asking('a/hangs')], { script, signal: stop.signal });
    const running = eventsOf(events);
    setImmediate(() => stop.abort(reason));
    await expect(running).rejects.toBe(reason);
  });

  test('does not last for ever: what is still open then cannot be judged', async () => {
    const clock = scriptedClock();
    const script = (): Promise<never> => new Promise(() => setImmediate(clock.wake));
    const { checks, exitCode } = await reportFrom(
      scriptedRun([asking('a/hangs')], { script, ports: { clock } }).events,
    );
    expect(checks[0]).toMatchObject({ status: 'error', message: expect.stringContaining('took too long') as string });
    expect(exitCode).toBe(3);
  });
});

describe('a probe without an answer', () => {
  const judgedAs = async (
    code: Parameters<typeof noAnswer>[0],
    answersBefore: boolean,
  ): Promise<string | undefined> => {
    const script = ({ method }: { method: string }): Exchange => {
      if (method === 'GET') return exchange(200);
      throw noAnswer(code);
    };
    const before: Check = {
      ...asking('a/before'),
      observe: (probes) => probes.send('a/before', { method: 'GET', url: probes.target.url, headers: [] }),
      judge: () => GOOD,
    };
    const checks = answersBefore ? [before, asking('b/then', { needs: ['a/before'] })] : [asking('b/then')];
    return (await statusesOf(checks, { script }))['b/then'];
  };

  test.each([
    ['net/no-answer', false, 'fail'],
    ['net/no-answer', true, 'fail'],
    ['net/reset', false, 'error'],
    ['net/reset', true, 'fail'],
    ['net/protocol', false, 'error'],
    ['net/protocol', true, 'fail'],
    ['net/refused', true, 'error'],
    ['net/timeout', true, 'error'],
    ['net/dns', false, 'error'],
    ['net/tls', false, 'error'],
    ['net/proxy', false, 'error'],
  ] as const)('%s, others answered before: %s, is a %s', async (code, before, status) => {
    expect(await judgedAs(code, before)).toBe(status);
  });

  test.each([
    ['net/tls', ['error', 'skip']],
    ['net/proxy', ['error', 'skip']],
    ['net/no-answer', ['fail', 'fail']],
  ] as const)('%s of two checks is told as %j', async (code, statuses) => {
    const script = (): never => {
      throw noAnswer(code);
    };
    const results = await reportFrom(scriptedRun([asking('a/one'), asking('b/two')], { script }).events);
    expect(results.checks.map(({ status }) => status)).toEqual(statuses);
    if (statuses[1] === 'skip') expect(results.checks[1]).toMatchObject({ blockedBy: 'a/one' });
  });

  test('keeps what the error says, with its remedy', async () => {
    const script = (): never => {
      throw new AppError('net/tls', { what: 'No TLS', why: 'It is expired.', hint: 'Renew it.' });
    };
    const { checks } = await reportFrom(scriptedRun([asking('a/one')], { script }).events);
    expect(checks[0]).toMatchObject({ status: 'error', message: 'No TLS. It is expired.', remedy: 'Renew it.' });
    expect(checks[0]?.evidence[0]).toMatchObject({ answer: null, error: { code: 'net/tls' } });
  });
});

describe('the exit code', () => {
  const warning: Verdict = { status: 'warn', message: 'hm', remedy: 'x' };
  const error = unjudged('?', { remedy: 'x' });
  test.each([
    [[GOOD], false, 0],
    [[GOOD, warning], false, 0],
    [[GOOD, warning], true, 1],
    [[warning, error], false, 3],
    [[warning, error], true, 1],
    [[error, BAD], false, 1],
    [[error, GOOD], true, 3],
  ] as const)('of %j, strict: %s, is %i', async (verdicts, isStrict, exitCode) => {
    const checks = verdicts.map((verdict, at) => check(`a/c${at}`, verdict));
    const report = await reportFrom(scriptedRun(checks, { isStrict }).events);
    expect(report).toMatchObject({ exitCode, ok: exitCode === 0 });
  });
});
