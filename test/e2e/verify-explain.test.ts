import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/base/errors.ts';
import { CHECKS } from '../../src/verify/checks/index.ts';
import { runCli } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';

describe('explain', () => {
  test.each(['signature/sha1', 'url/missing-scheme', 'unknown'])('%s, as text and as JSON', async (id) => {
    const { stdout, stderr, code } = await runCli(['explain', id]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain(id);
    expect(stdout).toContain('How to mend it');
    const json = await runCli(['explain', id, '--json']);
    expect(expectValid(json.stdout, 'explain')).toMatchObject({ ok: true, id });
  });

  test('names where a fact about Intercom comes from', async () => {
    const { stdout } = await runCli(['explain', 'endpoint/head']);
    expect(stdout).toContain('https://developers.intercom.com/docs/webhooks/setting-up-webhooks');
    expect(stdout).toMatch(/not\s+documented/);
  });

  test.each([
    ['signature/sha2', 'signature/sha1'],
    ['net/dsn', 'net/dns'],
    ['\u001b[31mx', 'propiq-intercom explain'],
  ])('an unknown id (%j) is refused with a close one', async (id, hint) => {
    const { stdout, stderr, code } = await runCli(['explain', id]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('\u001b');
  });

  test('there are as many pages as checks and errors', () => {
    expect(CHECKS.length).toBeGreaterThanOrEqual(33);
    expect(ERROR_CODES.length).toBeGreaterThan(40);
  });
});
