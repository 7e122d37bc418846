import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { composeData, type Delivery } from '../../../src/deliver/compose.ts';
import { parseExpectation } from '../../../src/deliver/expectation.ts';
import { type DeliveryResult, type SendOptions, sendTest } from '../../../src/deliver/send-test.ts';
import { freePort, hostileServer, listenHere, neverAnswers, resetMidBody, says } from '../../support/hostile-server.ts';
import { openHttp } from '../../support/http.ts';

const KEY = 'not-a-real-key';
const delivery = (text = '{"type":"notification_event","topic":"ping","id":null}'): Delivery =>
  composeData(new TextEncoder().encode(text));

interface Received {
  readonly headers: IncomingMessage['rawHeaders'];
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/** A receiver that takes what is signed with one of the algorithms, and answers as told. */
async function receiver(
  algorithms: readonly string[],
  answer = (isRight: boolean, response: ServerResponse): void => void response.writeHead(isRight ? 200 : 401).end('{}'),
): Promise<{ url: URL; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const signature = request.headers['x-hub-signature'] as string | undefined;
      received.push({ headers: request.rawHeaders, signature, body });
      const right = algorithms.map((name) => `${name}=${createHmac(name, KEY).update(body).digest('hex')}`);
      answer(right.includes(signature ?? ''), response);
    });
  });
  const port = await listenHere(server);
  onTestFinished(() => void server.close());
  return { url: new URL(`http://127.0.0.1:${port}/intercom/webhook`), received };
}

const options = (url: URL, changed: Partial<SendOptions> = {}): SendOptions => ({
  url,
  variant: 'signed',
  key: new Secret(KEY),
  algorithm: 'auto',
  expect: parseExpectation('2xx'),
  timeoutMs: 5000,
  isGuideSecret: false,
  ...changed,
});

async function send(url: URL, changed: Partial<SendOptions> = {}, count = 1): Promise<readonly DeliveryResult[]> {
  const ports = { http: openHttp(), signal: new AbortController().signal };
  return sendTest(
    Array.from({ length: count }, () => delivery()),
    options(url, changed),
    ports,
  );
}
const one = async (url: URL, changed: Partial<SendOptions> = {}): Promise<DeliveryResult> => {
  const [result] = await send(url, changed);
  if (!result) throw new Error('no result');
  return result;
};

describe('a delivery', () => {
  test('leaves with the documented headers, ours, and the signature of its bytes', async () => {
    const { url, received } = await receiver(['sha1']);
    expect(await one(url)).toMatchObject({ verdict: 'as-expected', attempts: [{ algorithm: 'sha1' }] });
    const [request] = received;
    expect(request?.body.toString()).toBe('{"type":"notification_event","topic":"ping","id":null}');
    expect(request?.signature).toBe('sha1=c01389abcabf9b3eec17d57ea48c383645d854ea');
    const names = (request?.headers ?? []).filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name) => name !== 'connection').toSorted()).toEqual([
      'accept',
      'content-length',
      'content-type',
      'host',
      'user-agent',
      'x-hub-signature',
      'x-propiq-probe',
    ]);
    expect(request?.headers.join('\n')).toMatch(/User-Agent\nintercom-parrot-service-client\/1\.0/i);
    expect(request?.headers.join('\n')).toMatch(/Content-Type\napplication\/json/i);
    expect(request?.headers.join('\n')).toMatch(/X-Propiq-Probe\nsend-test/i);
  });

  test('is sent once more with sha256 where sha1 is refused with 401, and only then', async () => {
    const both = await receiver(['sha256']);
    expect(await one(both.url)).toMatchObject({
      verdict: 'as-expected',
      attempts: [
        { algorithm: 'sha1', exchange: { status: 401 } },
        { algorithm: 'sha256', exchange: { status: 200 } },
      ],
    });
    const never = await receiver([]);
    expect(await one(never.url)).toMatchObject({ verdict: 'unexpected', attempts: [{}, { algorithm: 'sha256' }] });
    const forbidden = await receiver([], (_, response) => void response.writeHead(403).end());
    expect((await one(forbidden.url)).attempts).toHaveLength(1);
    expect((await one(never.url, { expect: parseExpectation('401') })).attempts).toHaveLength(1);
    expect((await one(never.url, { algorithm: 'sha1' })).attempts).toHaveLength(1);
  });

  test.each([
    ['unsigned', undefined],
    ['wrong-secret', new Secret('another-key')],
    ['tampered', new Secret(KEY)],
  ] as const)('%s is refused once, as expected, and is a finding where it is not', async (variant, key) => {
    const right = await receiver(['sha1']);
    const forged = { variant, key, expect: parseExpectation('401') };
    expect(await one(right.url, forged)).toMatchObject({ verdict: 'as-expected' });
    expect(right.received).toHaveLength(1);
    expect((await one(right.url, { variant, key })).attempts).toHaveLength(1);
    const open = await receiver([], (_, response) => void response.writeHead(200).end());
    expect(await one(open.url, forged)).toMatchObject({
      verdict: 'unexpected',
      meaning: { what: expect.stringContaining('The receiver accepts') },
    });
  });

  test('of which nothing was answered says so with its cause', async () => {
    const url = new URL(`http://127.0.0.1:${await freePort()}/`);
    expect(await one(url)).toMatchObject({ verdict: 'unanswered', attempts: [], error: { code: 'net/refused' } });
    const silent = await hostileServer(neverAnswers);
    expect(await one(new URL(silent.url), { timeoutMs: 100 })).toMatchObject({
      verdict: 'unanswered',
      error: { code: 'net/no-answer' },
    });
  });

  test('whose answer breaks off or does not end has not been answered well', async () => {
    const broken = await hostileServer(resetMidBody);
    expect(await one(new URL(broken.url))).toMatchObject({
      verdict: 'unexpected',
      meaning: { what: 'The answer 200 was cut off' },
    });
    const endless = await hostileServer(says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart'));
    expect(await one(new URL(endless.url), { timeoutMs: 100 })).toMatchObject({
      verdict: 'unexpected',
      meaning: { what: expect.stringContaining('did not end within 0.1 s') },
    });
  });
});

describe('several deliveries', () => {
  test('are judged each', async () => {
    let count = 0;
    const { url } = await receiver([], (_, response) => void response.writeHead((count += 1) === 2 ? 500 : 200).end());
    expect((await send(url, {}, 3)).map(({ verdict }) => verdict)).toEqual([
      'as-expected',
      'unexpected',
      'as-expected',
    ]);
  });

  test('are not tried for ever where nobody answers', async () => {
    const silent = await hostileServer(neverAnswers);
    const results = await send(new URL(silent.url), { timeoutMs: 50 }, 6);
    expect(results.map(({ verdict }) => verdict)).toEqual([
      ...Array.from({ length: 3 }, () => 'unanswered'),
      ...Array.from({ length: 3 }, () => 'not-sent'),
    ]);
    expect(silent.requests.length).toBeLessThanOrEqual(3);
  });

  test('end at once when the run is interrupted', async () => {
    const silent = await hostileServer(neverAnswers);
    const abort = new AbortController();
    const reason = new Error('interrupted');
    const sending = sendTest([delivery(), delivery()], options(new URL(silent.url)), {
      http: openHttp(),
      signal: abort.signal,
    });
    abort.abort(reason);
    await expect(sending).rejects.toBe(reason);
  });
});
