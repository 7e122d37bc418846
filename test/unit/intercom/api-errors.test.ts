import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { type AboutCall, explainAnswer, explainUnreached } from '../../../src/intercom/api-errors.ts';
import { exchange } from '../../support/exchanges.ts';

const about = (base: string): AboutCall => ({
  method: 'GET',
  path: '/me',
  base: new URL(base),
  version: undefined,
  redact: (text) => text,
});
const list = { requestId: null, faults: [{ code: 'unauthorized', message: 'Access Token Invalid', field: null }] };

describe('401', () => {
  test.each([
    ['https://api.intercom.io', /hosted in another region, name it: INTERCOM_REGION=eu or INTERCOM_REGION=au\.$/],
    ['https://api.eu.intercom.io', /INTERCOM_REGION=us or INTERCOM_REGION=au\.$/],
    ['https://api.example.com', /into INTERCOM_ACCESS_TOKEN\.$/],
  ])('of %s names the other regions where it is one of them', (base, words) => {
    const { code, hint } = explainAnswer(exchange(401), { ...about(base), resetMs: 0, list });
    expect(code).toBe('api/unauthorized');
    expect(hint).toMatch(words);
  });

  test('of an app that is suspended says so', () => {
    const suspended = { requestId: null, faults: [{ code: 'token_suspended', message: null, field: null }] };
    const { what } = explainAnswer(exchange(401), { ...about('https://api.intercom.io'), resetMs: 0, list: suspended });
    expect(what).toContain('has suspended the app');
  });
});

describe('no answer', () => {
  const refused = new AppError('net/refused', { what: 'Cannot connect', why: 'Refused.', hint: 'Start the receiver.' });
  const unknown = new AppError('net/dns', { what: 'Cannot find it', why: 'No address.', hint: 'nslookup it' });
  test.each([
    [refused, 'http://127.0.0.1:8010', /propiq-intercom sandbox/],
    [refused, 'https://api.intercom.io', /INTERCOM_API_BASE/],
    [unknown, 'https://api.intercom.io', /^nslookup it$/],
  ])('%o from %s is no word about a receiver', (error, base, words) => {
    const told = explainUnreached(error, about(base));
    expect([told.code, told.exitCode]).toEqual([error.code, 3]);
    expect(told.what).toContain("Intercom's API did not answer GET /me");
    expect(told.hint).toMatch(words);
    expect(told.hint).not.toContain('receiver');
  });
});

test.each([
  [
    'You do not have the required scope (read_conversations) to access this resource',
    'lacks the scope read_conversations',
  ],
  ['You do not have the required scopes (read_admins, write_admins) here', 'lacks the scope read_admins, write_admins'],
  ['You may not', 'is valid, but may not GET /me'],
  [null, 'is valid, but may not GET /me'],
])('403 with %j: %s', (message, words) => {
  const faults = [{ code: 'forbidden', message, field: null }];
  const answer = { ...about('https://api.intercom.io'), resetMs: 0, list: { requestId: null, faults } };
  expect(explainAnswer(exchange(403), answer).what).toContain(words);
});
