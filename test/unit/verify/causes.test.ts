import { expect, test } from 'vitest';
import { causesOf } from '../../../src/verify/causes.ts';
import type { CheckResult } from '../../../src/verify/check.ts';
import { consistent } from '../../../src/verify/checks/delivery/consistent.ts';
import { json, targetOf } from '../../support/exchanges.ts';

const NOBODY = { framework: undefined, front: undefined, path: '/intercom/webhook' };

const resultOf = (statuses: readonly number[]): CheckResult => ({
  id: consistent.id,
  title: consistent.title,
  durationMs: 1,
  evidence: [],
  ...consistent.judge(
    { together: statuses.map((status) => json(status, {})), apart: statuses.map((status) => json(status, {})) },
    targetOf({}),
  ),
});
/** What a lock-out brings with it, and would be blamed for without it. */
const headRefused: CheckResult = {
  id: 'endpoint/head',
  title: '',
  status: 'fail',
  message: '',
  actual: '403',
  durationMs: 1,
  evidence: [],
};

test.each([
  ['locked-out', [403, 403, 403, 403]],
  ['instances-disagree', [200, 403, 200, 403]],
])('%s is the only cause then', (id, statuses) => {
  expect(causesOf([headRefused, resultOf(statuses)], NOBODY).map((cause) => cause.id)).toEqual([id]);
});
