import { describe, expect, test } from 'vitest';
import { BUILT_IN_PROFILES, parseConfigFile, pickProfile } from '../../../src/base/profiles.ts';

const parse = (text: string): unknown => parseConfigFile(text, 'propiq-intercom.config.json');

describe('parseConfigFile', () => {
  test('reads profiles', () => {
    expect(parse('{"profiles":{"staging":{"url":"https://staging.example/x","topics":["ping"]}}}')).toEqual({
      staging: { url: 'https://staging.example/x', topics: ['ping'] },
    });
    expect(parse('\uFEFF{}')).toEqual({});
  });

  test.each([
    ['{"profiles":{\n  "a": {"url": 1,}\n}}', 'line 2, column 18'],
    ['[]', 'no object at the top'],
    ['{"profile":{}}', 'unknown field "profile"'],
    ['{"profiles":[]}', '"profiles" is not an object'],
    ['{"profiles":{"a":1}}', '"profiles.a" is not an object'],
    ['{"profiles":{"a":{"url":1}}}', '"profiles.a.url" is not a text'],
    ['{"profiles":{"a":{"topics":"ping"}}}', '"profiles.a.topics" is not a list of texts'],
    ['{"profiles":{"a":{"ulr":"x"}}}', 'unknown field "profiles.a.ulr"'],
    ['{"profiles":{"a":{"secret":"x"}}}', 'would keep a secret'],
  ])('refuses %s: %s', (text, why) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'settings/config-file', why: expect.stringContaining(why) as string }) as Error,
    );
  });
});

describe('pickProfile', () => {
  test("gives PropIQ's own two without any file", () => {
    expect(pickProfile('production', {}).url).toBe('https://luntra-outreach-app.azurewebsites.net/intercom/webhook');
    expect(pickProfile('custom-domain', {}).deploy).toBe('./deploy-azure.sh');
  });

  test('lets the file override field by field, and add', () => {
    const picked = pickProfile('production', { production: { url: 'https://other.example/x' } });
    expect(picked).toEqual({ ...BUILT_IN_PROFILES['production'], url: 'https://other.example/x' });
    expect(pickProfile('staging', { staging: { url: 'u' } })).toEqual({ url: 'u' });
  });

  test.each(['prodution', '__proto__', 'constructor', ''])('knows no profile %j', (name) => {
    expect(() => pickProfile(name, {})).toThrow(expect.objectContaining({ code: 'settings/unknown-profile' }) as Error);
  });
});
