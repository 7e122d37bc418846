import { expect, test } from 'vitest';
import type { CheckId, CheckResult, Status } from '../../../src/verify/check.ts';
import { toldByChecks } from '../../../src/verify/told-by-checks.ts';

const result = (id: CheckId, status: Status, actual = '', message = `${id} speaks.`): CheckResult => ({
  id,
  status,
  actual,
  message,
  title: '',
  durationMs: 1,
  evidence: [],
});
const ids = (...results: readonly CheckResult[]): readonly string[] =>
  toldByChecks(results).map(({ id, confidence }) => `${id} ${confidence}`);

test('nothing is told where nothing is wrong', () => {
  expect(ids(result('endpoint/head', 'pass'), result('url/public', 'warn'), result('api/token', 'skip'))).toEqual([]);
});

test('each check that failed is told as its own cause, and one that was not judged only where none failed', () => {
  const failed = [result('delivery/duplicate', 'fail', '409'), result('delivery/unknown-topic', 'fail', '422')];
  const open = result('api/token', 'error');
  expect(ids(...failed, open)).toEqual(['delivery/duplicate certain', 'delivery/unknown-topic certain']);
  expect(ids(open)).toEqual(['api/token likely']);
});

test('what several checks say in the same words is told once', () => {
  const silent = (id: CheckId): CheckResult => result(id, 'fail', 'no answer within 5 s', 'It did not answer.');
  expect(ids(silent('http/no-redirect'), silent('health/app'))).toEqual(['http/no-redirect certain']);
});

test('a refusal alone is no cause: it is unknown, with what is ruled out', () => {
  const refused = result('signature/accepted', 'fail', '422', 'A rightly signed ping is not accepted (422).');
  const passed = [result('http/no-redirect', 'pass'), result('endpoint/configured', 'pass')];
  expect(toldByChecks([...passed, refused])).toMatchObject([
    {
      id: 'unknown',
      confidence: 'none',
      message:
        'A rightly signed ping is not accepted (422). Why was not found out; ruled out: a redirect, a receiver without its settings.',
      remedy: 'propiq-intercom explain signature/accepted',
    },
  ]);
  expect(ids(refused, result('delivery/content-type', 'fail', '415'))).toEqual(['delivery/content-type certain']);
  expect(ids(result('signature/accepted', 'fail', '303'))).toEqual(['signature/accepted certain']);
});
