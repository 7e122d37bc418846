import { describe, expect, test } from 'vitest';
import { headerValue } from '../../src/base/ports.ts';
import { failureOf } from '../support/http.ts';
import { bodyOf, openSandbox, type SandboxUnderTest, scriptedReceiver } from '../support/sandbox.ts';
import { sign } from '../support/serve.ts';

const TOPIC = 'contact.user.created';
const MINUTE = 60_000;

async function triggered({ sandbox }: SandboxUnderTest, count = 1): Promise<void> {
  for (let at = 0; at < count; at += 1) sandbox.trigger(TOPIC);
  await sandbox.quiet();
}

const changesOf = ({ happenings }: SandboxUnderTest): string[] =>
  happenings.flatMap((one) => (one.kind === 'change' ? [one.change] : []));

describe('a delivery', () => {
  test("has Intercom's headers and nothing else, its envelope, and a signature over the bytes", async () => {
    const receiver = await scriptedReceiver(() => 200);
    const under = await openSandbox();
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under);
    const [delivery] = receiver.deliveries;
    const names = delivery?.headers.map(([name]) => name.toLowerCase()).sort() ?? [];
    expect(names.filter((name) => !['host', 'connection', 'content-length'].includes(name))).toEqual([
      'accept',
      'content-type',
      'user-agent',
      'x-hub-signature',
    ]);
    expect(headerValue(delivery?.headers ?? [], 'user-agent')).toBe('intercom-parrot-service-client/1.0');
    expect(headerValue(delivery?.headers ?? [], 'x-hub-signature')).toBe(sign(delivery?.body ?? ''));
    const body = delivery ? bodyOf(delivery) : {};
    expect(Object.keys(body)).toEqual([
      'type',
      'app_id',
      'data',
      'links',
      'id',
      'topic',
      'delivery_status',
      'delivery_attempts',
      'delivered_at',
      'first_sent_at',
      'created_at',
      'self',
    ]);
    expect(body).toMatchObject({ topic: TOPIC, app_id: under.sandbox.workspaceId, delivery_attempts: 1 });
    expect(under.sandbox.verdict()).toMatchObject({ isGood: true, tally: { created: 1, delivered: 1, attempts: 1 } });
  });

  test('that fails comes once more with the same id, and counts its attempts', async () => {
    const receiver = await scriptedReceiver((_, at) => (at === 0 ? 500 : 200));
    const under = await openSandbox();
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under);
    const bodies = receiver.deliveries.map(bodyOf);
    expect(bodies.map((body) => body['delivery_attempts'])).toEqual([1, 2]);
    expect(bodies[1]?.['id']).toBe(bodies[0]?.['id']);
    expect(receiver.deliveries.map(({ headers }) => headerValue(headers, 'x-hub-signature'))).toEqual(
      receiver.deliveries.map(({ body }) => sign(body)),
    );
    const [first, second] = under.happenings.filter(({ kind }) => kind === 'delivery');
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(MINUTE);
    expect(under.sandbox.verdict().tally).toMatchObject({ created: 1, delivered: 1, retries: 1 });
  });

  test.each([301, 400, 401, 503])(
    'that is answered %i twice is lost, and there is no third attempt',
    async (status) => {
      const receiver = await scriptedReceiver(() => status);
      const under = await openSandbox();
      await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
      await triggered(under);
      expect(receiver.deliveries).toHaveLength(2);
      const { isGood, tally, findings } = under.sandbox.verdict();
      expect([isGood, tally.lost]).toEqual([false, 1]);
      expect(findings.join()).toContain('1 notification lost');
    },
  );

  test('that is not answered in time, or breaks off, has no answer', async () => {
    const receiver = await scriptedReceiver((_, at) =>
      at === 0 ? new Promise(() => undefined) : { status: 200, headers: [], body: '', breaksOff: true },
    );
    const under = await openSandbox({ answerTimeoutMs: 200 });
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under);
    const errors = under.happenings.flatMap((one) => (one.kind === 'delivery' ? [one.error?.code] : []));
    expect(errors).toEqual(['net/no-answer', 'net/reset']);
    expect(under.sandbox.verdict().tally).toMatchObject({ lost: 1, answers: { none: 2 }, slow: 2 });
  });

  test('that is answered after more than 500 ms costs the fast lane', async () => {
    const receiver = await scriptedReceiver(async (_, at) => {
      if (at === 0) await new Promise((done) => setTimeout(done, 550));
      return { status: 200, headers: [], body: '' };
    });
    const under = await openSandbox();
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under);
    expect(changesOf(under)).toEqual(['slow-lane']);
    expect(under.sandbox.verdict()).toMatchObject({ isGood: true, tally: { slow: 1 } });
  });
});

describe('a receiver that answers', () => {
  test('410 gets nothing any more, until it is set live', async () => {
    const receiver = await scriptedReceiver((_, at) => (at === 0 ? 410 : 200));
    const under = await openSandbox();
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under);
    await triggered(under, 3);
    expect(receiver.deliveries).toHaveLength(1);
    const { isGood, tally, findings } = under.sandbox.verdict();
    expect([isGood, tally.created, tally.dropped]).toEqual([false, 4, { disabled: 4 }]);
    expect(findings[0]).toMatch(/^Intercom would have disabled the subscription at minute \d+: it was answered 410/);
    expect((await under.call('POST', '/sandbox/set-live')).status).toBe(200);
    await triggered(under);
    expect(receiver.deliveries).toHaveLength(2);
    expect(changesOf(under)).toEqual(['disabled', 'set-live']);
  });

  test('429 gets all later, and once it recovered in the usual way', async () => {
    const receiver = await scriptedReceiver((_, at) => (at < 2 ? 429 : 200));
    const under = await openSandbox({ timeScale: 6000 });
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under);
    const times = under.happenings.flatMap((one) => (one.kind === 'delivery' ? [one.at] : []));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(MINUTE);
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(under.sandbox.verdict().tally).toMatchObject({ created: 1, delivered: 1, lost: 0, dropped: {} });
    expect(changesOf(under)).toEqual(['throttled', 'throttled']);
  });

  test('with more than 1000 errors in a row is paused, and what falls due meanwhile is dropped', async () => {
    const receiver = await scriptedReceiver(() => 401);
    const under = await openSandbox({ timeScale: 100 });
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    for (let at = 0; at < 1400; at += 1) under.sandbox.trigger(TOPIC);
    await under.sandbox.quiet();
    const { isGood, tally, findings } = under.sandbox.verdict();
    expect([isGood, changesOf(under)]).toEqual([false, ['paused']]);
    expect(receiver.deliveries.length).toBeGreaterThanOrEqual(1001);
    expect(receiver.deliveries.length).toBeLessThanOrEqual(1017); // those under way
    expect(tally.dropped.paused).toBe(1400);
    expect(findings[0]).toMatch(/^Intercom would have paused you at minute \d+: more than 1000 errors in a row/);
  });

  test('errors for more than seven days is suspended', async () => {
    const receiver = await scriptedReceiver(() => 500);
    const under = await openSandbox({ timeScale: 10_000_000 });
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under);
    await under.sandbox.pace.sleepUntil(under.sandbox.pace.now() + 8 * 24 * 60 * MINUTE, new AbortController().signal);
    await triggered(under, 2);
    expect(changesOf(under)).toContain('suspended');
    expect(under.sandbox.verdict().findings[0]).toMatch(
      /^Intercom would have suspended the webhooks on day \d+ \(minute \d+\)/,
    );
  });
});

describe('disorder', () => {
  test('sends what was delivered again, with the same id', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const under = await openSandbox({ duplicates: 1, seed: 'chaos' });
    await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
    await triggered(under, 5);
    const ids = receiver.deliveries.map((delivery) => bodyOf(delivery)['id']);
    expect([ids.length, new Set(ids).size]).toEqual([10, 5]);
    expect(under.sandbox.verdict().tally).toMatchObject({ created: 5, delivered: 5, duplicates: 5, retries: 0 });
  });

  test('lets notifications overtake each other', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const under = await openSandbox({ reorders: true, seed: 'chaos', timeScale: 100 });
    await under.sandbox.saveEndpoint(receiver.url, ['contact.user.created', 'contact.deleted']);
    for (let at = 0; at < 20; at += 1) under.sandbox.trigger(at < 10 ? 'contact.user.created' : 'contact.deleted');
    await under.sandbox.quiet();
    const topics = receiver.deliveries.map((delivery) => bodyOf(delivery)['topic']);
    expect(topics.slice(0, 10)).toContain('contact.deleted');
    expect(topics.filter((topic) => topic === 'contact.deleted')).toHaveLength(10);
  });

  test('and everything else that is made up repeats with a seed', async () => {
    const made = async (): Promise<unknown[]> => {
      const receiver = await scriptedReceiver(() => 200);
      const under = await openSandbox({ seed: 'same' });
      await under.sandbox.saveEndpoint(receiver.url, [TOPIC]);
      await triggered(under);
      await triggered(under);
      return [under.sandbox.workspaceId, ...receiver.deliveries.map((delivery) => bodyOf(delivery)['id'])];
    };
    expect(await made()).toEqual(await made());
  });
});

describe('an endpoint', () => {
  test('is saved only when HEAD is answered with 2xx', async () => {
    const { sandbox } = await openSandbox();
    const receiver = await scriptedReceiver(() => 200);
    await sandbox.saveEndpoint(receiver.url, [TOPIC]);
    expect(receiver.received.map(({ method }) => method)).toEqual(['HEAD']);
    const refusing = new URL(`${(await openSandbox()).origin}/elsewhere`); // answers 401
    const failure = await failureOf(sandbox.saveEndpoint(refusing, [TOPIC]));
    expect([failure.code, failure.exitCode]).toEqual(['sandbox/endpoint-refused', 1]);
    expect(failure.why).toContain('was answered 401');
  });

  test.each([
    'http://example.com/intercom/webhook',
    'http://10.0.0.1/',
    'http://[::ffff:10.0.0.1]/',
    'http://127.0.0.1.example.com/',
    'http://evil.localhost/',
    'http://user:pass@127.0.0.1/',
    'ftp://127.0.0.1/',
  ])('is never %s', async (url) => {
    const { sandbox, happenings } = await openSandbox();
    expect((await failureOf(sandbox.saveEndpoint(new URL(url), [TOPIC]))).code).toBe('sandbox/endpoint-refused');
    expect(happenings).toEqual([]); // not even HEAD was sent
  });

  test('gets its own topics only, and the newest list counts', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const { sandbox } = await openSandbox();
    await sandbox.saveEndpoint(receiver.url, [TOPIC]);
    expect([sandbox.trigger('contact.deleted'), sandbox.trigger(TOPIC)]).toEqual([0, 1]);
    await sandbox.saveEndpoint(receiver.url, ['contact.deleted']);
    expect([sandbox.trigger('contact.deleted'), sandbox.trigger(TOPIC), sandbox.trigger('ping')]).toEqual([1, 0, 1]);
    expect(() => sandbox.trigger('user.created.by.nobody')).toThrow('There is no topic');
  });

  test('under an old version has the old names', async () => {
    const receiver = await scriptedReceiver(() => 200);
    const { sandbox } = await openSandbox({ version: '2.4' });
    await sandbox.saveEndpoint(receiver.url, ['user.created']);
    expect(sandbox.trigger('user.created')).toBe(1);
    expect((await failureOf(sandbox.saveEndpoint(receiver.url, [TOPIC]))).why).toContain(
      'is no topic of API version 2.4',
    );
  });
});
