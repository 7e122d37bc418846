import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Exchange, HeaderList } from '../../../src/base/ports.ts';
import type { Wire } from '../../../src/diagnosis/trials.ts';
import { lostZeros } from '../../../src/verify/lost-zeros.ts';
import { exchange } from '../../support/exchanges.ts';

const KEY = Buffer.from('not-a-real-key');
const digestOf = (body: Uint8Array): Buffer => createHmac('sha1', KEY).update(body).digest();

/** What a receiver that compares texts answers. */
type Spell = (digest: Buffer) => string;
const unpadded: Spell = (digest) => [...digest].map((byte) => byte.toString(16)).join('');
const asNumber: Spell = (digest) => BigInt(`0x${digest.toString('hex')}`).toString(16);

/** The statuses of twenty right pings, and a wire to go on with. */
function run(statusOf: (body: Uint8Array, count: number) => number): { posts: Exchange[]; wire: Wire; sent: number[] } {
  let count = 0;
  const sent: number[] = [];
  const plain = (): Uint8Array => Buffer.from(`{"id":"notif_${(count += 1)}"}`);
  const posts = Array.from({ length: 20 }, (_, at): Exchange => {
    const body = plain();
    const headers: HeaderList = [['X-Hub-Signature', `sha1=${digestOf(body).toString('hex')}`]];
    const seen = exchange(statusOf(body, at));
    return { ...seen, request: { ...seen.request, headers, body } };
  });
  const wire: Wire = {
    plain,
    rich: plain,
    strangerKey: () => Buffer.from('another'),
    post: (_, body) => {
      const status = statusOf(body, sent.length);
      sent.push(status);
      return Promise.resolve(status);
    },
  };
  return { posts, wire, sent };
}

const comparing = (spell: Spell) => (body: Uint8Array) =>
  spell(digestOf(body)) === digestOf(body).toString('hex') ? 200 : 401;

describe('leading zeros', () => {
  test.each([
    ['each byte', unpadded, 'below 0x10'],
    ['the digest as a number', asNumber, 'begins with a zero'],
  ])('lost from %s are found out, and confirmed', async (_, spell, words) => {
    const { posts, wire, sent } = run(comparing(spell));
    const finding = await lostZeros(KEY, posts, wire);
    expect(finding).toMatchObject({ id: 'digest-zeros-lost', confidence: 'certain' });
    expect(finding?.message).toContain(words);
    expect(sent).toEqual([200, 401, 200, 401, 200, 401]);
  });

  test('lost with a minus sign before them, as BigInteger of Java writes it, are found out too', async () => {
    const { posts, wire } = run(
      comparing((digest) => BigInt.asIntN(160, BigInt(`0x${digest.toString('hex')}`)).toString(16)),
    );
    const finding = await lostZeros(KEY, posts, wire);
    expect(finding).toMatchObject({ id: 'digest-zeros-lost', confidence: 'certain' });
    expect(finding?.message).toContain('minus sign');
  });

  test.each([
    ['all are accepted', () => 200],
    ['all are refused', () => 401],
    ['every second one is, as by two instances', (_: Uint8Array, count: number) => (count % 2 === 0 ? 200 : 401)],
  ])('are not blamed where %s', async (_, statusOf) => {
    const { posts, wire } = run(statusOf);
    expect(await lostZeros(KEY, posts, wire)).toBeUndefined();
  });

  test('are not blamed where the answers fit by chance and are not confirmed', async () => {
    const { posts } = run(comparing(unpadded));
    const { wire } = run(() => 401);
    expect(await lostZeros(KEY, posts, wire)).toBeUndefined();
  });
});

describe('digits that are stripped with the prefix', () => {
  const stripping = (pattern: RegExp) => (body: Uint8Array) => {
    const digits = digestOf(body).toString('hex');
    return `sha1=${digits}`.replace(pattern, '') === digits ? 200 : 401;
  };

  test.each([
    ['at its start, by lstrip("sha1=")', /^[sha1=]+/, 'begins with a or 1'],
    ['at both ends, by strip("sha1=")', /^[sha1=]+|[sha1=]+$/g, 'begins or ends with a or 1'],
  ])('%s, are found out, and confirmed', async (_, pattern, words) => {
    const { posts, wire, sent } = run(stripping(pattern));
    const finding = await lostZeros(KEY, posts, wire);
    expect(finding).toMatchObject({ id: 'prefix-stripped', confidence: 'certain' });
    expect(finding?.message).toContain(words);
    expect(sent).toEqual([200, 401, 200, 401, 200, 401]);
  });

  test('at both ends, are found out as well where those at its end are met only later', async () => {
    const { posts, wire } = run(stripping(/^[sha1=]+|[sha1=]+$/g));
    const digitsOf = (body: Uint8Array): string => digestOf(body).toString('hex');
    const met = posts.filter(({ request: { body = new Uint8Array() } }) => !/[a1]$/.test(digitsOf(body)));
    let first = wire.plain();
    while (!/^[^a1].*[a1]$/.test(digitsOf(first))) first = wire.plain();
    const next = [first];
    const finding = await lostZeros(KEY, met, { ...wire, plain: () => next.shift() ?? wire.plain() });
    expect(finding?.message).toContain('begins or ends with a or 1');
  });
});
