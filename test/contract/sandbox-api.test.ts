import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { isObject } from '../../src/base/json.ts';
import { headerValue } from '../../src/base/ports.ts';
import { Secret } from '../../src/base/secret.ts';
import { openApi, TOKEN } from '../support/api.ts';
import { failureOf } from '../support/http.ts';
import { send } from '../support/raw-http.ts';
import { bodyOf, openSandbox, scriptedReceiver } from '../support/sandbox.ts';
import { sign } from '../support/serve.ts';

const TOPIC = 'contact.user.created';
const OPENAPI = join(import.meta.dirname, '../fixtures/openapi/intercom-2.16.json');
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('uuid', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
ajv.addFormat('uri', (text) => URL.canParse(text));
// beside a $ref OpenAPI 3.0 ignores everything
const description = JSON.parse(readFileSync(OPENAPI, 'utf8'), (_, value: unknown) =>
  isObject(value) && '$ref' in value ? { $ref: value['$ref'] } : value,
) as { components: object; examples: Record<string, { value: { app: object } }> };
ajv.addSchema({ components: description.components }, 'openapi');

function expectOpenApi(value: unknown, schema: 'admin_with_app' | 'error'): void {
  const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`);
  expect(validate?.(value), JSON.stringify(validate?.errors)).toBe(true);
}

describe("answers against Intercom's own description", () => {
  test('GET /me', async () => {
    const { status, json } = await (await openSandbox()).call('GET', '/me');
    expect(status).toBe(200);
    expectOpenApi(json, 'admin_with_app');
    const example = description.examples['Successful response']?.value;
    expect(Object.keys(json).sort()).toEqual(Object.keys(example ?? {}).sort());
    expect(Object.keys(json['app'] as object).sort()).toEqual(Object.keys(example?.app ?? {}).sort());
  });

  test.each([
    ['GET', '/nowhere'],
    ['POST', '/subscriptions'],
    ['POST', '/me'],
  ])('a refusal of %s %s', async (method, path) => {
    const { status, json } = await (await openSandbox()).call(method, path);
    expect(status).toBeGreaterThanOrEqual(400);
    expectOpenApi(json, 'error');
  });

  test('a refusal without a token, and every kind of trouble on demand', async () => {
    const { origin, call } = await openSandbox();
    const refused = await fetch(`${origin}/me`);
    expect(refused.status).toBe(401);
    expectOpenApi(await refused.json(), 'error');
    for (const fault of ['401', '403', '404', '410', '422', '429', '500', '503']) {
      await call('POST', '/sandbox/faults', { fault });
      const { status, json } = await call('GET', '/me');
      expect(status).toBe(Number(fault));
      expectOpenApi(json, 'error');
    }
  });
});

describe('the client against the sandbox', () => {
  test('learns the workspace and the region', async () => {
    const { origin, sandbox } = await openSandbox({ region: 'EU' });
    const { app } = await openApi(origin).api.me();
    expect(app).toEqual({ idCode: sandbox.workspaceId, name: 'Sandbox (not Intercom)', region: 'EU' });
  });

  test.each([
    ['401', 'api/unauthorized', 4],
    ['403', 'api/forbidden', 4],
    ['404', 'api/not-found', 4],
    ['410', 'api/gone', 4],
    ['422', 'api/invalid', 4],
    ['429', 'api/rate-limited', 4],
    ['500', 'api/server-error', 4],
    ['503', 'api/server-error', 4],
    ['html', 'api/unexpected-answer', 4],
    ['truncated', 'api/unexpected-answer', 4],
    ['huge', 'api/unexpected-answer', 4],
    ['redirect', 'api/unexpected-answer', 4],
    ['reset', 'net/reset', 3],
    ['slow', 'net/no-answer', 3],
  ])('meets %s as %s', async (fault, code, exitCode) => {
    const { origin, call } = await openSandbox();
    await call('POST', '/sandbox/faults', { fault, times: 10, path: '/me', seconds: 60, scope: 'read_admins' });
    const failure = await failureOf(openApi(origin, { timeoutMs: fault === 'slow' ? 300 : 5000 }).api.me());
    expect([failure.code, failure.exitCode]).toEqual([code, exitCode]);
    expect(`${failure.message} ${failure.hint}`).not.toContain(TOKEN);
    if (fault === '403') expect(failure.what).toContain('lacks the scope read_admins');
  });

  test.each(['500', '503', 'reset', '429'])('gets over one %s', async (fault) => {
    const { origin, call } = await openSandbox();
    await call('POST', '/sandbox/faults', { fault });
    const { api, waits } = openApi(origin);
    expect((await api.me()).app).not.toBeNull();
    expect(waits).toHaveLength(1);
  });

  test('creates a subscription that is asked with HEAD, pinged and signed with its own key', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const under = await openSandbox();
    const { subscriptions } = openApi(under.origin).api;
    const made = await subscriptions.create({
      url: receiver.url,
      topics: [TOPIC],
      hubSecret: new Secret('a-key-of-its-own'),
    });
    expect(made).toMatchObject({ url: receiver.url.href, topics: [TOPIC, 'ping'], isActive: true });
    await under.sandbox.quiet();
    expect(receiver.received[0]?.method).toBe('HEAD');
    const [ping] = receiver.deliveries;
    expect(ping && bodyOf(ping)).toMatchObject({ topic: 'ping', id: null, app_id: under.sandbox.workspaceId });
    expect(headerValue(ping?.headers ?? [], 'x-hub-signature')).toBe(
      sign(ping?.body ?? '', 'sha1', 'a-key-of-its-own'),
    );
    expect(await subscriptions.list()).toEqual({ subscriptions: [made], isComplete: true });
    const changed = await subscriptions.update(made.id, { topics: ['contact.deleted'] });
    expect(changed.topics).toEqual(['contact.deleted', 'ping']);
    await subscriptions.ping(made.id);
    await under.sandbox.quiet();
    expect(receiver.deliveries).toHaveLength(2);
    await subscriptions.delete(made.id);
    expect((await subscriptions.list()).subscriptions).toEqual([]);
    expect((await failureOf(subscriptions.ping(made.id))).code).toBe('api/not-found');
    expect(under.sandbox.trigger('contact.deleted')).toBe(0);
  });

  test('without a key the deliveries are not signed', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const under = await openSandbox();
    await openApi(under.origin).api.subscriptions.create({ url: receiver.url, topics: [TOPIC] });
    await under.sandbox.quiet();
    expect(receiver.deliveries[0]?.headers.map(([name]) => name.toLowerCase())).not.toContain('x-hub-signature');
  });

  test.each([
    ['http://example.com/intercom/webhook', [TOPIC], /this computer only/],
    ['http://127.0.0.1:9/intercom/webhook', [TOPIC], /was not answered/],
    ['http://127.0.0.1:9/', ['user.created'], /called contact.user.created there/],
    ['http://127.0.0.1:9/', ['nonsense'], /is no topic/],
    ['http://127.0.0.1:9/', ['event.created'], /event_names/],
  ])('%s for %j is refused', async (url, topics, words) => {
    const { origin } = await openSandbox();
    const failure = await failureOf(openApi(origin).api.subscriptions.create({ url: new URL(url), topics }));
    expect(failure.code).toBe('api/invalid');
    expect(failure.message).toMatch(words);
  });

  test('finds no subscriptions where they are off, as today', async () => {
    const { origin } = await openSandbox({ hasSubscriptions: false });
    const { subscriptions } = openApi(origin).api;
    const asked = { url: new URL('http://127.0.0.1:9/'), topics: [TOPIC] };
    for (const call of [subscriptions.list(), subscriptions.create(asked), subscriptions.delete('nsub_1')])
      expect((await failureOf(call)).code).toBe('api/not-found');
  });

  test('waits when it asked too often', async () => {
    const { origin } = await openSandbox();
    const { api, waits } = openApi(origin);
    const failures = await Promise.all(
      Array.from({ length: 180 }, () =>
        api.me().then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    expect(waits.some(({ reason }) => reason === 'rate-limited')).toBe(true);
    expect(failures.filter((failure) => failure !== undefined).length).toBeGreaterThan(0);
  });
});

describe('the feeds', () => {
  test('tell of each attempt, without the signature', async () => {
    const receiver = await scriptedReceiver((_, at) => (at === 0 ? 200 : 401));
    const under = await openSandbox();
    const key = new Secret('a-key-of-its-own');
    const { id } = await openApi(under.origin).api.subscriptions.create({
      url: receiver.url,
      topics: [TOPIC],
      hubSecret: key,
    });
    await under.sandbox.quiet();
    under.sandbox.trigger(TOPIC);
    await under.sandbox.quiet();
    const sent = await under.call('GET', `/subscriptions/${id}/sent`);
    const errors = await under.call('GET', `/subscriptions/${id}/error`);
    expect((sent.json['notifications'] as unknown[]).length).toBe(3);
    expect(errors.json).toMatchObject({
      type: 'notification.list',
      notifications: [{ delivery_attempts: 2, http_request: { response_status_code: 401 } }, { delivery_attempts: 1 }],
    });
    expect(JSON.stringify(errors.json)).toContain('sha1=[masked]');
    expect(JSON.stringify([sent.json, errors.json])).not.toContain('a-key-of-its-own');
  });
});

describe('a stranger', () => {
  const head = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
  const bearer = `Authorization: Bearer ${TOKEN}`;

  test.each([
    ['without a token', ['GET /me HTTP/1.1', 'Host: 127.0.0.1'], 401],
    ['with a wrong token', ['GET /me HTTP/1.1', 'Host: 127.0.0.1', 'Authorization: Bearer wrong'], 401],
    ['with the token twice', ['GET /me HTTP/1.1', 'Host: 127.0.0.1', bearer, bearer], 401],
    ['with basic authentication', ['GET /me HTTP/1.1', 'Host: 127.0.0.1', `Authorization: Basic ${TOKEN}`], 401],
    ['at the control endpoint', ['POST /sandbox/trigger HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 0'], 401],
    ['behind a name that points here', ['GET /me HTTP/1.1', 'Host: rebind.example.com', bearer], 421],
    ['behind a name that looks like here', ['GET /me HTTP/1.1', 'Host: 127.0.0.1.example.com', bearer], 421],
    ['behind localhost of another', ['GET /me HTTP/1.1', 'Host: localhost.example.com:80', bearer], 421],
    ['with credentials in the host', ['GET /me HTTP/1.1', 'Host: x@127.0.0.1', bearer], 421],
    ['with an absolute target', ['GET http://rebind.example.com/me HTTP/1.1', 'Host: 127.0.0.1', bearer], 421],
    [
      'that is a page of another origin',
      ['OPTIONS /me HTTP/1.1', 'Host: 127.0.0.1', 'Origin: https://evil.example'],
      401,
    ],
  ])('%s is refused', async (_, lines, status) => {
    const { port } = await openSandbox();
    const answer = await send(port, head(lines));
    expect(answer.status).toBe(status);
    expect(answer.head.toLowerCase()).not.toContain('access-control-');
  });

  test.each(['127.0.0.1', '127.0.0.1:8010', 'localhost', 'LOCALHOST:1', '[::1]:8010'])(
    'that is none: Host %s',
    async (host) => {
      const { port } = await openSandbox();
      expect((await send(port, head(['GET /me HTTP/1.1', `Host: ${host}`, bearer]))).status).toBe(200);
    },
  );

  test('with a body beyond all measure gets 413, and the sandbox goes on', async () => {
    const { origin, call } = await openSandbox();
    const answer = await fetch(`${origin}/subscriptions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}` },
      body: 'x'.repeat(300 * 1024),
    });
    expect(answer.status).toBe(413);
    expect((await call('GET', '/me')).status).toBe(200);
  });

  test.each([
    '[]',
    '{',
    '"x"',
    '{"url":5,"topics":["ping"]}',
    '{"url":"http://127.0.0.1:9","topics":[{}]}',
    '{"topics":[]}',
  ])('with the token and %s gets an error of Intercom', async (body) => {
    const { origin } = await openSandbox();
    const answer = await fetch(`${origin}/subscriptions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}` },
      body,
    });
    expect([400, 422]).toContain(answer.status);
    expectOpenApi(await answer.json(), 'error');
  });
});

describe('the control endpoint', () => {
  test('saves the endpoint, makes things happen and tells all, as a person does in the Developer Hub', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const under = await openSandbox();
    const saved = await under.call('PUT', '/sandbox/hub', { url: receiver.url.href, topics: [TOPIC] });
    expect([saved.status, saved.json['via'], saved.json['signed']]).toEqual([200, 'hub', true]);
    expect((await under.call('POST', '/sandbox/trigger', { topic: TOPIC, count: 3 })).json).toEqual({
      topic: TOPIC,
      notifications: 3,
    });
    await under.sandbox.quiet();
    expect(headerValue(receiver.deliveries[0]?.headers ?? [], 'x-hub-signature')).toBe(
      sign(receiver.deliveries[0]?.body ?? ''),
    );
    const { json } = await under.call('GET', '/sandbox');
    expect(json).toMatchObject({
      good: true,
      created: 3,
      delivered: 3,
      subscriptions: [{ state: 'live', lane: 'fast' }],
    });
    // the app's endpoint is no subscription of the archived API
    expect((await under.call('GET', '/subscriptions')).json).toEqual({ type: 'list', items: [] });
    await under.call('DELETE', '/sandbox/hub');
    expect((await under.call('POST', '/sandbox/trigger', { topic: TOPIC })).json['notifications']).toBe(0);
  });

  test('keeps one endpoint, also where two are saved at once', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const { call } = await openSandbox();
    const save = (topic: string): Promise<unknown> =>
      call('PUT', '/sandbox/hub', { url: receiver.url.href, topics: [topic] });
    await Promise.all([save(TOPIC), save('contact.deleted')]);
    expect((await call('GET', '/sandbox')).json['subscriptions']).toHaveLength(1);
  });

  test.each([
    ['PUT', '/sandbox/hub', { url: 'http://example.com/', topics: [TOPIC] }],
    ['PUT', '/sandbox/hub', {}],
    ['POST', '/sandbox/trigger', { topic: 'nonsense' }],
    ['POST', '/sandbox/trigger', { topic: TOPIC, count: 1e9 }],
    ['POST', '/sandbox/trigger', {}],
    ['POST', '/sandbox/faults', { fault: '999' }],
    ['POST', '/sandbox/faults', { fault: '500', times: 1e9 }],
    ['POST', '/sandbox/faults', { fault: '403', scope: 'x"y' }],
  ])('refuses %s %s %j', async (method, path, body) => {
    const { status, json } = await (await openSandbox()).call(method, path, body);
    expect(status).toBe(422);
    expectOpenApi(json, 'error');
  });
});
