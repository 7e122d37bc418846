import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { isSame, listen, plainApp } from '../receivers/receiver.ts';
import { runCli } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';

const ENV = {
  INTERCOM_WEBHOOK_SECRET: 'not-a-real-key',
  INTERCOM_WEBHOOK_SECRET_PREVIOUS: 'the-key-before-this-one',
  INTERCOM_ACCESS_TOKEN: 'made-up-token',
};
const MOST = 60;

interface Verified {
  readonly stdout: string;
  readonly code: number | null;
  readonly posts: number;
}

/** `verify` against a receiver whose key is another one; counts what it is sent for the diagnosis. */
async function verifyKeyed(key: string, flags: readonly string[]): Promise<Verified> {
  let posts = 0;
  const app = plainApp({
    before(request, response) {
      response.setHeader('X-Powered-By', 'Express');
      posts += request.headers['x-propiq-probe'] === 'diagnosis/signature' ? 1 : 0;
      return false;
    },
    isRight: ({ signature, body }) => isSame(signature, `sha1=${createHmac('sha1', key).update(body).digest('hex')}`),
  });
  const { url, close } = await listen(createServer(app));
  try {
    const { stdout, code } = await runCli(['verify', url, ...flags], { env: ENV });
    return { stdout, code, posts };
  } finally {
    await close();
  }
}

describe('verify names the cause', () => {
  test.each([
    ['made-up-token', 'key-access-token'],
    ['the-key-before-this-one', 'key-previous-secret'],
    ['not-a-real-key\n', 'secret-newline'],
  ])('%j as the key is %s', async (key, id) => {
    const { stdout, code, posts } = await verifyKeyed(key, ['--json']);
    expect(code).toBe(1);
    const { diagnosis } = expectValid(stdout, 'verify');
    expect(diagnosis).toMatchObject([{ id, confidence: 'certain', framework: 'Express' }]);
    expect(posts).toBeLessThanOrEqual(MOST);
    for (const secret of Object.values(ENV)) expect(stdout).not.toContain(secret);
  });

  test('says what is ruled out, and no cause, where there is another secret', async () => {
    const { stdout, posts } = await verifyKeyed('nobody-knows-this-one', ['--json']);
    expect(expectValid(stdout, 'verify')['diagnosis']).toMatchObject([{ id: 'unknown', confidence: 'none' }]);
    expect(posts).toBeLessThanOrEqual(MOST);
    expect(posts).toBeGreaterThan(10);
  });

  test('for people: the cause, and what to do', async () => {
    const { stdout } = await verifyKeyed('"not-a-real-key"', ['--quiet']);
    expect(stdout).toContain('Cause: secret-quoted (certain)');
    expect(stdout).toContain("The receiver's key is the secret in double quotes.");
    expect(stdout).toContain('Take the quotes off');
  });
});
