import { afterAll, describe, expect, test } from 'vitest';
import type { CheckId, Status } from '../../src/verify/check.ts';
import { CHECKS } from '../../src/verify/checks/index.ts';
import type { Report } from '../../src/verify/verify.ts';
import { reportOf } from '../support/verify.ts';
import { confusionTable, type Findings, type Judged } from './confusion.ts';
import { BROKEN, CORRECT } from './index.ts';
import { type Receiver, SECRET } from './receiver.ts';

/** What a healthy receiver on this computer gets. */
const NOT_PASSED: Readonly<Partial<Record<CheckId, Status>>> = {
  'env/token-present': 'skip',
  'env/file-not-tracked': 'skip',
  'url/https': 'skip',
  'url/public': 'warn',
  'api/token': 'skip',
  'api/region': 'skip',
  'api/subscription': 'skip',
  // an address in place of a name, and plain http
  'dns/resolves': 'skip',
  'tls/protocol': 'skip',
  'tls/trusted': 'skip',
  'tls/hostname': 'skip',
  'tls/expiry': 'skip',
};

async function judged(url: string, timeoutMs: number, close: () => Promise<void>): Promise<Report> {
  try {
    return await reportOf(url, { secret: SECRET, timeoutMs });
  } finally {
    await close();
  }
}

const judgements: Judged[] = [];
afterAll(() => void process.stdout.write(`\n${confusionTable(judgements)}\n`));

/** Checks that speak up, but for what is true of every receiver on this computer. */
function alarms(statuses: Readonly<Record<string, Status>>, causes: readonly string[]): Findings {
  const isAlarm = ([id, status]: [string, Status]): boolean =>
    ['warn', 'fail', 'error'].includes(status) && NOT_PASSED[id as CheckId] !== status;
  return {
    checks: Object.entries(statuses)
      .filter(isAlarm)
      .map(([id]) => id),
    causes,
  };
}

/** Where the bank names no cause, the checks that fail (or, without any, cannot be judged) must each be told as its own. */
function causesOf({ diagnosis, differs, exitCode }: Receiver): readonly string[] {
  if (diagnosis) return diagnosis;
  const open = exitCode === 1 ? 'fail' : exitCode === 3 ? 'error' : undefined;
  return CHECKS.map(({ id }) => id).filter((id) => open !== undefined && differs[id] === open);
}

async function judge(receiver: Receiver): Promise<void> {
  const { url, close } = await receiver.start();
  const report = await judged(url, receiver.timeoutMs ?? 5000, close);
  const expected = Object.fromEntries(
    CHECKS.map(({ id }) => [id, receiver.differs[id] ?? NOT_PASSED[id] ?? 'pass'] as const),
  );
  const found = Object.fromEntries(report.checks.map(({ id, status }) => [id, status]));
  judgements.push({
    name: receiver.name,
    isCorrect: CORRECT.includes(receiver),
    expected: alarms(expected, causesOf(receiver)),
    found: alarms(
      found,
      report.diagnosis.map(({ id }) => id),
    ),
  });
  const messages = report.checks
    .filter(({ id, status }) => expected[id] !== status)
    .map(({ id, status, message }) => `${id} ${status}: ${message}`);
  expect(found, messages.join('\n')).toEqual(expected);
  expect(report.exitCode).toBe(receiver.exitCode);
  expect(report.diagnosis.map(({ id }) => id)).toEqual(causesOf(receiver));
  expect(JSON.stringify(report)).not.toContain(SECRET);
}

describe.concurrent('a correct receiver gets no blame', () => {
  test.each(CORRECT)('$name', judge);
});

describe.concurrent('a broken receiver is told by its one fault', () => {
  test.each(BROKEN)('$name', judge);
});
