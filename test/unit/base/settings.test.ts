import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conflictWarning, webhookSecrets } from '../../../src/base/secret-sources.ts';
import { createSettings, ENV_FILE_KEYS, type EnvFile } from '../../../src/base/settings.ts';

const envFile = (values: Record<string, string>): EnvFile => ({
  path: '.env',
  values,
  lines: Object.fromEntries(Object.keys(values).map((key, at) => [key, at + 1])),
});
const KEY = 'INTERCOM_WEBHOOK_URL';

describe('precedence', () => {
  const everywhere = {
    environment: { [KEY]: 'from-environment' },
    envFile: envFile({ [KEY]: 'from-file' }),
    profile: { name: 'p', values: { url: 'from-profile' } },
  };
  test.each([
    ['flag', 'from-flag', everywhere, 'from-flag', '--url'],
    ['environment', undefined, everywhere, 'from-environment', `${KEY} in the environment`],
    ['env file', undefined, { ...everywhere, environment: {} }, 'from-file', `${KEY} in .env line 1`],
    ['profile', undefined, { environment: {}, profile: everywhere.profile }, 'from-profile', 'profile "p"'],
  ])('the %s wins over what stands below it', (_, flag, sources, value, where) => {
    expect(createSettings(sources).get('url', flag)).toMatchObject({ value, where });
  });

  test('an empty value counts as not set', () => {
    expect(
      createSettings({ environment: { [KEY]: '' }, envFile: envFile({ [KEY]: 'from-file' }) }).get('url')?.value,
    ).toBe('from-file');
  });

  test('defaults come last, and what has none is undefined', () => {
    const settings = createSettings({ environment: {} });
    expect(settings.get('timeout')).toMatchObject({ value: 5000, from: 'default' });
    expect(settings.get('url')).toBeUndefined();
  });
});

describe('the env file', () => {
  test('is read for INTERCOM_ keys only', () => {
    expect(ENV_FILE_KEYS.every((key) => key.startsWith('INTERCOM_'))).toBe(true);
    const settings = createSettings({
      environment: {},
      envFile: envFile({ PROPIQ_INTERCOM_HOST: '0.0.0.0', PROPIQ_INTERCOM_STORE: '/elsewhere' }),
    });
    expect(settings.get('host')?.value).toBe('127.0.0.1');
    expect(settings.get('store')).toBeUndefined();
  });

  test.each([
    ['https://api.intercom.io', true],
    ['https://api.eu.intercom.io', true],
    ['http://127.0.0.1:9000', true],
    ['http://[::1]:9000', true],
    ['https://evil.example', false],
    ['https://intercom.io.evil.example', false],
    ['https://evilintercom.io', false],
    ['http://api.intercom.io', false],
  ])('may name %s as the API base: %s', (base, isAllowed) => {
    const settings = createSettings({ environment: {}, envFile: envFile({ INTERCOM_API_BASE: base }) });
    if (isAllowed) expect(settings.get('apiBase')?.value.href).toBe(new URL(base).href);
    else expect(() => settings.get('apiBase')).toThrow(expect.objectContaining({ code: 'settings/invalid' }) as Error);
  });

  test('any https host may be named by a flag', () => {
    expect(createSettings({ environment: {} }).get('apiBase', 'https://proxy.example')?.value.hostname).toBe(
      'proxy.example',
    );
    expect(() => createSettings({ environment: {} }).get('apiBase', 'http://proxy.example')).toThrow(
      'not an https:// address',
    );
  });
});

test('a value that cannot be used names its place', () => {
  const settings = createSettings({
    environment: { PROPIQ_INTERCOM_PORT: 'http' },
    envFile: envFile({ INTERCOM_REGION: 'mars' }),
  });
  expect(() => settings.get('port')).toThrow('PROPIQ_INTERCOM_PORT in the environment');
  expect(() => settings.get('region')).toThrow('INTERCOM_REGION in .env line 1');
});

describe('webhookSecrets', () => {
  test('uses INTERCOM_WEBHOOK_SECRET, and warns when the alias says something else', () => {
    const secrets = webhookSecrets(
      createSettings({
        environment: { INTERCOM_CLIENT_SECRET: 'other-key' },
        envFile: envFile({ INTERCOM_WEBHOOK_SECRET: 'not-a-real-key' }),
      }),
    );
    expect(new TextDecoder().decode(secrets.current?.value.reveal())).toBe('not-a-real-key');
    expect(conflictWarning(secrets)).toContain('INTERCOM_CLIENT_SECRET in the environment');
    expect(conflictWarning(secrets)).not.toContain('other-key');
  });

  test('reads the alias, and says nothing when both agree or one stands in two places', () => {
    const alias = webhookSecrets(createSettings({ environment: { INTERCOM_CLIENT_SECRET: 'not-a-real-key' } }));
    expect(alias.current?.where).toContain('INTERCOM_CLIENT_SECRET');
    const agreeing = webhookSecrets(
      createSettings({ environment: { INTERCOM_CLIENT_SECRET: 'same-key', INTERCOM_WEBHOOK_SECRET: 'same-key' } }),
    );
    expect(conflictWarning(agreeing)).toBeUndefined();
    const overridden = webhookSecrets(
      createSettings({
        environment: { INTERCOM_WEBHOOK_SECRET: 'a-key' },
        envFile: envFile({ INTERCOM_WEBHOOK_SECRET: 'b-key' }),
      }),
    );
    expect(conflictWarning(overridden)).toBeUndefined();
  });

  test('never trims or decodes a secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        const { current } = webhookSecrets(createSettings({ environment: { INTERCOM_WEBHOOK_SECRET: text } }));
        expect(Buffer.from(current?.value.reveal() ?? []).equals(Buffer.from(text))).toBe(true);
      }),
    );
  });
});
