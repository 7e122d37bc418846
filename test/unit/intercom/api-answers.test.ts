import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseErrorList,
  parseMe,
  parseSubscription,
  parseSubscriptionList,
} from '../../../src/intercom/api-answers.ts';
import { apiBase, parseRegion, regionOfBase } from '../../../src/intercom/regions.ts';

const APP = { type: 'app', id_code: 'x7k2p9qd', name: 'Acme', region: 'US' };
const SUBSCRIPTION = {
  type: 'notification_subscription',
  id: 'nsub_6cb6a4a6-3d1c-4ff4-9d3f-0f1f4f3a2b1c',
  url: 'https://propiq.example/intercom/webhook',
  topics: ['user.created', 'ping'],
};
const PARSED = { id: SUBSCRIPTION.id, url: SUBSCRIPTION.url, topics: SUBSCRIPTION.topics, isActive: undefined };

describe('GET /me', () => {
  test.each([
    [
      { type: 'admin', id: '7', app: APP },
      { adminId: '7', app: { idCode: 'x7k2p9qd', name: 'Acme', region: 'US' } },
    ],
    [
      { type: 'admin', id: 7, app: null },
      { adminId: '7', app: null },
    ],
    [
      { type: 'admin', id: '7' },
      { adminId: '7', app: null },
    ],
    [
      { type: 'admin', id: '7', app: { id_code: 'x7k2p9qd' } },
      { adminId: '7', app: { idCode: 'x7k2p9qd', name: null, region: null } },
    ],
    [{ type: 'team', id: '7', app: APP }, undefined],
    [{ type: 'admin', app: APP }, undefined],
    [{ type: 'admin', id: '', app: APP }, undefined],
    [{ type: 'admin', id: '7', app: { name: 'Acme' } }, undefined],
    [{ type: 'admin', id: '7', app: 'x7k2p9qd' }, undefined],
    [[], undefined],
    [null, undefined],
  ])('%j is read as %j', (value, expected) => expect(parseMe(value)).toEqual(expected));
});

describe('a subscription', () => {
  test.each([
    [SUBSCRIPTION, PARSED],
    [
      { ...SUBSCRIPTION, active: true },
      { ...PARSED, isActive: true },
    ],
    [{ request: SUBSCRIPTION }, PARSED],
    [{ ...SUBSCRIPTION, type: 'subscription' }, undefined],
    [{ ...SUBSCRIPTION, id: '../me' }, undefined],
    [{ ...SUBSCRIPTION, id: '' }, undefined],
    [{ ...SUBSCRIPTION, url: null }, undefined],
    [{ ...SUBSCRIPTION, topics: 'user.created' }, undefined],
    [{ ...SUBSCRIPTION, topics: [1] }, undefined],
    [{ type: 'list', data: [SUBSCRIPTION] }, undefined],
    [{}, undefined],
  ])('%j is read as %j', (value, expected) => expect(parseSubscription(value)).toEqual(expected));
});

describe('a list of subscriptions', () => {
  test.each([
    [
      { type: 'list', items: [SUBSCRIPTION] },
      { subscriptions: [PARSED], isComplete: true },
    ],
    [{ subscriptions: [] }, { subscriptions: [], isComplete: true }],
    [
      { data: [SUBSCRIPTION], pages: { next: null } },
      { subscriptions: [PARSED], isComplete: true },
    ],
    [
      { data: [SUBSCRIPTION], pages: { next: 'https://evil.example/' } },
      { subscriptions: [PARSED], isComplete: false },
    ],
    // e-mail consent has nothing to do with webhooks, and the same word: /subscription_types
    [{ type: 'list', data: [{ type: 'subscription', id: '37846', state: 'live' }] }, undefined],
    [{ items: [], data: [] }, undefined],
    [{}, undefined],
    [[SUBSCRIPTION], undefined],
  ])('%j is read as %j', (value, expected) => expect(parseSubscriptionList(value)).toEqual(expected));
});

describe('a list of errors', () => {
  test.each([
    [
      { type: 'error.list', request_id: 'r1', errors: [{ code: 'unauthorized', message: 'Access Token Invalid' }] },
      { requestId: 'r1', faults: [{ code: 'unauthorized', message: 'Access Token Invalid', field: null }] },
    ],
    [
      { type: 'error.list', request_id: null, errors: [{ type: 'not_found', message: null, field: 'url' }] },
      { requestId: null, faults: [{ code: 'not_found', message: null, field: 'url' }] },
    ],
    [
      { type: 'error.list', errors: [7, { message: 'no code' }] },
      { requestId: null, faults: [] },
    ],
    [{ errors: [{ code: 'unauthorized' }] }, undefined],
    [{ type: 'error.list', errors: {} }, undefined],
  ])('%j is read as %j', (value, expected) => expect(parseErrorList(value)).toEqual(expected));
});

test('no answer, however odd, makes a parser throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const parse of [parseMe, parseSubscription, parseSubscriptionList, parseErrorList])
        expect(() => parse(value)).not.toThrow();
    }),
  );
});

describe('regions', () => {
  test.each([
    ['US', 'us'],
    ['eu', 'eu'],
    ['Au', 'au'],
    ['Europe', undefined],
    ['constructor', undefined],
    [null, undefined],
  ])('%j in an answer is %j', (text, expected) => expect(parseRegion(text)).toBe(expected));

  test('have an address each, and one that is named goes before it', () => {
    expect(apiBase('eu').href).toBe('https://api.eu.intercom.io/');
    expect(apiBase('eu', new URL('http://127.0.0.1:8010')).origin).toBe('http://127.0.0.1:8010');
    expect(regionOfBase(new URL('https://api.eu.intercom.io'))).toBe('eu');
    expect(regionOfBase(new URL('https://api.intercom.io.evil.example'))).toBeUndefined();
  });
});
