import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/base/errors.ts';
import { type Exchange, headerValue, headerValues, type HttpRequest } from '../../../src/base/ports.ts';
import { signNotification, verifySignature } from '../../../src/intercom/signature.ts';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import { exchange, noAnswer } from '../../support/exchanges.ts';
import { reportFrom, type Script, type ScriptedRun, scriptedRun } from '../../support/scripted.ts';

const SECRET = 'not-a-real-key';
const isRight = ({ headers, body = new Uint8Array() }: HttpRequest): boolean =>
  verifySignature({ body, header: headerValues(headers, 'x-hub-signature'), secrets: SECRET }).valid;

/** Also one with something around it. */
function carriesRightDigest({ headers, body = new Uint8Array() }: HttpRequest): boolean {
  const given = headerValues(headers, 'x-hub-signature').join();
  return (['sha1', 'sha256'] as const).some((algorithm) =>
    given.includes(signNotification(body, SECRET, algorithm).slice(algorithm.length + 1, algorithm.length + 20)),
  );
}

/** A receiver in a few lines: right signatures are accepted, all else is refused. */
function healthy(request: HttpRequest): Exchange {
  if (request.method === 'HEAD') return exchange(200);
  if (request.method === 'POST') return exchange(isRight(request) ? 200 : 401);
  return exchange(200, { body: '{"status":"healthy","intercom_configured":true}' });
}

async function sentBy(options: ScriptedRun): Promise<readonly HttpRequest[]> {
  const { events, http } = scriptedRun(CHECKS, { script: healthy, ...options });
  await reportFrom(events);
  return http.sent;
}

const bodyOf = ({ body }: HttpRequest): Record<string, unknown> =>
  JSON.parse(Buffer.from(body ?? new Uint8Array()).toString()) as Record<string, unknown>;

describe('what a healthy receiver is sent', () => {
  test('every request says who sends it and for which check', async () => {
    const ids = new Set<string>(CHECKS.map(({ id }) => id));
    for (const { headers } of await sentBy({ secret: SECRET })) {
      expect(headerValue(headers, 'user-agent')).toBe('propiq-intercom/0.0.0');
      expect(headerValue(headers, 'accept')).toBe('application/json');
      expect(ids).toContain(headerValue(headers, 'x-propiq-probe'));
    }
  });

  test('nothing but HEAD, GET and POST, and POST to the webhook only', async () => {
    const sent = await sentBy({ secret: SECRET });
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['HEAD', 'GET', 'POST']));
    for (const { method, url } of sent) {
      if (method !== 'GET') expect(url.href).toBe('https://propiq.example/intercom/webhook');
    }
  });

  test('what is rightly signed is a ping with an id of its own, or one notification of a made-up topic', async () => {
    const right = (await sentBy({ secret: SECRET })).filter(isRight);
    const byProbe = (wanted: (probe: string) => boolean): HttpRequest[] =>
      right.filter(({ headers }) => wanted(headerValue(headers, 'x-propiq-probe') ?? ''));
    const repeated = byProbe((probe) => probe === 'delivery/duplicate').map((request) => bodyOf(request)['id']);
    expect(new Set(repeated).size).toBe(1);
    expect(repeated).toHaveLength(2);
    const nulls = byProbe((probe) => probe === 'delivery/null-id').map((request) => bodyOf(request)['id']);
    expect(nulls).toEqual([null, null]);
    const others = byProbe((probe) => !['delivery/duplicate', 'delivery/null-id'].includes(probe));
    const ids = others.map((request) => bodyOf(request)['id']);
    expect(new Set(ids).size).toBe(others.length);
    for (const id of ids) expect(id).toMatch(/^notif_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    const topics = right.map((request) => bodyOf(request)['topic']).filter((topic) => topic !== 'ping');
    expect(topics).toHaveLength(1);
  });

  test.each([
    ['--no-signed', { secret: SECRET, wantsSigned: false }],
    ['plain http to a public address', { secret: SECRET, url: 'http://propiq.example/hooks' }],
    ['no secret', {}],
  ])('nothing is rightly signed with %s', async (_, options) => {
    const sent = await sentBy(options);
    expect(sent.filter(isRight)).toEqual([]);
    expect(sent.filter(carriesRightDigest)).toEqual([]);
    expect(sent.length).toBeGreaterThan(0);
  });

  test.each(['http://127.0.0.1:8000/hooks', 'http://10.0.0.5/hooks'])('to %s signed probes may go', async (url) => {
    expect((await sentBy({ secret: SECRET, url })).some(isRight)).toBe(true);
  });

  test('malformed signatures have the form of an accepted one, of Intercom’s own while none is known', async () => {
    const prefixes = async (options: ScriptedRun): Promise<Set<string>> => {
      const sent = await sentBy({ only: ['endpoint/malformed-signature-rejected'], ...options });
      const values = sent
        .filter(({ headers }) => headerValue(headers, 'x-propiq-probe')?.startsWith('endpoint/malformed') === true)
        .map(({ headers }) => /^sha\d+/.exec(headerValue(headers, 'x-hub-signature') ?? '')?.[0]);
      return new Set(values.filter((value) => value !== undefined));
    };
    const guides: Script = (request) =>
      exchange(request.headers.some(([, value]) => value.startsWith('sha256=')) ? 200 : 401);
    expect(await prefixes({})).toEqual(new Set(['sha1']));
    expect(await prefixes({ secret: SECRET })).toEqual(new Set(['sha1']));
    expect(await prefixes({ secret: SECRET, script: guides })).toEqual(new Set(['sha256']));
  });

  test('an empty path sends nothing at all', async () => {
    expect(await sentBy({ secret: SECRET, url: 'https://propiq.example' })).toEqual([]);
  });

  test('behind a wall that knows Intercom, everything after it goes on as Intercom', async () => {
    const walled = (request: HttpRequest): Exchange => {
      const isIntercom = headerValue(request.headers, 'user-agent')?.startsWith('intercom-parrot') === true;
      if (request.method === 'GET' || isIntercom) return healthy(request);
      return exchange(401, { headers: [['WWW-Authenticate', 'Basic realm="x"']] });
    };
    const { events, http } = scriptedRun(CHECKS, { script: walled, secret: SECRET });
    const { summary } = await reportFrom(events);
    expect(summary).toMatchObject({ fail: 0, error: 0, warn: 1 });
    const agents = http.sent.map(({ headers }) => headerValue(headers, 'user-agent'));
    const turn = agents.lastIndexOf('propiq-intercom/0.0.0');
    expect(agents.slice(turn + 1).length).toBeGreaterThan(30);
  });
});

describe('evidence', () => {
  const leaky = (request: HttpRequest): Exchange => {
    if (request.method !== 'POST') return healthy(request);
    const echo = JSON.stringify({ secret: SECRET, header: headerValue(request.headers, 'x-hub-signature') ?? null });
    const trick = `\u001b[31m${echo}\u0000`;
    return exchange(isRight(request) ? 200 : 401, {
      body: trick,
      headers: [
        ['Set-Cookie', 'session=1'],
        ['X-Why', SECRET],
      ],
    });
  };

  test('holds no secret, no right signature and no escape sequence, whatever the receiver answers', async () => {
    const { events, http } = scriptedRun(CHECKS, { script: leaky, secret: SECRET });
    const told = JSON.stringify((await reportFrom(events)).checks);
    expect(told).not.toContain(SECRET);
    expect(told).not.toMatch(/\\u001b|\\u0000|session=1/);
    for (const request of http.sent.filter(isRight)) {
      expect(told).not.toContain((headerValue(request.headers, 'x-hub-signature') ?? '').split('=')[1]);
    }
  });

  test('is short, however long the answer', async () => {
    const long = (): Exchange => exchange(401, { body: 'x'.repeat(60_000), headers: [['X-Long', 'y'.repeat(9000)]] });
    const { events } = scriptedRun(CHECKS, { script: long });
    for (const { evidence } of (await reportFrom(events)).checks) {
      for (const one of evidence) expect(JSON.stringify('answer' in one && one.answer).length).toBeLessThan(2000);
    }
  });
});

type Anything = ErrorCode | { status: number; body: string; location: string };
const SILENCES: ErrorCode[] = ['net/no-answer', 'net/reset', 'net/protocol', 'net/refused', 'net/tls', 'net/proxy'];
const anyAnswer = fc.record({ status: fc.integer({ min: 100, max: 599 }), body: fc.string(), location: fc.webUrl() });
const answers: fc.Arbitrary<Anything> = fc.oneof(
  { weight: 9, arbitrary: anyAnswer },
  { weight: 1, arbitrary: fc.constantFrom(...SILENCES) },
);

test('whatever comes, every check ends in a verdict with a message, and none of them crashes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(answers), fc.boolean(), async (stream, hasSecret) => {
      const script = (): Exchange => {
        const value = stream.next().value as Anything;
        if (typeof value === 'string') throw noAnswer(value);
        return exchange(value.status, { body: value.body, headers: [['Location', value.location]] });
      };
      const { checks } = await reportFrom(scriptedRun(CHECKS, { script, ...(hasSecret && { secret: SECRET }) }).events);
      expect(checks.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
      for (const { message, status, remedy, id } of checks) {
        expect(message, id).not.toBe('');
        expect(message, id).not.toContain('The check itself failed');
        expect(remedy !== undefined || status === 'pass' || status === 'skip', `${id} ${status} has a remedy`).toBe(
          true,
        );
      }
    }),
    { numRuns: 60 },
  );
});
