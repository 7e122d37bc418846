import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Finished, runCli, temporaryFolder } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';

const KEY = 'not-a-real-key';
const BODY = '{"type":"notification_event","topic":"ping","links":{},"id":null}';
const sha1 = (key: string, body: string): string => `sha1=${createHmac('sha1', key).update(body).digest('hex')}`;
const explain = (
  header: string,
  body = BODY,
  env: Record<string, string> = { INTERCOM_WEBHOOK_SECRET: KEY },
): Promise<Finished> => runCli(['signature', 'explain', '--header', header, '--json'], { env, input: body });
const told = ({ stdout }: Finished): Record<string, unknown> => expectValid(stdout, 'signature-explain');
const idsOf = (finished: Finished): readonly string[] =>
  (told(finished)['faults'] as { id: string }[]).map(({ id }) => id);

describe('signature explain', () => {
  test('exit code 0 for a signature that is right as it stands', async () => {
    const finished = await explain(sha1(KEY, BODY));
    expect(finished.code).toBe(0);
    expect(told(finished)).toMatchObject({ ok: true, match: true, found: true, faults: [], difference: null });
  });

  test('names the fault and the first byte that differs', async () => {
    const pretty = JSON.stringify(JSON.parse(BODY), null, 2);
    const finished = await explain(sha1(KEY, pretty));
    expect(finished.code).toBe(1);
    expect(idsOf(finished)).toEqual(['body-pretty']);
    expect(told(finished)).toMatchObject({
      found: true,
      algorithm: 'sha1',
      difference: {
        offset: 1,
        line: 1,
        column: 2,
        given: { byte: '22', bytes: BODY.length },
        signed: { byte: '0a', bytes: pretty.length },
      },
    });
  });

  test('says none of how many where nothing yields the header', async () => {
    const finished = await explain(`sha1=${'0'.repeat(40)}`);
    expect(finished.code).toBe(1);
    expect(told(finished)).toMatchObject({ found: false, faults: [], difference: null });
    expect(told(finished)['tried']).toBeGreaterThan(500);
  });

  test('tries the access token, the previous secret, the alias and the secrets of profiles', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'propiq-intercom.config.json'),
      JSON.stringify({
        profiles: {
          staging: { url: 'https://staging.example.com/x', envFile: 'staging.env' },
          broken: { envFile: 'missing.env' },
        },
      }),
    );
    writeFileSync(join(cwd, 'staging.env'), 'INTERCOM_WEBHOOK_SECRET=the-one-of-staging\n');
    writeFileSync(
      join(cwd, '.env'),
      `INTERCOM_WEBHOOK_SECRET=${KEY}\nINTERCOM_ACCESS_TOKEN=made-up-token\nINTERCOM_WEBHOOK_SECRET_PREVIOUS=the-one-before\nINTERCOM_CLIENT_SECRET=the-other-one\nINTERCOM_APP_ID=x7k2p9qd\n`,
    );
    const named = async (key: string): Promise<readonly string[]> =>
      idsOf(await runCli(['signature', 'explain', '--header', sha1(key, BODY), '--json'], { cwd, input: BODY }));
    expect(await named('made-up-token')).toEqual(['key-access-token']);
    expect(await named('the-one-before')).toEqual(['key-previous-secret']);
    expect(await named('the-other-one')).toEqual(['key-other-secret']);
    expect(await named('x7k2p9qd')).toEqual(['key-app-id']);
    expect(await named('the-one-of-staging')).toEqual(['key-other-profile']);
  });

  test('shows no secret and no key that it tried, whatever it says', async () => {
    const { stdout, stderr } = await runCli(['signature', 'explain', '--header', sha1(`"${KEY}"`, BODY)], {
      env: { INTERCOM_WEBHOOK_SECRET: KEY },
      input: BODY,
    });
    expect(stdout).toContain('secret-quoted');
    expect(stdout + stderr).not.toContain(KEY);
  });

  test('shows what a body holds without letting it act on the terminal', async () => {
    const body = '{"a":"\u001b[2J\u202e"}';
    const { stdout } = await runCli(['signature', 'explain', '--header', sha1(KEY, `${body}\n`)], {
      env: { INTERCOM_WEBHOOK_SECRET: KEY },
      input: body,
    });
    expect(stdout).toContain('body-final-newline');
    expect(Array.from(stdout).filter((char) => /[\p{Cc}\p{Bidi_Control}]/u.test(char) && char !== '\n')).toEqual([]);
  });

  const CAPTURES: readonly (readonly [name: string, capture: string])[] = [
    [
      'what events show --json prints',
      JSON.stringify({
        schema: 'x',
        event: {
          headers: [['X-Hub-Signature', sha1(KEY, BODY)]],
          encoding: 'base64',
          body: Buffer.from(BODY).toString('base64'),
        },
      }),
    ],
    [
      'an event of an API gateway',
      JSON.stringify({
        headers: { 'x-hub-signature': sha1(KEY, BODY) },
        body: Buffer.from(BODY).toString('base64'),
        isBase64Encoded: true,
      }),
    ],
    [
      'an HTTP request',
      `POST /intercom/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: ${BODY.length}\r\nX-Hub-Signature: ${sha1(KEY, BODY)}\r\n\r\n${BODY}\n`,
    ],
    [
      'an HTTP request in chunks',
      `POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-Hub-Signature: ${sha1(KEY, BODY)}\r\n\r\n5\r\n${BODY.slice(0, 5)}\r\n${(BODY.length - 5).toString(16)}\r\n${BODY.slice(5)}\r\n0\r\n\r\n`,
    ],
  ];
  test.each(CAPTURES)('reads a delivery from %s', async (_, capture) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'capture'), capture);
    const finished = await runCli(['signature', 'explain', '--delivery', '@capture', '--json', '--secret-stdin'], {
      cwd,
      input: KEY,
    });
    expect(told(finished)).toMatchObject({ match: true, bytes: BODY.length });
  });

  test('a capture that holds the parsed body is told as such', async () => {
    const capture = JSON.stringify({
      headers: { 'X-Hub-Signature': sha1(KEY, JSON.stringify(JSON.parse(BODY), null, 2)) },
      body: JSON.parse(BODY) as object,
    });
    const finished = await runCli(['signature', 'explain', '--delivery', '-', '--json'], {
      env: { INTERCOM_WEBHOOK_SECRET: KEY },
      input: capture,
    });
    expect(idsOf(finished)).toEqual(['body-pretty']);
    expect(told(finished)['notes']).toContainEqual(expect.stringContaining('parsed body'));
  });

  test.each([
    [['--body', '@notification.json'], 'usage/missing-input'],
    [['--delivery', '-', '--body', '@x'], 'usage/conflict'],
    [['--delivery', '-'], 'usage/invalid-value'],
  ])('%j is a usage error', async (args, code) => {
    const finished = await runCli(['signature', 'explain', ...args, '--json'], {
      env: { INTERCOM_WEBHOOK_SECRET: KEY },
      input: 'neither one nor the other',
    });
    expect(finished.code).toBe(2);
    expect(told(finished)).toMatchObject({ error: { code } });
  });
});
