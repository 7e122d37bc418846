import { describe, expect, test } from 'vitest';
import { concurrent } from '../../../src/verify/checks/delivery/concurrent.ts';
import { consistent } from '../../../src/verify/checks/delivery/consistent.ts';
import { contentType } from '../../../src/verify/checks/delivery/content-type.ts';
import { duplicate } from '../../../src/verify/checks/delivery/duplicate.ts';
import { largeBody } from '../../../src/verify/checks/delivery/large-body.ts';
import { latency } from '../../../src/verify/checks/delivery/latency.ts';
import { noGone } from '../../../src/verify/checks/delivery/no-gone.ts';
import { nullId } from '../../../src/verify/checks/delivery/null-id.ts';
import { unknownTopic } from '../../../src/verify/checks/delivery/unknown-topic.ts';
import { accepted } from '../../../src/verify/checks/signature/accepted.ts';
import { rawBody } from '../../../src/verify/checks/signature/raw-body.ts';
import { sha1 } from '../../../src/verify/checks/signature/sha1.ts';
import { sha256 } from '../../../src/verify/checks/signature/sha256.ts';
import { exchange, noAnswer, targetOf } from '../../support/exchanges.ts';

const target = targetOf({ secret: 'not-a-real-key' });
interface Pings {
  readonly pings: Record<'sha1' | 'sha256', ReturnType<typeof exchange>>;
  readonly again: ReturnType<typeof exchange>[];
}
const pings = (one: number, other: number): Pings => ({
  pings: { sha1: exchange(one), sha256: exchange(other) },
  again: [],
});

describe('signature checks', () => {
  test.each([
    [200, 200, 'pass', 'pass', 'pass'],
    [200, 401, 'pass', 'pass', 'pass'],
    [202, 500, 'pass', 'pass', 'pass'],
    [401, 200, 'pass', 'fail', 'pass'],
    [401, 401, 'fail', 'skip', 'skip'],
  ] as const)('sha1 answered %i and sha256 %i: accepted %s, sha1 %s, sha256 %s', (one, other, ...statuses) => {
    const seen = pings(one, other);
    const found = [accepted.judge(seen, target), sha1.judge(seen, target), sha256.judge(seen.pings, target)];
    expect(found.map(({ status }) => status)).toEqual(statuses);
  });

  test.each([400, 401, 403, 404, 303, 500])('neither accepted (%i) is a failure that names the status', (status) => {
    const verdict = accepted.judge(pings(status, status), target);
    expect(verdict).toMatchObject({ status: 'fail', actual: String(status) });
  });

  test('what is refused once and accepted later is no word on the algorithm, but one on the instances', () => {
    const again = [exchange(401), exchange(200), exchange(401)];
    const mixed = accepted.judge({ ...pings(401, 401), again }, target);
    expect(mixed).toMatchObject({ status: 'fail', actual: '401, then 401, then 200, then 401' });
    expect(mixed.message).toContain('the instances behind propiq.example disagree');
    expect(sha1.judge({ ...pings(401, 200), again }, target).status).toBe('skip');
  });

  test('answers that differ are both told', () => {
    expect(accepted.judge(pings(401, 500), target).actual).toBe('sha1: 401, sha256: 500');
    expect(accepted.judge({ pings: { sha1: noAnswer(), sha256: exchange(500) }, again: [] }, target).status).toBe(
      'fail',
    );
  });

  test('sha256 alone is told to lose every real delivery, with the way to leave the check out', () => {
    const { message, remedy } = sha1.judge(pings(401, 200), target);
    expect(message).toContain('every real delivery will be refused');
    expect(remedy).toContain('--skip signature/sha1');
    expect(sha256.judge(pings(200, 401).pings, target).message).toContain('need not be');
  });

  test('raw-body names the spellings that are refused', () => {
    const good = ['spaces', exchange(200)] as const;
    expect(rawBody.judge({ spellings: [good], controls: [], again: [] }, target).status).toBe('pass');
    const spellings = [good, ['accents', exchange(401)], ['slashes', noAnswer()]] as const;
    expect(
      rawBody.judge({ spellings, controls: [exchange(200)], again: [exchange(401), noAnswer()] }, target),
    ).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('accents, slashes') as string,
    });
  });

  test('raw-body blames no spelling where plain pings are refused as well by then', () => {
    const spellings = [['accents', exchange(401)]] as const;
    for (const [control, again] of [
      [401, 401],
      [200, 200],
    ] as const) {
      const verdict = rawBody.judge({ spellings, controls: [exchange(control)], again: [exchange(again)] }, target);
      expect(verdict).toMatchObject({
        status: 'fail',
        message: expect.stringContaining('the answers change') as string,
      });
    }
  });
});

describe('deliveries', () => {
  test.each([
    [200, 'pass'],
    [204, 'pass'],
    [400, 'fail'],
    [404, 'fail'],
    [500, 'fail'],
  ] as const)('an unknown topic answered %i is a %s', (status, expected) => {
    expect(unknownTopic.judge(exchange(status), target).status).toBe(expected);
  });

  test.each([
    [[200, 200], 'pass'],
    [[202, 204], 'pass'],
    [[200, 409], 'fail'],
    [[500, 200], 'fail'],
    [[200, 303], 'fail'],
  ] as const)('two answers of %j are a %s', (statuses, expected) => {
    const outcomes = statuses.map((status) => exchange(status));
    expect([duplicate, nullId].map((check) => check.judge(outcomes, target).status)).toEqual([expected, expected]);
  });

  test.each([
    [exchange(200), 'pass'],
    [exchange(413), 'warn'],
    [noAnswer('net/reset'), 'warn'],
    [exchange(400), 'fail'],
    [exchange(401), 'fail'],
    [exchange(500), 'fail'],
  ] as const)('a large body: %o is a %s', (outcome, expected) => {
    expect(largeBody.judge({ plain: outcome }, target).status).toBe(expected);
  });

  test.each([
    [exchange(200), 'pass'],
    [exchange(401), 'fail'],
    // whatever else may be the matter, it is not the letters
    [exchange(429), 'pass'],
    [noAnswer('net/reset'), 'pass'],
  ] as const)('a large body with letters beyond ASCII: %o is a %s', (lettered, expected) => {
    expect(largeBody.judge({ plain: exchange(200), lettered }, target).status).toBe(expected);
  });

  test('a large body that is refused with 400 may be over a limit, and the remedy says so', () => {
    const remedyOf = (status: number): string => largeBody.judge({ plain: exchange(status) }, target).remedy ?? '';
    expect([remedyOf(400), remedyOf(401)].map((text) => text.includes('DATA_UPLOAD_MAX_MEMORY_SIZE'))).toEqual([
      true,
      false,
    ]);
  });

  test.each([
    ['429', exchange(429)],
    ['503 by limit_req of nginx', exchange(503, { body: '<center><h1>503</h1></center><hr><center>nginx</center>' })],
  ])('a rate limit is no fault of what was asked: %s', (_, limited) => {
    const verdicts = [
      rawBody.judge({ spellings: [['accents', limited]], controls: [limited], again: [limited] }, target),
      unknownTopic.judge(limited, target),
      duplicate.judge([exchange(200), limited], target),
      nullId.judge([limited, limited], target),
      largeBody.judge({ plain: limited }, target),
      contentType.judge({ plain: exchange(200), charset: limited }, target),
      accepted.judge({ pings: { sha1: limited, sha256: limited }, again: [] }, target),
      sha1.judge({ pings: { sha1: limited, sha256: exchange(200) }, again: [] }, target),
      concurrent.judge({ outcomes: [exchange(200), limited], wasSlowed: true }, target),
      consistent.judge({ together: [exchange(200), limited], apart: [exchange(200), limited] }, target),
    ];
    expect(verdicts.map(({ status }) => status)).toEqual(verdicts.map(() => 'error'));
  });

  test.each([
    [200, 200, 'pass'],
    [200, 415, 'warn'],
    [415, 200, 'fail'],
    [401, 401, 'skip'],
  ] as const)('JSON answered %i, with a charset %i, is a %s', (plain, charset, expected) => {
    expect(contentType.judge({ plain: exchange(plain), charset: exchange(charset) }, target).status).toBe(expected);
  });

  test.each([
    [[200, 200], [], 'pass'],
    [[200, 401], [200, 401, 200], 'fail'],
    [[401, 401], [401, 401], 'fail'],
    [[200, 503], [200, 200], 'skip'],
  ] as const)('pings together answered %j, one after the other %j: consistent is a %s', (together, apart, expected) => {
    const seen = { together: together.map((one) => exchange(one)), apart: apart.map((one) => exchange(one)) };
    expect(consistent.judge(seen, target).status).toBe(expected);
  });

  test.each([
    [[200, 200, 204], 'pass'],
    [[200, 429, 200], 'error'],
    [[200, 500, 401], 'fail'],
  ] as const)('answers of %j at once are a %s', (statuses, expected) => {
    expect(
      concurrent.judge({ outcomes: statuses.map((status) => exchange(status)), wasSlowed: false }, target).status,
    ).toBe(expected);
  });

  test.each([
    [[1, 2, 3, 4, 5], 'pass'],
    [[1, 2, 500, 900, 900], 'pass'],
    [[1, 2, 501, 502, 503], 'warn'],
    [[1, 2, 5000, 6000, 6000], 'warn'],
    [[1, 2, 5001, 6000, 6000], 'fail'],
    [[], 'error'],
  ] as const)('times of %j ms are a %s', (times, expected) => {
    expect(latency.judge(times, target).status).toBe(expected);
  });

  test.each([
    [0, [], 'skip'],
    [9, [], 'pass'],
    [9, ['POST'], 'fail'],
  ] as const)('of %i answers %j were 410: %s', (answers, gone, expected) => {
    expect(noGone.judge({ answers, gone }, target).status).toBe(expected);
  });
});
