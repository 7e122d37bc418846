import { describe, expect, test } from 'vitest';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import { planVerify } from '../../../src/verify/plan.ts';
import { targetOf } from '../../support/exchanges.ts';

const plan = (options: Parameters<typeof planVerify>[2]): ReturnType<typeof planVerify> =>
  planVerify(CHECKS, targetOf(), options);
const ids = (options: Parameters<typeof planVerify>[2]): readonly string[] => plan(options).checks.map(({ id }) => id);

describe('--only and --skip', () => {
  test('nothing given is everything', () => expect(ids({})).toHaveLength(CHECKS.length));

  test.each([
    [['endpoint/head'], ['endpoint/head']],
    [['signature/sha*'], ['signature/sha1', 'signature/sha256']],
    [['signature/sha?'], ['signature/sha1']],
    [
      ['signature/sha1', 'url/path'],
      ['url/path', 'signature/sha1'],
    ],
    [['*/path'], ['url/path']],
  ])('--only %j keeps %j, in list order', (only, expected) => expect(ids({ only })).toEqual(expected));

  test('--skip keeps the check in the list and leaves it out of the run', () => {
    const { checks, leftOut } = plan({ skip: ['health/*'] });
    expect(checks).toHaveLength(CHECKS.length);
    expect([...leftOut.keys()]).toEqual(['health/app', 'health/intercom']);
  });

  test.each([
    [{ only: ['endpoint/heads'] }, 'Did you mean endpoint/head?'],
    [{ skip: ['signatur/*'] }, 'signature/*'],
    [{ only: ['*.*'] }, 'Known groups'],
    [{ only: [''] }, 'Known groups'],
  ])('a pattern that fits nothing is refused: %j', (options, hint) => {
    expect(() => plan(options)).toThrow(
      expect.objectContaining({ code: 'usage/invalid-value', hint: expect.stringContaining(hint) as string }) as Error,
    );
  });

  test('nothing left to run is refused', () => {
    expect(() => plan({ only: ['url/*'], skip: ['*'] })).toThrow(
      expect.objectContaining({ code: 'usage/conflict' }) as Error,
    );
  });
});
