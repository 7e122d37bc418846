import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../../src/base/errors.ts';
import { OUTCOME_PAGES } from '../../../src/diagnosis/finding.ts';
import { CAUSES } from '../../../src/diagnosis/hypotheses/index.ts';
import { BEHIND_CHECK_PAGE } from '../../../src/verify/behind-check.ts';
import { PLAIN_CAUSES } from '../../../src/verify/causes-table.ts';
import { CSRF_PAGE } from '../../../src/verify/csrf.ts';
import { LOGIN_PAGE } from '../../../src/verify/login-asked.ts';
import { NOT_SEEN_PAGE } from '../../../src/verify/signature-not-seen.ts';
import { NOT_BYTES_PAGE } from '../../../src/verify/told-exception.ts';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import { PAGES } from '../../../src/verify/pages.ts';
import { REPORTERS } from '../../../src/verify/reporters/index.ts';

const ROOM = join(import.meta.dirname, '../../../src/verify');
const HELPERS = new Set([
  'index',
  'needs',
  'api/unanswered',
  'health/read-health',
  'tls/judge-tls',
  'endpoint/refusal',
  'endpoint/forged-keys',
  'delivery/twice',
]);
const unitsIn = (folder: string): string[] =>
  readdirSync(join(ROOM, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, '').replaceAll('\\', '/'));

describe('the list of checks', () => {
  test('holds every file of the folder once, and nothing else', () => {
    const files = unitsIn('checks').filter((file) => !HELPERS.has(file));
    expect(CHECKS.map(({ id }) => id).toSorted()).toEqual(files.toSorted());
  });

  test.each(CHECKS)('$id stands after what it needs', ({ id, needs, after = [] }) => {
    const place = CHECKS.findIndex((check) => check.id === id);
    for (const need of [...needs, ...after]) {
      const at = CHECKS.findIndex((check) => check.id === need);
      expect(at, need).toBeGreaterThanOrEqual(0);
      expect(at, need).toBeLessThan(place);
    }
  });

  test('what runs alone stands last', () => {
    const firstAlone = CHECKS.findIndex(({ alone }) => alone);
    expect(CHECKS.slice(firstAlone).every(({ alone }) => alone)).toBe(true);
  });

  test('groups stay together', () => {
    const groups = CHECKS.map(({ id }) => id.split('/')[0]);
    const changes = groups.filter((group, at) => group !== groups[at - 1]);
    expect(changes).toEqual([...new Set(groups)]);
  });
});

describe('pages', () => {
  test('every check and every error code has one, and no id means two things', () => {
    for (const id of [...CHECKS.map((check) => check.id), ...ERROR_CODES, 'unknown'])
      expect(PAGES.has(id), id).toBe(true);
    const named = [
      ...PLAIN_CAUSES,
      ...CAUSES,
      ...OUTCOME_PAGES,
      BEHIND_CHECK_PAGE,
      CSRF_PAGE,
      LOGIN_PAGE,
      NOT_BYTES_PAGE,
      NOT_SEEN_PAGE,
    ].map(({ id }) => id);
    const diagnoses = new Set(named);
    expect(PAGES.size).toBe(CHECKS.length + ERROR_CODES.length + diagnoses.size);
    expect(named.length - diagnoses.size).toBe(1); // sha256-only: told by a check, and part of a pair
  });

  test.each([...PAGES.values()])('$id says why and how to mend it, in sentences', ({ title, why, fix }) => {
    expect(title).not.toMatch(/\.$/);
    expect(why).toMatch(/[.!?)]$/);
    expect(fix.length).toBeGreaterThan(5);
  });

  test('every check on Intercom’s behaviour names a source or says that there is none', () => {
    const own = new Set(['env/file-not-tracked']);
    for (const { id, explain } of CHECKS)
      if (!own.has(id)) expect(explain.source, id).toMatch(/https:|github|not documented|guide|not a matter/);
  });
});

test('every reporter is a file of its name', async () => {
  expect(Object.keys(REPORTERS).toSorted()).toEqual(
    unitsIn('reporters')
      .filter((file) => file !== 'index')
      .toSorted(),
  );
  for (const [name, load] of Object.entries(REPORTERS)) expect((await load()).name).toBe(name);
});
