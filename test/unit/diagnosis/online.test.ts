import { describe, expect, test } from 'vitest';
import type { HeaderList } from '../../../src/base/ports.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { Credential, Language } from '../../../src/diagnosis/hypothesis.ts';
import { search } from '../../../src/diagnosis/online.ts';
import { signNotification } from '../../../src/intercom/signature.ts';

const KEY = 'not-a-real-key';
const MOST = 60;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A receiver without a network: a status for each POST. */
async function run(
  answer: (signature: string, body: Uint8Array, count: number) => number | undefined,
  credentials: readonly Credential[] = [],
  language?: Language,
): Promise<{ kind: string; ids: readonly string[]; requests: number; sent: number; most: number }> {
  let sent = 0;
  let going = 0;
  let most = 0;
  let id = 0;
  const body = (text: string): Uint8Array => encode(text.replace('ID', String((id += 1))));
  const wire = {
    async post(headers: HeaderList, bytes: Uint8Array) {
      sent += 1;
      going += 1;
      most = Math.max(most, going);
      await Promise.resolve();
      going -= 1;
      return answer(headers.find(([name]) => name === 'X-Hub-Signature')?.[1] ?? '', bytes, sent);
    },
    plain: () => body('{"topic":"ping","links":{},"id":"ID"}'),
    rich: () => body('{ "topic" : "ping", "links" : { }, "name": "Zoë", "id" : "ID" }\n'),
    strangerKey: () => encode('nobody has this one'),
  };
  const facts = { credentials, nowSeconds: 1_700_000_000 };
  const { search: found, requests } = await search({
    key: encode(KEY),
    facts,
    wire,
    language,
    isHeaderRead: false,
    isTimeAsked: false,
  });
  const ids = found.kind === 'found' ? found.theory.map(({ cause }) => cause.id) : [];
  return {
    kind: found.kind === 'unknown' ? `unknown ${found.end?.kind ?? ''}`.trim() : found.kind,
    ids,
    requests,
    sent,
    most,
  };
}

const isRight = (signature: string, body: Uint8Array, key = KEY): boolean => signature === signNotification(body, key);

describe('a search', () => {
  test('ends at its bound where everything is refused, one exchange at a time', async () => {
    const found = await run(() => 401);
    expect(found).toMatchObject({ kind: 'unknown spent', ids: [], most: 1 });
    expect(found.requests).toBeLessThanOrEqual(MOST);
    expect(found.requests).toBe(found.sent);
  });

  test('tries what goes wrong in the language of the application first, and nothing less for it', async () => {
    const asGoPrints = (signature: string, body: Uint8Array): number =>
      isRight(signature, encode(`[${body.join(' ')}]`)) ? 200 : 401;
    const [go, unnamed, php] = await Promise.all([
      run(asGoPrints, [], 'go'),
      run(asGoPrints),
      run(asGoPrints, [], 'php'),
    ]);
    expect([go.ids, unnamed.ids]).toEqual([['body-buffer-text'], ['body-buffer-text']]);
    expect(go.requests).toBeLessThan(unnamed.requests);
    expect(unnamed.requests).toBeLessThan(php.requests);
  });

  test('names nothing where a wrong signature is accepted, after one request', async () => {
    expect(await run(() => 200)).toMatchObject({ kind: 'forgeable', ids: [], requests: 1 });
  });

  test.each([429, 503])('ends at a %i', async (status) => {
    expect(await run((_, __, count) => (count < 5 ? 401 : status))).toMatchObject({
      kind: 'unknown throttled',
      requests: 5,
    });
  });

  test('ends where no answer comes', async () => {
    expect(await run((_, __, count) => (count < 3 ? 401 : undefined))).toMatchObject({
      kind: 'unknown silent',
      requests: 3,
    });
  });

  test('names no cause where the spoiled control is accepted as well', async () => {
    // accepts every header of the length of a bare SHA-1
    const found = await run((signature) => (signature.length === 40 ? 200 : 401));
    expect(found.ids).toEqual([]);
  });

  test('names no cause where a form makes the receiver break, whatever the digest', async () => {
    const found = await run((signature) => (signature.length === 45 ? 401 : 500));
    expect(found.ids).toEqual([]);
  });

  test('names no cause where the second body is refused', async () => {
    let accepted = 0;
    const found = await run((signature, body) => {
      const isQuoted = isRight(signature, body, `"${KEY}"`);
      accepted += isQuoted ? 1 : 0;
      return isQuoted && accepted === 1 ? 200 : 401;
    });
    expect(found.ids).toEqual([]);
  });

  test('says that the answers change where the right signature is accepted after all', async () => {
    let isHealed = false;
    const found = await run((signature, body) => {
      if (isRight(signature, body, `${KEY}\n`)) {
        isHealed = true;
        return 200;
      }
      return isHealed && isRight(signature, body) ? 200 : 401;
    });
    expect(found.kind).toBe('changing');
  });

  test('finds a key whose notification then breaks the receiver', async () => {
    const found = await run((signature, body) => (isRight(signature, body, `"${KEY}"`) ? 500 : 401));
    expect(found).toMatchObject({ kind: 'found', ids: ['secret-quoted'] });
  });

  test.each([
    ['access-token', 'key-access-token'],
    ['app-id', 'key-app-id'],
    ['previous-secret', 'key-previous-secret'],
    ['other-secret', 'key-other-secret'],
    ['other-profile', 'key-other-profile'],
  ] as const)('finds that the key is the %s', async (kind, id) => {
    const credentials = [{ kind, where: 'elsewhere', value: new Secret('another-made-up-value') }];
    const found = await run(
      (signature, body) => (isRight(signature, body, 'another-made-up-value') ? 200 : 401),
      credentials,
    );
    expect(found).toMatchObject({ kind: 'found', ids: [id] });
  });

  test.each([400, 403])('takes %i for a refusal', async (status) => {
    const found = await run((signature, body) => (isRight(signature, body, `${KEY} `) ? 200 : status));
    expect(found).toMatchObject({ kind: 'found', ids: ['secret-space'] });
  });

  test('names the printer only in general where it is not on the list', async () => {
    const rotated = (body: Uint8Array): Uint8Array => {
      const value = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
      const entries = Object.entries(value);
      return encode(JSON.stringify(Object.fromEntries([...entries.slice(1), ...entries.slice(0, 1)])));
    };
    const found = await run((signature, body) => (isRight(signature, rotated(body)) ? 200 : 401));
    expect(found).toMatchObject({ kind: 'found', ids: [] });
  });
});
