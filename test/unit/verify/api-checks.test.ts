import { describe, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/base/errors.ts';
import type { Resolved } from '../../../src/base/settings.ts';
import type { Me, Subscription, SubscriptionList } from '../../../src/intercom/api-answers.ts';
import type { Region } from '../../../src/intercom/regions.ts';
import { region } from '../../../src/verify/checks/api/region.ts';
import { subscription } from '../../../src/verify/checks/api/subscription.ts';
import { token } from '../../../src/verify/checks/api/token.ts';
import { targetOf } from '../../support/exchanges.ts';

const target = targetOf();
const me = (region: string | null): Me => ({ adminId: '7', app: { idCode: 'x7k2p9qd', name: 'Acme', region } });
const error = (code: ErrorCode): AppError => new AppError(code, { what: 'What', why: 'Why.', hint: 'Hint.' });

describe(token.id, () => {
  test.each<[Me | AppError | undefined, string]>([
    [undefined, 'skip'],
    [me('US'), 'pass'],
    [{ adminId: '7', app: null }, 'pass'],
    [error('api/unauthorized'), 'fail'],
    [error('settings/secret-unusable'), 'fail'],
    [error('api/forbidden'), 'warn'],
    [error('api/rate-limited'), 'error'],
    [error('api/server-error'), 'error'],
    [error('api/unexpected-answer'), 'error'],
    [error('api/not-found'), 'error'],
    [error('net/dns'), 'error'],
  ])('%o is a %s', (answer, status) =>
    expect(token.judge({ place: 'INTERCOM_ACCESS_TOKEN in .env line 1', me: answer }, target).status).toBe(status),
  );
});

describe(region.id, () => {
  const set = (value: Region, from: Resolved<Region>['from'] = 'env-file'): Resolved<Region> => ({
    value,
    from,
    where: 'INTERCOM_REGION in .env line 2',
  });
  test.each<[Resolved<Region> | undefined, Me | AppError | undefined, string]>([
    [undefined, undefined, 'skip'],
    [set('us'), me('US'), 'pass'],
    [set('eu'), me('eu'), 'pass'],
    [set('us', 'default'), me('EU'), 'warn'],
    [set('us'), me('EU'), 'fail'],
    [set('au'), me('US'), 'fail'],
    [set('us'), me('Mars'), 'skip'],
    [set('us'), me(null), 'skip'],
    [set('us'), { adminId: '7', app: null }, 'skip'],
    [set('us'), error('api/forbidden'), 'skip'],
  ])('%j set, %j told: %s', (given, told, status) =>
    expect(region.judge({ set: given, me: told }, target).status).toBe(status),
  );
});

describe(subscription.id, () => {
  const own = (changed: Partial<Subscription> = {}): Subscription => ({
    id: 'nsub_1',
    url: target.url.href,
    topics: ['user.created', 'ping'],
    isActive: true,
    ...changed,
  });
  const list = (...subscriptions: Subscription[]): SubscriptionList => ({ subscriptions, isComplete: true });
  const other = own({ url: 'https://other.example/' });

  test.each<[readonly string[], SubscriptionList | AppError | undefined, string]>([
    [[], undefined, 'skip'],
    [[], error('api/not-found'), 'skip'],
    [[], error('api/gone'), 'skip'],
    [[], error('api/forbidden'), 'skip'],
    [[], error('api/unexpected-answer'), 'skip'],
    [[], error('api/server-error'), 'error'],
    [[], error('net/timeout'), 'error'],
    [[], list(), 'skip'],
    [[], list(other), 'warn'],
    [[], { ...list(other), isComplete: false }, 'skip'],
    [[], list(own()), 'pass'],
    [[], list(own({ isActive: undefined })), 'pass'],
    [[], list(own({ isActive: false })), 'fail'],
    [[], list(own({ isActive: false }), own()), 'pass'],
    [['user.created'], list(own()), 'pass'],
    [['contact.user.created'], list(own()), 'pass'],
    [['user.deleted'], list(own()), 'fail'],
    [['user.deleted'], list(own(), own({ topics: ['user.deleted'] })), 'pass'],
    [['user.deleted'], list(own({ topics: ['user'] })), 'pass'],
    [['user.deleted'], list(own({ topics: ['all'] })), 'pass'],
    [['conversation.user.created'], list(own({ topics: ['conv'] })), 'fail'],
  ])('%j wanted, %j told: %s', (wanted, told, status) =>
    expect(subscription.judge({ wanted, list: told }, target).status).toBe(status),
  );
});
