import { describe, expect, test } from 'vitest';
import { headerValue } from '../../src/base/ports.ts';
import { Secret } from '../../src/base/secret.ts';
import { openApi, TOKEN } from '../support/api.ts';
import { failureOf } from '../support/http.ts';
import { reply, replying } from '../support/replies.ts';

const ME = { type: 'admin', id: '7', app: { type: 'app', id_code: 'x7k2p9qd', name: 'Acme', region: 'US' } };
const SUBSCRIPTION = {
  type: 'notification_subscription',
  id: 'nsub_1',
  url: 'http://127.0.0.1:9/intercom/webhook',
  topics: ['user.created', 'ping'],
};
const ASKED = { url: new URL(SUBSCRIPTION.url), topics: ['user.created'] };
const errors = (code: string, message: string | null = null): object => ({
  type: 'error.list',
  request_id: 'f93ecfa8-d08a-4325-8694-89aeb89c8f85',
  errors: [{ code, message }],
});

describe('what is sent', () => {
  test('is the token, the version that was asked for, and nothing that would be compressed', async () => {
    const { origin, received } = await replying(reply(200, ME));
    await openApi(`${origin}/base/`).api.me({ version: '2.14' });
    const [request] = received;
    expect([request?.method, request?.target]).toEqual(['GET', '/base/me']);
    expect(headerValue(request?.headers ?? [], 'authorization')).toBe(`Bearer ${TOKEN}`);
    expect(headerValue(request?.headers ?? [], 'intercom-version')).toBe('2.14');
    expect(headerValue(request?.headers ?? [], 'user-agent')).toBe('propiq-intercom/test');
    expect(headerValue(request?.headers ?? [], 'accept-encoding') ?? 'identity').toBe('identity');
  });

  test('without a version leaves it to the app', async () => {
    const { origin, received } = await replying(reply(200, ME));
    await openApi(origin).api.me();
    expect(headerValue(received[0]?.headers ?? [], 'intercom-version')).toBeUndefined();
  });

  test('to create a subscription has the URL, the topics and the key', async () => {
    const { origin, received } = await replying(reply(200, SUBSCRIPTION));
    const { api } = openApi(origin);
    await api.subscriptions.create({ ...ASKED, hubSecret: new Secret('not-a-real-key') });
    await api.subscriptions.update('nsub_1', { topics: ['user.deleted'] });
    await api.subscriptions.ping('nsub_1');
    await api.subscriptions.delete('nsub_1');
    expect(received.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'POST /subscriptions',
      'PUT /subscriptions/nsub_1',
      'POST /subscriptions/nsub_1/ping',
      'DELETE /subscriptions/nsub_1',
    ]);
    const [created, updated, pinged] = received.map(({ body }) => Buffer.from(body).toString());
    expect(JSON.parse(created ?? '')).toEqual({
      service_type: 'web',
      url: SUBSCRIPTION.url,
      topics: ['user.created'],
      hub_secret: 'not-a-real-key',
    });
    expect(JSON.parse(updated ?? '')).toEqual({ topics: ['user.deleted'] });
    expect(pinged).toBe('');
  });

  test.each(['', 'with space', 'line\nend', 'naïve'])('is never a token like %j', (token) =>
    expect(() => openApi('http://127.0.0.1:9', { token })).toThrow('The access token cannot be sent'),
  );
});

describe('an answer', () => {
  test.each([
    [
      401,
      errors('unauthorized', 'Access Token Invalid'),
      'api/unauthorized',
      /"Access Token Invalid" \(request id f93ecfa8/,
    ],
    [401, { type: 'error.list', errors: [{ type: 'token_revoked' }] }, 'api/unauthorized', /token_revoked/],
    [
      403,
      errors('forbidden', 'You do not have the required scope (read_conversations) to access this resource'),
      'api/forbidden',
      /lacks the scope read_conversations/,
    ],
    [403, errors('api_plan_restricted'), 'api/forbidden', /plan/],
    [403, '<html>blocked</html>', 'api/forbidden', /not Intercom's list of errors/],
    [404, errors('not_found', 'Resource Not Found'), 'api/not-found', /Resource Not Found/],
    [410, '', 'api/gone', /410/],
    [400, errors('intercom_version_invalid'), 'api/invalid', /does not know version/],
    [422, errors('parameter_invalid', 'url is not valid'), 'api/invalid', /url is not valid/],
    [405, '', 'api/invalid', /405/],
    [503, errors('service_unavailable'), 'api/server-error', /service_unavailable/],
    [302, '', 'api/unexpected-answer', /redirect/],
    [200, '<html>sign in</html>', 'api/unexpected-answer', /It is not JSON: 200, text\/html/],
    [200, { type: 'list', data: [] }, 'api/unexpected-answer', /It is not an admin/],
    [200, '', 'api/unexpected-answer', /It is not an admin/],
    [200, `"${'x'.repeat(1024 * 1024)}"`, 'api/unexpected-answer', /longer than 1 MB/],
    [204, '', 'api/unexpected-answer', /It is not an admin/],
  ])('%i %j is %s', async (status, body, code, words) => {
    const { origin } = await replying(
      reply(status, body, status === 302 ? { Location: 'https://evil.example/me' } : {}),
    );
    const failure = await failureOf(openApi(origin).api.me());
    expect([failure.code, failure.exitCode]).toEqual([code, 4]);
    expect(failure.message).toMatch(words);
    expect(failure.hint).not.toBe('');
  });

  test('that repeats the token or sends control characters has neither in the error', async () => {
    const { origin } = await replying(reply(401, errors('unauthorized', `\u001b[31mBearer ${TOKEN} is not known`)));
    const failure = await failureOf(openApi(origin).api.me());
    expect(failure.message).toContain('Bearer [secret] is not known');
    expect(`${failure.message}${failure.hint}${String(failure.stack)}`).not.toMatch(new RegExp(`${TOKEN}|\\u001b`));
  });

  test('that points elsewhere is not followed', async () => {
    const elsewhere = await replying(reply(200, ME));
    const { origin } = await replying(reply(307, '', { Location: `${elsewhere.origin}/me` }));
    expect((await failureOf(openApi(origin).api.me())).message).toContain('It was not followed');
    expect(elsewhere.received).toEqual([]);
  });
});

describe('a repetition', () => {
  test('comes after 5xx where it is safe, twice at most, and is told', async () => {
    const { origin, received } = await replying(reply(500, ''), reply(503, ''), reply(200, ME));
    const { api, waits } = openApi(origin);
    expect((await api.me()).app?.idCode).toBe('x7k2p9qd');
    expect(received).toHaveLength(3);
    expect(waits.map(({ reason, attempt }) => [reason, attempt])).toEqual([
      ['server-error', 2],
      ['server-error', 3],
    ]);
    expect(waits.every(({ ms }) => ms >= 500 && ms <= 2000)).toBe(true);
  });

  test.each(['create', 'ping'] as const)('of %s never comes after 5xx', async (call) => {
    const { origin, received } = await replying(reply(502, ''));
    const { subscriptions } = openApi(origin).api;
    const failure = await failureOf(call === 'create' ? subscriptions.create(ASKED) : subscriptions.ping('nsub_1'));
    expect([failure.code, received.length]).toEqual(['api/server-error', 1]);
  });

  test('of a removal that finds nothing any more has done it; one that found nothing at once has not', async () => {
    const { origin } = await replying(reply(500, ''), reply(404, errors('not_found')));
    await openApi(origin).api.subscriptions.delete('nsub_1');
    const nothing = await replying(reply(404, errors('not_found')));
    expect((await failureOf(openApi(nothing.origin).api.subscriptions.delete('nsub_1'))).code).toBe('api/not-found');
  });

  test.each([
    ['1768015707', 5000],
    ['1768015000', 1000],
    ['soon', 10_000],
    [undefined, 10_000],
  ])('after 429 with X-RateLimit-Reset %s waits as it says: %i ms', async (reset, ms) => {
    const headers = reset === undefined ? {} : { 'X-RateLimit-Reset': reset };
    const { origin } = await replying(reply(429, errors('rate_limit_exceeded'), headers), reply(200, SUBSCRIPTION));
    const { api, waits } = openApi(origin, { now: () => 1_768_015_702_000 });
    await api.subscriptions.create(ASKED); // it was refused, so it may be asked again
    expect(waits).toHaveLength(1);
    expect(waits[0]?.reason).toBe('rate-limited');
    expect(waits[0]?.ms).toBeGreaterThanOrEqual(ms);
    expect(waits[0]?.ms).toBeLessThanOrEqual(ms + 250);
  });

  test('after 429 does not come for ever, and not at all when the pause is too long', async () => {
    const { origin, received } = await replying(reply(429, errors('rate_limit_exceeded')));
    expect((await failureOf(openApi(origin).api.me())).code).toBe('api/rate-limited');
    expect(received).toHaveLength(3);
    const long = await replying(reply(429, '', { 'X-RateLimit-Reset': '1768019302' }));
    const failure = await failureOf(openApi(long.origin, { now: () => 1_768_015_702_000 }).api.me());
    expect([failure.code, long.received.length]).toEqual(['api/rate-limited', 1]);
    expect(failure.hint).toContain('Try again in 60 min');
  });
});

test('where nothing listens the trouble stays one of the network', async () => {
  const { origin } = await replying();
  const port = Number(new URL(origin).port);
  const failure = await failureOf(openApi(`http://127.0.0.1:${port === 9 ? 10 : 9}`).api.me());
  expect([failure.code, failure.exitCode]).toEqual(['net/refused', 3]);
  expect(failure.hint).toContain('propiq-intercom sandbox');
});
