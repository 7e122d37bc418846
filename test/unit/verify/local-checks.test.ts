import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { judgeSecretShape } from '../../../src/intercom/secret-shape.ts';
import { fileNotTracked } from '../../../src/verify/checks/env/file-not-tracked.ts';
import { secretPresent } from '../../../src/verify/checks/env/secret-present.ts';
import { secretShape } from '../../../src/verify/checks/env/secret-shape.ts';
import { tokenPresent } from '../../../src/verify/checks/env/token-present.ts';
import { connects } from '../../../src/verify/checks/tcp/connects.ts';
import { https } from '../../../src/verify/checks/url/https.ts';
import { path } from '../../../src/verify/checks/url/path.ts';
import { isPublic } from '../../../src/verify/checks/url/public.ts';
import type { AddressFact, EnvFileState } from '../../../src/verify/ports.ts';
import { targetOf } from '../../support/exchanges.ts';

const target = targetOf();

describe(tokenPresent.id, () => {
  test.each([
    [undefined, false, 'skip'],
    ['INTERCOM_ACCESS_TOKEN in .env line 1', true, 'skip'],
    ['INTERCOM_ACCESS_TOKEN in .env line 1', false, 'pass'],
  ] as const)('a token from %s, a placeholder: %s, is a %s', (where, isPlaceholder, status) => {
    expect(tokenPresent.judge({ where, isPlaceholder }, target).status).toBe(status);
  });
});

describe(secretPresent.id, () => {
  test.each([
    [undefined, undefined, true, 'warn'],
    [undefined, undefined, false, 'skip'],
    ['.env line 1', undefined, true, 'pass'],
    ['.env line 1', undefined, false, 'pass'],
    ['.env line 1', 'Two different secrets are set.', true, 'warn'],
  ] as const)('a secret from %s, conflict %s, signed probes wanted %s: %s', (where, conflict, wantsSigned, status) => {
    expect(secretPresent.judge({ where, conflict, wantsSigned }, target).status).toBe(status);
  });
});

describe(secretShape.id, () => {
  const judge = (value: string): ReturnType<typeof secretShape.judge> =>
    secretShape.judge({ where: '.env line 1', shape: judgeSecretShape(new Secret(value)) }, target);

  test.each([
    ['whsec_YOUR_SECRET_HERE', 'fail'],
    ['"in-quotes-as-a-panel-keeps-them"', 'fail'],
    [' spaced-around ', 'fail'],
    ['with-a-newline\n', 'fail'],
    ['Bearer not-a-real-token', 'fail'],
    [`dG9rO${'A'.repeat(30)}`, 'fail'],
    ['a-sound-one-of-no-known-shape', 'pass'],
    ['whsec_not-a-placeholder-though', 'pass'],
  ] as const)('%j is a %s', (value, status) => expect(judge(value).status).toBe(status));

  test('the guide’s prefix gets a note, and no secret is ever quoted', () => {
    expect(judge('whsec_not-a-placeholder-though').message).toContain("app's client secret");
    expect(JSON.stringify(judge('"not-to-be-quoted"'))).not.toContain('not-to-be-quoted');
  });

  test('without a secret there is nothing to judge', () => {
    expect(secretShape.judge(undefined, target).status).toBe('skip');
  });
});

describe(fileNotTracked.id, () => {
  const at = { path: 'propiq/.env' };
  test.each<[EnvFileState, string]>([
    [{ ...at, state: 'missing' }, 'skip'],
    [{ ...at, state: 'no-git' }, 'skip'],
    [{ ...at, state: 'no-repository' }, 'skip'],
    [{ ...at, state: 'unknown', why: 'dubious ownership' }, 'skip'],
    [{ ...at, state: 'known', isTracked: false, isIgnored: true }, 'pass'],
    [{ ...at, state: 'known', isTracked: false, isIgnored: false }, 'fail'],
    [{ ...at, state: 'known', isTracked: true, isIgnored: true }, 'fail'],
    [{ ...at, state: 'known', isTracked: true, isIgnored: false }, 'fail'],
  ])('%j is a %s', (state, status) => expect(fileNotTracked.judge(state, target).status).toBe(status));

  test('the remedy can be typed, whatever the file is called', () => {
    const odd = { path: "it's.env", state: 'known', isTracked: true, isIgnored: false } as const;
    expect(fileNotTracked.judge(odd, target).remedy).toContain(String.raw`git rm --cached 'it'\''s.env'`);
  });
});

describe('url checks', () => {
  test.each([
    ['https://propiq.example/intercom/webhook', 'pass', 'pass', 'pass'],
    ['http://propiq.example/intercom/webhook', 'fail', 'pass', 'pass'],
    ['https://propiq.example/', 'pass', 'fail', 'pass'],
    ['https://propiq.example//', 'pass', 'fail', 'pass'],
    ['https://propiq.example/?topic=ping', 'pass', 'fail', 'pass'],
    ['https://propiq.example/hooks', 'pass', 'pass', 'pass'],
    ['http://127.0.0.1:8000/hooks', 'skip', 'pass', 'warn'],
    ['http://localhost:8000/', 'skip', 'fail', 'warn'],
    ['https://[::1]/hooks', 'pass', 'pass', 'warn'],
    ['http://10.0.0.5/hooks', 'fail', 'pass', 'fail'],
    ['https://receiver.internal/hooks', 'pass', 'pass', 'fail'],
  ] as const)('%s: https %s, path %s, public %s', (url, ...statuses) => {
    const judged = targetOf({ url });
    const seen = { url: judged.url, reach: judged.reach, host: judged.url.hostname };
    expect(
      [https.judge(seen, judged), path.judge(judged.url, judged), isPublic.judge(seen, judged)].map(
        ({ status }) => status,
      ),
    ).toEqual(statuses);
  });

  test('a bare domain gets the exact URL to use', () => {
    const { url } = targetOf({ url: 'https://propiq.example:8443' });
    expect(path.judge(url, target).remedy).toBe('propiq-intercom verify https://propiq.example:8443/intercom/webhook');
  });
});

describe(connects.id, () => {
  const fact = (family: 4 | 6, outcome: AddressFact['outcome']): AddressFact => ({
    address: family === 4 ? '192.0.2.1:443' : '[2001:db8::1]:443',
    family,
    outcome,
    durationMs: 1,
  });
  test.each([
    [[fact(4, 'open')], 'pass'],
    [[fact(4, 'open'), fact(6, 'open')], 'pass'],
    [[fact(4, 'open'), fact(6, 'no-route')], 'pass'],
    [[fact(4, 'open'), fact(6, 'refused')], 'warn'],
    [[fact(4, 'open'), fact(6, 'timed-out')], 'warn'],
    [[fact(4, 'open'), fact(4, 'refused')], 'fail'],
    [[fact(4, 'refused'), fact(6, 'open')], 'fail'],
    [[fact(4, 'refused')], 'error'],
    [[fact(4, 'timed-out'), fact(6, 'no-route')], 'error'],
    [[fact(6, 'no-route')], 'error'],
  ] as const)('%j is a %s', (addresses, status) => {
    expect(connects.judge({ via: 'direct', addresses }, target).status).toBe(status);
  });

  test('a proxy connects by itself, and one family is enough on this computer', () => {
    expect(connects.judge({ via: 'proxy', proxy: 'http://proxy.example:3128' }, target).status).toBe('skip');
    const here = targetOf({ url: 'http://localhost:8000/hooks' });
    const addresses = [fact(4, 'open'), fact(6, 'refused')];
    expect(connects.judge({ via: 'direct', addresses }, here).status).toBe('pass');
    const other = [fact(4, 'refused'), fact(6, 'open')];
    expect(connects.judge({ via: 'direct', addresses: other }, here).status).toBe('pass');
  });
});
