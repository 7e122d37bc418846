import { describe, expect, test } from 'vitest';
import { configured } from '../../../src/verify/checks/endpoint/configured.ts';
import { head } from '../../../src/verify/checks/endpoint/head.ts';
import { judgeKeys } from '../../../src/verify/checks/endpoint/forged-keys.ts';
import { malformedRejected } from '../../../src/verify/checks/endpoint/malformed-signature-rejected.ts';
import { noSignatureLeak } from '../../../src/verify/checks/endpoint/no-signature-leak.ts';
import { reachesReceiver } from '../../../src/verify/checks/endpoint/reaches-receiver.ts';
import { tamperedRejected } from '../../../src/verify/checks/endpoint/tampered-rejected.ts';
import { unsignedRejected } from '../../../src/verify/checks/endpoint/unsigned-rejected.ts';
import { wrongSecretRejected } from '../../../src/verify/checks/endpoint/wrong-secret-rejected.ts';
import { app } from '../../../src/verify/checks/health/app.ts';
import { intercom } from '../../../src/verify/checks/health/intercom.ts';
import { readHealth } from '../../../src/verify/checks/health/read-health.ts';
import { noRedirect } from '../../../src/verify/checks/http/no-redirect.ts';
import { exchange, html, json, noAnswer, targetOf } from '../../support/exchanges.ts';

const target = targetOf();
const signed = (
  status: number | undefined,
): { sha1: ReturnType<typeof exchange>; sha256: ReturnType<typeof exchange> } | undefined =>
  status === undefined ? undefined : { sha1: exchange(status), sha256: exchange(status) };

describe(unsignedRejected.id, () => {
  test.each([
    [401, 200, 'pass'],
    [401, undefined, 'pass'],
    [401, 401, 'pass'],
    [200, 200, 'fail'],
    [204, undefined, 'fail'],
    [400, 200, 'warn'],
    [400, undefined, 'warn'],
    [400, 400, 'fail'],
    [403, 200, 'warn'],
    [403, 403, 'fail'],
    [422, 200, 'warn'],
    [503, undefined, 'skip'],
    [404, undefined, 'fail'],
    [404, 404, 'fail'],
    [404, 200, 'fail'],
    [405, undefined, 'fail'],
    [410, 200, 'fail'],
    [429, 200, 'error'],
    [302, 200, 'fail'],
    [500, 200, 'fail'],
    [502, undefined, 'fail'],
  ] as const)('answers of %s unsigned and %s signed are a %s', (unsigned, right, status) => {
    expect(unsignedRejected.judge({ status: unsigned, signed: signed(right) }, target).status).toBe(status);
  });

  test.each([
    [404, undefined, undefined],
    [405, undefined, undefined],
    [404, 200, []],
    [200, 200, []],
    [500, 200, []],
  ] as const)('of %s (signed: %s) the siblings blocked are %j', (unsigned, right, blocks) => {
    expect(unsignedRejected.judge({ status: unsigned, signed: signed(right) }, target).blocks).toEqual(blocks);
  });

  test('a missing route is named with its path', () => {
    expect(unsignedRejected.judge({ status: 404, signed: undefined }, target).message).toContain('/intercom/webhook');
  });
});

describe.each([wrongSecretRejected, tamperedRejected])('$id', (check) => {
  test.each([
    [[401, 401], 'pass'],
    [[401, 200], 'fail'],
    [[200, 401], 'fail'],
    [[403, 401], 'warn'],
    [[401, 500], 'fail'],
  ] as const)('answers of %j are a %s', (statuses, status) => {
    const seen = { forged: statuses.map((one) => exchange(one)), signed: signed(200) };
    expect(check.judge(seen, target).status).toBe(status);
  });
});

describe(malformedRejected.id, () => {
  const shape = (status: number, more: object = {}): { name: string; outcome: ReturnType<typeof exchange> } => ({
    name: 'empty',
    outcome: exchange(status),
    ...more,
  });
  test.each([
    [[shape(401), shape(400), shape(431)], 'pass'],
    [[shape(401), shape(200)], 'fail'],
    [[shape(401), shape(500)], 'fail'],
    [[shape(401), shape(410)], 'fail'],
    [[shape(401), shape(302)], 'fail'],
    [[shape(401), shape(200, { isRightWithMore: true })], 'pass'],
    [[shape(401), shape(500, { isRightWithMore: true })], 'fail'],
    [[shape(401), shape(0, { outcome: noAnswer('net/reset') })], 'fail'],
  ] as const)('%j is a %s', (shapes, status) => expect(malformedRejected.judge(shapes, target).status).toBe(status));
});

describe('guessable keys', () => {
  const words = { accepted: (keys: string) => `accepted with ${keys}`, refused: 'refused' };
  const trial = (status: number): { key: string; algorithm: 'sha1'; outcome: ReturnType<typeof exchange> } => ({
    key: 'changeme',
    algorithm: 'sha1',
    outcome: exchange(status),
  });
  test.each([
    [[401, 401], 'pass'],
    [[401, 200], 'fail'],
    [[401, 500], 'warn'],
    [[401, 429], 'error'],
    [[403], 'pass'],
  ] as const)('answers of %j are a %s', (statuses, status) => {
    expect(judgeKeys({ trials: statuses.map(trial), takesAnything: false }, words).status).toBe(status);
  });
});

test('a key is not called the secret of a receiver that takes any', () => {
  const words = { accepted: () => 'it is its secret', refused: 'refused' };
  const trials = [{ key: 'changeme', algorithm: 'sha1', outcome: exchange(200) }] as const;
  expect(judgeKeys({ trials, takesAnything: true }, words)).toMatchObject({
    status: 'fail',
    message: expect.not.stringContaining('its secret') as string,
  });
});

describe(noSignatureLeak.id, () => {
  test.each([
    [['secret'], 3, 'fail'],
    [['digest'], 3, 'fail'],
    [['trace'], 3, 'fail'],
    [[], 3, 'pass'],
    [[], 0, 'skip'],
  ] as const)('leaks of %j in %i refusals are a %s', (leaks, refusals, status) => {
    expect(noSignatureLeak.judge({ refusals, leaks: new Set(leaks), knowsSecret: true }, target).status).toBe(status);
  });
});

describe(reachesReceiver.id, () => {
  const front = { mark: 'it asks for a login', status: 401 };
  test.each([
    [{ through: 'signed' }, 'pass'],
    [{ through: 'open' }, 'pass'],
    [{ through: 'as-intercom', front }, 'warn'],
    [{ through: 'never', front }, 'fail'],
  ] as const)('%j is a %s', (seen, status) => expect(reachesReceiver.judge(seen, target).status).toBe(status));
});

describe(configured.id, () => {
  test.each([
    [503, true, 'fail'],
    [503, false, 'fail'],
    [401, false, 'pass'],
    [500, true, 'pass'],
  ] as const)('%i, saying so: %s, is a %s', (status, saysSo, expected) => {
    expect(configured.judge({ status, saysSo }, target).status).toBe(expected);
  });
});

describe(head.id, () => {
  test.each([
    [200, 'pass'],
    [204, 'pass'],
    [405, 'fail'],
    [401, 'fail'],
    [404, 'fail'],
    [500, 'fail'],
  ] as const)('%i is a %s', (status, expected) => {
    const verdict = head.judge(exchange(status), target);
    expect(verdict.status).toBe(expected);
    if (expected === 'fail') expect(verdict.message).toContain('not documented');
  });
});

describe(noRedirect.id, () => {
  const to = (location: string, status = 301): ReturnType<typeof exchange> =>
    exchange(status, { headers: [['Location', location]] });
  const ok = exchange(401);

  test.each([
    ['neither', ok, ok, 'pass'],
    ['POST', ok, to('/intercom/webhook/'), 'fail'],
    ['HEAD', to('https://propiq.example/x'), ok, 'fail'],
    ['nothing, without an answer to HEAD', noAnswer(), ok, 'pass'],
    ['nothing by a 304', ok, exchange(304), 'pass'],
  ] as const)('redirecting %s is judged', (_, headOutcome, post, status) => {
    expect(noRedirect.judge({ head: headOutcome, post }, target).status).toBe(status);
  });

  test.each([
    ['/intercom/webhook/', 'propiq-intercom verify https://propiq.example/intercom/webhook/'],
    [
      'https://www.propiq.example/intercom/webhook',
      'propiq-intercom verify https://www.propiq.example/intercom/webhook',
    ],
    ['https://login.vendor.example/?to=x', 'let /intercom/webhook pass without a login'],
    ['/.auth/login/aad', 'let /intercom/webhook pass without a login'],
    ['/intercom/webhook', 'redirects to itself'],
    ['', 'answer this path itself'],
  ])('a redirect to %j says what to do', (location, remedy) => {
    expect(noRedirect.judge({ head: ok, post: to(location, 308) }, target).remedy).toContain(remedy);
  });

  test('a redirect of HEAD alone stands in the way of endpoint/head only', () => {
    expect(noRedirect.judge({ head: to('/x'), post: ok }, target).blocks).toEqual(['endpoint/head']);
    expect(noRedirect.judge({ head: ok, post: to('/x') }, target).blocks).toBeUndefined();
  });

  test('what the Location says is shown without credentials and escape sequences', () => {
    const verdict = noRedirect.judge({ head: ok, post: to('https://user:word@propiq.example/\u001b[31mx') }, target);
    expect(verdict.message).not.toContain('word');
    expect(verdict.message).not.toContain('\u001b');
  });
});

const HEALTHY = { status: 'healthy' };
describe.each([
  [app, 'healthPath', json(200, HEALTHY), json(200, { status: 'ok' })],
  [intercom, 'intercomHealthPath', json(200, { intercom_configured: true }), json(200, { configured: true })],
] as const)('%o', (check, flag, right, other) => {
  test.each([
    ['the expected answer', right, 'pass', 'pass'],
    ['another JSON', other, 'warn', 'fail'],
    ['404', json(404, {}), 'warn', 'fail'],
    ['404 in HTML', html(404), 'warn', 'fail'],
    ['HTML', html(200), 'fail', 'fail'],
    ['"OK", called HTML as Flask and Express do', html(200, 'OK'), 'warn', 'fail'],
    ['nothing, called HTML as PHP does', html(200, ''), 'warn', 'fail'],
    ['401', json(401, {}), 'fail', 'fail'],
    ['403', html(403), 'fail', 'fail'],
    ['500', json(500, {}), 'fail', 'fail'],
    ['503', json(503, { status: 'down' }), 'fail', 'fail'],
    ['an empty 204', exchange(204), 'warn', 'fail'],
    ['a redirect', exchange(302), 'warn', 'fail'],
    ['text', exchange(200, { body: 'OK' }), 'warn', 'fail'],
    ['JSON in a wrong status', json(206, HEALTHY), 'warn', 'fail'],
  ] as const)('%s: %s on a guessed path, %s on a named one', { timeout: 5000 }, (_, answer, guessed, named) => {
    expect(check.judge(readHealth(answer), target).status).toBe(guessed);
    expect(check.judge(readHealth(answer), targetOf({ [flag]: '/named' })).status).toBe(named);
  });
});

test('intercom_configured: false is a failure, whatever the status', () => {
  for (const status of [200, 503]) {
    expect(intercom.judge(readHealth(json(status, { intercom_configured: false })), target).status).toBe('fail');
  }
});
