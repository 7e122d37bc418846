import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { openApi, TOKEN } from '../support/api.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { openSandbox, scriptedReceiver } from '../support/sandbox.ts';
import { expectValid } from '../support/schemas.ts';

interface Judged {
  readonly code: number | null;
  readonly text: string;
  readonly verdicts: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, string>>;
}

interface Asked {
  readonly url?: string;
  readonly token?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly topics?: readonly string[];
}

async function judge(
  origin: string,
  { url = 'http://127.0.0.1:9/hook', token = TOKEN, env, topics }: Asked = {},
): Promise<Judged> {
  const cwd = temporaryFolder();
  if (topics)
    writeFileSync(join(cwd, 'propiq-intercom.config.json'), JSON.stringify({ profiles: { here: { topics } } }));
  const { stdout, stderr, code } = await runCli(
    ['verify', url, '--only', 'api/*', '--json', ...(topics ? ['--profile', 'here'] : [])],
    { cwd, env: { INTERCOM_ACCESS_TOKEN: token, INTERCOM_API_BASE: origin, ...env } },
  );
  const { checks } = expectValid(stdout, 'verify') as { checks?: { id: string; status: string; message: string }[] };
  return {
    code,
    text: stdout + stderr,
    verdicts: Object.fromEntries((checks ?? []).map(({ id, status }) => [id, status])),
    messages: Object.fromEntries((checks ?? []).map(({ id, message }) => [id, message])),
  };
}

describe('verify asks Intercom', () => {
  test('whether the token is accepted, and for the region', async () => {
    const { origin, sandbox } = await openSandbox();
    const { code, verdicts, messages, text } = await judge(origin);
    expect({ code, verdicts }).toEqual({
      code: 0,
      verdicts: { 'api/token': 'pass', 'api/region': 'pass', 'api/subscription': 'skip' },
    });
    expect(messages['api/token']).toContain(sandbox.workspaceId);
    expect(messages['api/subscription']).toContain('Developer Hub');
    expect(text).not.toContain(TOKEN);
  });

  test('and fails for a token that it does not know, without showing it', async () => {
    const { origin } = await openSandbox();
    const { code, verdicts, text } = await judge(origin, { token: 'some-other-token' });
    expect({ code, verdicts }).toEqual({
      code: 1,
      verdicts: { 'api/token': 'fail', 'api/region': 'skip', 'api/subscription': 'skip' },
    });
    expect(text).not.toContain('some-other-token');
  });

  test.each([
    [{}, 0, 'warn'],
    [{ INTERCOM_REGION: 'au' }, 1, 'fail'],
    [{ INTERCOM_REGION: 'eu' }, 0, 'pass'],
  ])('with %j about a workspace in the EU', async (env, exitCode, status) => {
    const { origin } = await openSandbox({ region: 'EU' });
    const { code, verdicts } = await judge(origin, { env });
    expect([code, verdicts['api/region']]).toEqual([exitCode, status]);
  });

  test.each([
    ['403', 0, 'warn'],
    ['500', 3, 'error'],
    ['html', 3, 'error'],
    ['reset', 3, 'error'],
  ])('and meets %s', async (fault, exitCode, status) => {
    const { origin, call } = await openSandbox();
    await call('POST', '/sandbox/faults', { fault, path: '/me', times: 10 });
    const { code, verdicts } = await judge(origin);
    expect([code, verdicts['api/token']]).toEqual([exitCode, status]);
  });

  test('for the subscription, where the app still has that API', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const { origin } = await openSandbox({ version: '2.4' });
    const { subscriptions } = openApi(origin).api;
    await subscriptions.create({ url: receiver.url, topics: ['user.created'], hubSecret: new Secret('a-key') });
    const url = receiver.url.href;
    expect((await judge(origin, { url })).verdicts['api/subscription']).toBe('pass');
    expect((await judge(origin, { url, topics: ['contact.user.created'] })).verdicts['api/subscription']).toBe('pass');
    const lacking = await judge(origin, { url, topics: ['user.created', 'user.deleted'] });
    expect([lacking.code, lacking.verdicts['api/subscription']]).toEqual([1, 'fail']);
    expect(lacking.messages['api/subscription']).toContain('lacks user.deleted');
    expect((await judge(origin)).verdicts['api/subscription']).toBe('warn');
  });

  test('and cannot say, where it has not', async () => {
    const { origin } = await openSandbox({ hasSubscriptions: false });
    const { code, verdicts } = await judge(origin);
    expect([code, verdicts['api/subscription']]).toEqual([0, 'skip']);
  });

  test.each(['', 'YOUR_ACCESS_TOKEN'])('nothing with the token %j', async (token) => {
    const { origin, happenings } = await openSandbox();
    const { code, verdicts } = await judge(origin, { token });
    expect([code, new Set(Object.values(verdicts))]).toEqual([0, new Set(['skip'])]);
    expect(happenings).toEqual([]);
  });
});
