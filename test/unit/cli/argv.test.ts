import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppError } from '../../../src/base/errors.ts';
import { asksForJson, refuseSecrets } from '../../../src/cli/argv.ts';

describe('refuseSecrets', () => {
  test.each([
    ['--secret', 'x'],
    ['--secret=x'],
    ['--token=x'],
    ['--client-secret', 'x'],
    ['--access-token', 'x'],
    ['--api-key=x'],
    ['--hub-secret', 'x'],
    ['-password=x'],
    ['INTERCOM_ACCESS_TOKEN=x'],
    ['INTERCOM_WEBHOOK_SECRET_PREVIOUS=x'],
    [['whsec', 'abcdef123'].join('_')],
    [`--body=${['whsec', 'abcdef123'].join('_')}`],
    [`dG9rO${'a'.repeat(30)}`],
  ])('refuses %s', (...args) => {
    expect(() => refuseSecrets(args)).toThrow(expect.objectContaining({ code: 'usage/secret-in-arguments' }) as Error);
  });

  test.each([
    ['--secret-stdin'],
    ['--token-stdin'],
    ['verify', 'https://propiq.example/secret'],
    ['--header', `sha1=${'a'.repeat(40)}`],
    ['explain', 'env/secret-shape'],
    ['--wrong-secret'],
  ])('lets %s pass', (...args) => {
    expect(() => refuseSecrets(args)).not.toThrow();
  });

  test('never repeats what it refuses', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9a-zA-Z]{12,40}$/),
        fc.constantFrom('--secret=', '--token=', 'INTERCOM_WEBHOOK_SECRET=', ['whsec', ''].join('_')),
        (value, before) => {
          try {
            refuseSecrets([before + value]);
            expect.unreachable();
          } catch (error) {
            const { message, hint } = error as AppError;
            expect(`${message} ${hint}`).not.toContain(value);
          }
        },
      ),
    );
  });
});

test.each([
  [['verify', '--json'], true],
  [['--json'], true],
  [['verify'], false],
  [['verify', '--', '--json'], false],
])('asksForJson of %j is %s', (args, expected) => expect(asksForJson(args)).toBe(expected));
