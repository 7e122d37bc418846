import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { Secret } from '../../../src/base/secret.ts';
import { signNotification } from '../../../src/intercom/signature.ts';
import type { ReceivedRequest } from '../../../src/base/application.ts';
import { createKeyring } from '../../../src/receive/keyring.ts';
import type { Answer, Receiver } from '../../../src/receive/receive.ts';
import { KEY, PATH, PING, receiver, recordingInbox, request, signed, stoppedClock } from '../../support/receiver.ts';

const ADDED = { outcome: 'added', id: 'evt_000000000001' } as const;
const USER = '{"type":"notification_event","topic":"user.created","id":"notif_1","data":{"item":{"id":"7"}}}';

/** As the adapter asks: the head first, the body only where the head left it open. */
async function answerOf(to: Receiver, asked: ReceivedRequest): Promise<Answer> {
  return to.early(asked) ?? to.take(asked);
}

const detail = ({ body }: Answer): unknown => JSON.parse(body);
const header = ({ headers }: Answer, name: string): string | undefined => headers.find(([key]) => key === name)?.[1];

describe('a rightly signed notification', () => {
  test.each(['sha1', 'sha256'] as const)('with %s is stored and then answered with 200', async (algorithm) => {
    const inbox = recordingInbox(() => ADDED);
    const asked = signed(USER, algorithm);
    const answer = await answerOf(receiver({ inbox }), asked);
    expect([answer.status, answer.body]).toEqual([200, '{"status":"received","topic":"user.created"}']);
    expect(inbox.events).toEqual([
      {
        notificationId: 'notif_1',
        topic: 'user.created',
        receivedAt: 1_768_015_702_000,
        headers: asked.headers,
        body: asked.body,
      },
    ]);
    expect(answer.happening).toMatchObject({ kind: 'stored', outcome: 'added', id: 'evt_000000000001' });
  });

  test('is not answered before the inbox has it', async () => {
    let stored: () => void = () => undefined;
    const inbox = recordingInbox(() => new Promise((resolve) => (stored = () => resolve(ADDED))));
    let isAnswered = false;
    const answering = answerOf(receiver({ inbox }), signed(USER)).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([inbox.events.length, isAnswered]).toEqual([1, false]);
    stored();
    expect((await answering).status).toBe(200);
  });

  test('that is there already is answered as a duplicate', async () => {
    const inbox = recordingInbox(() => ({ outcome: 'duplicate', id: 'evt_000000000001' }));
    const answer = await answerOf(receiver({ inbox }), signed(USER));
    expect([answer.status, answer.body]).toEqual([200, '{"status":"duplicate","topic":"user.created"}']);
  });

  test('without an id has none in the inbox either', async () => {
    const inbox = recordingInbox(() => ADDED);
    await answerOf(receiver({ inbox }), signed(PING));
    await answerOf(receiver({ inbox }), signed('{"type":"notification_event","topic":"ping"}'));
    expect(inbox.events.map(({ notificationId }) => notificationId)).toEqual([null, null]);
  });

  test('with the previous secret is taken, with one before that it is not', async () => {
    const rotating = receiver({
      keyring: createKeyring({ current: new Secret('the-new-key'), previous: new Secret(KEY) }),
    });
    expect((await answerOf(rotating, signed(USER))).status).toBe(200);
    expect((await answerOf(rotating, signed(USER, 'sha1', 'the-new-key'))).status).toBe(200);
    expect((await answerOf(rotating, signed(USER, 'sha1', 'an-older-key'))).status).toBe(401);
  });

  test('tells which secret it was signed with, and follows when the secrets are exchanged', async () => {
    const keyring = createKeyring({ current: new Secret('the-new-key'), previous: new Secret(KEY) });
    const rotating = receiver({ keyring });
    expect((await answerOf(rotating, signed(USER))).happening).toMatchObject({ secret: 'previous' });
    expect((await answerOf(rotating, signed(USER, 'sha1', 'the-new-key'))).happening).toMatchObject({
      secret: 'current',
    });
    keyring.replace({ current: new Secret('the-new-key') });
    expect((await answerOf(rotating, signed(USER))).status).toBe(401);
    keyring.replace({});
    expect((await answerOf(rotating, signed(USER, 'sha1', 'the-new-key'))).status).toBe(503);
  });

  test.each(['{"a":{'.repeat(20_000), '['.repeat(100_000)])('however deep its text is, is answered', async (deep) => {
    expect((await answerOf(receiver(), signed(deep))).status).toBe(400);
  });

  test('nested 100,000 deep is stored', async () => {
    const body = `{"type":"notification_event","topic":"x","id":"n","data":${'[['.repeat(50_000)}${']]'.repeat(50_000)}}`;
    expect((await answerOf(receiver(), signed(body))).status).toBe(200);
  });

  test('of a topic that nobody knows is stored', async () => {
    const answer = await answerOf(
      receiver(),
      signed('{"type":"notification_event","topic":"made\\u0000.up","id":"n"}'),
    );
    expect(detail(answer)).toEqual({ status: 'received', topic: 'made\0.up' });
  });

  test('says which probe it is, whatever that says', async () => {
    const asked = signed(USER);
    const probed = { ...asked, headers: [...asked.headers, ['x-PROPIQ-probe', '\u001b[31mx'] as const] };
    expect((await answerOf(receiver(), probed)).happening.probe).toBe('\u001b[31mx');
  });
});

describe('a request that is not signed rightly', () => {
  const right = signNotification(USER, KEY);
  const sha256 = signNotification(USER, KEY, 'sha256');
  const BAD: readonly (readonly [string, readonly (readonly [string, string])[], string])[] = [
    ['no signature', [], 'missing'],
    ['an empty one', [['X-Hub-Signature', '']], 'missing'],
    ['white space', [['X-Hub-Signature', '  ']], 'missing'],
    ['another secret', [['X-Hub-Signature', signNotification(USER, 'another-key')]], 'mismatch'],
    ['another body', [['X-Hub-Signature', signNotification(PING, KEY)]], 'mismatch'],
    ['the prefix alone', [['X-Hub-Signature', 'sha1=']], 'malformed'],
    ['no prefix', [['X-Hub-Signature', right.slice(5)]], 'malformed'],
    ['upper-case digits', [['X-Hub-Signature', `sha1=${right.slice(5).toUpperCase()}`]], 'malformed'],
    ['one digit less', [['X-Hub-Signature', right.slice(0, -1)]], 'malformed'],
    ['one digit more', [['X-Hub-Signature', `${right}0`]], 'malformed'],
    ['a digest under the other prefix', [['X-Hub-Signature', sha256.replace('sha256', 'sha1')]], 'malformed'],
    [
      'the right one twice',
      [
        ['X-Hub-Signature', right],
        ['x-hub-signature', right],
      ],
      'repeated',
    ],
    [
      'the right one after a wrong one',
      [
        ['X-Hub-Signature', `sha1=${'0'.repeat(40)}`],
        ['X-Hub-Signature', right],
      ],
      'repeated',
    ],
    ['a list', [['X-Hub-Signature', `${right}, ${sha256}`]], 'malformed'],
    ['white space around', [['X-Hub-Signature', ` ${right}`]], 'malformed'],
    ['Latin-1 letters', [['X-Hub-Signature', `sha1=${'\u00e9'.repeat(40)}`]], 'malformed'],
    ['several kB', [['X-Hub-Signature', `sha1=${'a'.repeat(8000)}`]], 'malformed'],
    [
      'the right one in another header',
      [
        ['X-Hub-Signature-256', sha256],
        ['X-Body-Signature', sha256.slice(7)],
      ],
      'missing',
    ],
  ];

  test.each(BAD)('with %s is refused with 401 and tells nothing', async (_, headers, reason) => {
    const inbox = recordingInbox(() => ADDED);
    const body = new TextEncoder().encode(USER);
    const answer = await answerOf(receiver({ inbox }), request({ headers, body }));
    expect([answer.status, answer.body]).toEqual([401, '{"detail":"Invalid signature"}']);
    expect(answer.happening).toMatchObject({ kind: 'refused', reason, detail: '' });
    expect(inbox.events).toEqual([]);
  });

  test('looks the same whatever is wrong with it', async () => {
    const body = new TextEncoder().encode(USER);
    const answers = await Promise.all(BAD.map(([, headers]) => answerOf(receiver(), request({ headers, body }))));
    expect(new Set(answers.map(({ status, headers, body }) => JSON.stringify([status, headers, body]))).size).toBe(1);
  });

  test('is not looked into: a duplicate or a broken body is 401 too', async () => {
    const inbox = recordingInbox(() => ({ outcome: 'duplicate', id: 'evt_000000000001' }));
    for (const body of [USER, 'not json', '']) {
      const forged = { ...signed(body, 'sha1', 'another-key') };
      expect((await answerOf(receiver({ inbox }), forged)).status).toBe(401);
    }
    expect(inbox.events).toEqual([]);
  });

  test('whatever the header holds, nothing is stored and nothing is thrown', async () => {
    const inbox = recordingInbox(() => ADDED);
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^sha(1|256)=[0-9a-f]{38,66}$/),
      fc.constant(right),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 3 }), fc.uint8Array(), async (values, body) => {
        const headers = values.map((each) => ['x-hub-signature', each] as const);
        const answer = await answerOf(receiver({ inbox }), request({ headers, body }));
        expect(answer.status).toBe(401);
      }),
    );
    expect(inbox.events).toEqual([]);
  });
});

describe('a receiver without a usable secret', () => {
  test.each([
    ['none', [], []],
    ['an empty one', [''], []],
    ['white space', ['  '], []],
    ['the guide\u2019s placeholder', ['whsec_YOUR_ACTUAL_SECRET_HERE'], []],
    ['placeholders', ['changeme'], ['<secret>']],
  ])('with %s answers 503 and says so in its health', async (_, [current], [previous]) => {
    const inbox = recordingInbox(() => ADDED);
    const keyring = createKeyring({
      ...(current !== undefined && { current: new Secret(current) }),
      ...(previous !== undefined && { previous: new Secret(previous) }),
    });
    const bare = receiver({ inbox, keyring });
    for (const key of ['x', current, previous].filter((text) => text !== undefined && text !== '')) {
      const answer = await answerOf(bare, signed(USER, 'sha1', key));
      expect([answer.status, answer.body]).toEqual([503, '{"detail":"Intercom not configured"}']);
    }
    const health = await answerOf(bare, request({ method: 'GET', target: '/intercom/health' }));
    expect([health.status, detail(health)]).toEqual([
      200,
      { status: 'degraded', intercom_configured: false, api_base: 'https://api.intercom.io' },
    ]);
    expect((await answerOf(bare, request({ method: 'HEAD' }))).status).toBe(200);
    expect(inbox.events).toEqual([]);
  });

  test('but with a previous one verifies with that, and never with the placeholder', async () => {
    const half = receiver({ keyring: createKeyring({ current: new Secret('changeme'), previous: new Secret(KEY) }) });
    expect((await answerOf(half, signed(USER))).status).toBe(200);
    expect((await answerOf(half, signed(USER, 'sha1', 'changeme'))).status).toBe(401);
  });
});

describe('a signed body that is no notification', () => {
  test.each([
    ['', 'it is empty'],
    ['hello', 'it is not JSON'],
    ['[]', 'it is JSON, but not an object'],
    ['{"type":"other"}', 'its "type" is not "notification_event"'],
    ['{"type":"notification_event"}', 'it has no "topic"'],
    ['{"type":"notification_event","topic":"x","id":7}', 'its "id" is neither a text nor null'],
    [Uint8Array.of(0xff, 0xfe), 'it is not UTF-8 text'],
  ])('%j is refused with 400 and the reason', async (body, problem) => {
    const inbox = recordingInbox(() => ADDED);
    const answer = await answerOf(receiver({ inbox }), signed(body));
    expect([answer.status, detail(answer)]).toEqual([400, { detail: `Not an Intercom notification: ${problem}` }]);
    expect(inbox.events).toEqual([]);
  });
});

describe('when the inbox cannot take it', () => {
  const full = new AppError('inbox/full', { what: 'The inbox is full', why: 'No space.', hint: 'Make room.' });

  test('Intercom is asked to send it again', async () => {
    const asked = receiver({
      inbox: recordingInbox(() => {
        throw full;
      }),
    });
    const answer = await answerOf(asked, signed(USER));
    expect([answer.status, header(answer, 'Retry-After')]).toEqual([503, '60']);
    expect(answer.body).not.toContain('space');
    expect(answer.happening).toMatchObject({ reason: 'store-unavailable', detail: 'The inbox is full. No space.' });
  });

  test('health says so as long as it lasts, whether or not events arrive, and asks no more than it must', async () => {
    const clock = stoppedClock();
    let fails = true;
    let asked = 0;
    const inbox = recordingInbox(
      () => {
        if (fails) throw full;
        return ADDED;
      },
      async () => {
        asked += 1;
        if (fails) throw full;
      },
    );
    const receiving = receiver({ inbox, clock });
    const health = async (): Promise<readonly [number, string]> => {
      const { status, body } = await answerOf(receiving, request({ method: 'GET', target: '/health' }));
      return [status, body];
    };
    expect(await health()).toEqual([503, '{"status":"unhealthy","detail":"The inbox cannot be written"}']);
    expect((await answerOf(receiving, signed(USER))).status).toBe(503);
    clock.advance(60_000);
    expect((await Promise.all([health(), health(), health()])).map(([status]) => status)).toEqual([503, 503, 503]);
    expect(asked).toBe(2);
    fails = false;
    expect(await health()).toEqual([200, '{"status":"healthy"}']);
    expect([(await health())[0], asked]).toEqual([200, 3]);
    clock.advance(60_000);
    await answerOf(receiving, signed(USER));
    expect([(await health())[0], asked]).toEqual([200, 3]);
    fails = true;
    clock.advance(1999);
    expect([(await health())[0], asked]).toEqual([200, 3]);
    clock.advance(1);
    expect([(await health())[0], asked]).toEqual([503, 4]);
  });

  test('a bug is thrown on', async () => {
    const inbox = recordingInbox(() => {
      throw new TypeError('a bug');
    });
    await expect(answerOf(receiver({ inbox }), signed(USER))).rejects.toThrow('a bug');
  });
});

describe('other requests', () => {
  test.each([
    ['HEAD', PATH, 200],
    ['GET', '/health', 200],
    ['HEAD', '/health', 200],
    ['GET', '/intercom/health', 200],
    ['GET', '/intercom/health/', 200],
    ['GET', '/health?probe=1', 200],
    ['GET', PATH, 405],
    ['PUT', PATH, 405],
    ['OPTIONS', PATH, 405],
    ['post', PATH, 405],
    ['POST', '/health', 405],
    ['DELETE', '/intercom/health', 405],
    ['GET', '/', 404],
    ['POST', '/', 404],
    ['POST', '/webhook', 404],
    ['POST', '//intercom/webhook', 404],
    ['POST', '/Intercom/Webhook', 404],
    ['POST', '/intercom/webhook//', 404],
    ['POST', '/intercom%2Fwebhook', 404],
    ['OPTIONS', '*', 404],
    ['CONNECT', 'example.com:443', 404],
  ])('%s %s is answered with %i', async (method, target, status) => {
    const answer = await answerOf(receiver(), request({ method, target }));
    expect(answer.status).toBe(status);
    expect(header(answer, 'Allow')).toBe(status === 405 ? (target === PATH ? 'HEAD, POST' : 'GET, HEAD') : undefined);
  });

  test.each([
    ['/hooks?email=a.person@example.com&token=not-a-real-key', 'POST /hooks'],
    ['http://user:not-a-real-key@host/hooks#a.person@example.com', 'POST /hooks'],
  ])('of an unknown path only the path is told: %s', async (target, told) => {
    const asked = { method: 'POST', target, headers: [], body: new Uint8Array() };
    expect((await answerOf(receiver(), asked)).happening).toMatchObject({ reason: 'unknown-path', detail: told });
  });

  test.each([
    PATH,
    `${PATH}/`,
    `${PATH}?source=a&b`,
    `${PATH}/?x`,
    `http://propiq.example${PATH}`,
    `HTTPS://x:1${PATH}/?y#z`,
  ])('the webhook is at %s', async (target) => {
    expect((await answerOf(receiver(), { ...signed(USER), target })).status).toBe(200);
  });

  test('another webhook path has its health beside it', async () => {
    const asked = receiver({ webhookPath: '/hooks/in/' });
    expect((await answerOf(asked, { ...signed(USER), target: '/hooks/in' })).status).toBe(200);
    expect((await answerOf(asked, request({ method: 'GET', target: '/hooks/health' }))).body).toContain('api_base');
    expect((await answerOf(asked, request({ method: 'GET', target: '/intercom/health' }))).body).toContain('api_base');
    expect((await answerOf(asked, signed(USER))).status).toBe(404);
  });

  test('the webhook may be at the root, or at a path that is written in percent signs', async () => {
    expect((await answerOf(receiver({ webhookPath: '/' }), { ...signed(USER), target: '/' })).status).toBe(200);
    const umlaut = receiver({ webhookPath: '/h\u00e4ken' });
    expect((await answerOf(umlaut, { ...signed(USER), target: '/h%C3%A4ken' })).status).toBe(200);
  });
});

describe('every answer', () => {
  test('is JSON that is neither kept nor guessed at, and says nothing about the server', async () => {
    const asked = [signed(USER), request(), request({ method: 'GET' }), request({ target: '/x' }), signed('x')];
    const all = await Promise.all(asked.map((each) => answerOf(receiver(), each)));
    const others = [receiver().tooLarge(request()), receiver().overloaded(request()), receiver().unreadable(400, 'x')];
    for (const answer of [...all, ...others]) {
      expect(header(answer, 'Content-Type')).toBe('application/json');
      expect(header(answer, 'X-Content-Type-Options')).toBe('nosniff');
      expect(header(answer, 'Cache-Control')).toBe('no-store');
      expect(answer.headers.some(([name]) => /^(server|x-powered-by)$/i.test(name))).toBe(false);
      expect(detail(answer)).toBeTypeOf('object');
    }
    expect(others.map(({ status }) => status)).toEqual([413, 503, 400]);
    expect(header(others[1] as Answer, 'Retry-After')).toBe('60');
  });

  test('is never 410, which would end the subscription, nor 429, nor a redirect', async () => {
    const any = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PURGE'),
      target: fc.oneof(fc.constantFrom(PATH, '/health'), fc.webPath(), fc.string()),
      headers: fc.constant([]),
      body: fc.uint8Array(),
    });
    await fc.assert(
      fc.asyncProperty(any, async (asked) => {
        expect([200, 401, 404, 405]).toContain((await answerOf(receiver(), asked)).status);
      }),
    );
  });
});
