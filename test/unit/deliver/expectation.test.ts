import { describe, expect, test } from 'vitest';
import { parseExpectation } from '../../../src/deliver/expectation.ts';

describe('--expect', () => {
  test.each([
    ['2xx', [200, 204, 299], [199, 300, 401]],
    ['200', [200], [201, 204]],
    ['4XX', [400, 401, 499], [200, 500]],
    ['200, 204', [200, 204], [201]],
    ['2xx,401', [200, 401], [400]],
  ])('%s', (given, matching, others) => {
    const { matches } = parseExpectation(given);
    expect(matching.filter((status) => !matches(status))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  test.each(['', 'ok', '20', '2x', '2000', '6xx', '200,', '200 204', '99'])('"%s" is refused', (given) => {
    expect(() => parseExpectation(given)).toThrow(
      expect.objectContaining({ code: 'usage/invalid-value', exitCode: 2 }),
    );
  });
});
