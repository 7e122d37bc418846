import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createAddressGate } from '../../../src/adapters/server-addresses.ts';
import type { Added } from '../../../src/receive/inbox.ts';
import { listening } from '../../support/listening.ts';
import { dial, readToEnd, send, signedPost } from '../../support/raw-http.ts';
import { PING, receiver, recordingInbox } from '../../support/receiver.ts';

const from = (remoteAddress: string): Socket =>
  Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
const request = (remoteAddress: string, forwarded?: readonly string[]): IncomingMessage =>
  ({
    socket: from(remoteAddress),
    headersDistinct: forwarded === undefined ? {} : { 'x-forwarded-for': [...forwarded] },
  }) as unknown as IncomingMessage;

/** Whether two requests are taken for those of one sender. */
function isOneSender(trusted: readonly string[], one: IncomingMessage, other: IncomingMessage): boolean {
  const gate = createAddressGate({ most: 1, trusted });
  expect(gate.enter(one)).toBeTypeOf('function');
  return gate.enter(other) === undefined;
}

describe('who the sender is', () => {
  test('without a trusted proxy the other end of the connection, whatever X-Forwarded-For says', () => {
    expect(isOneSender([], request('192.0.2.1', ['1.1.1.1']), request('192.0.2.1', ['2.2.2.2']))).toBe(true);
    expect(isOneSender([], request('192.0.2.1', ['1.1.1.1']), request('192.0.2.2', ['1.1.1.1']))).toBe(false);
    expect(isOneSender(['10.0.0.0/8'], request('192.0.2.1', ['1.1.1.1']), request('192.0.2.1', ['2.2.2.2']))).toBe(
      true,
    );
  });

  test.each<[what: string, forwarded: readonly string[], sender: string]>([
    ['the last one, as the proxy added it', ['6.6.6.6, 192.0.2.1'], '192.0.2.1'],
    ['the last one, in a header of its own', ['6.6.6.6', '192.0.2.1'], '192.0.2.1'],
    ['the first from the right that is no proxy', ['6.6.6.6, 192.0.2.1, 10.1.2.3, 10.0.0.9'], '192.0.2.1'],
    ['without its port', ['192.0.2.1:4711'], '192.0.2.1'],
    ['a v6 address', ['2001:db8::1'], '2001:db8::1'],
    ['a v6 address in brackets and with a port', ['[2001:db8::1]:4711'], '2001:db8::1'],
    ['a v4 address in v6 form', ['::ffff:192.0.2.1'], '192.0.2.1'],
    ['the proxy, where it says nothing', [], '10.0.0.1'],
    ['the proxy, where it says something else', ['unknown'], '10.0.0.1'],
    ['the proxy, where it was given something long', ['1'.repeat(9000)], '10.0.0.1'],
    [
      'the nearest proxy, where there are many thousand',
      [Array.from({ length: 4000 }, () => '10.0.0.2').join(',')],
      '10.0.0.2',
    ],
    ['the last proxy that is known, where nonsense stands before it', ['192.0.2.1, <script>, 10.0.0.7'], '10.0.0.7'],
    ['the proxy, where an empty list was sent', [',,,'], '10.0.0.1'],
  ])('behind a trusted proxy: %s', (_, forwarded, sender) => {
    const trusted = ['10.0.0.0/8'];
    expect(isOneSender(trusted, request('10.0.0.1', forwarded), request('10.0.0.1', [sender]))).toBe(true);
    expect(isOneSender(trusted, request('10.0.0.1', forwarded), request('10.0.0.1', ['198.51.100.7']))).toBe(false);
  });

  test.each([
    ['2001:db8:1:2::1', '2001:DB8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:0db8:0001:0002:0:0:0:1', '2001:db8:1:2::5', true],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::1', '::2', true],
  ])('%s and %s: one network of 64 bits is one sender: %s', (one, other, same) => {
    expect(isOneSender([], request(one), request(other))).toBe(same);
  });
});

test('places are given back, once each', () => {
  const gate = createAddressGate({ most: 2, trusted: [] });
  const [one, two] = [gate.enter(request('192.0.2.1')), gate.enter(request('192.0.2.1'))];
  expect(gate.enter(request('192.0.2.1'))).toBeUndefined();
  one?.();
  one?.();
  expect(gate.enter(request('192.0.2.1'))).toBeTypeOf('function');
  expect(gate.enter(request('192.0.2.1'))).toBeUndefined();
  two?.();
  expect(gate.enter(request('192.0.2.1'))).toBeTypeOf('function');
});

describe('on sockets', () => {
  test('connections of one address beyond the limit are closed at once, and later there is room again', async () => {
    const { port, listener } = await listening(receiver(), { perAddress: { most: 2, trusted: [] } });
    const held = [dial(port), dial(port)];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    expect(await readToEnd(dial(port))).toBe('');
    expect(listener.connections()).toEqual({ open: 2, turnedAway: 1 });
    held[0]?.destroy();
    await expect.poll(async () => (await send(port, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBe(200);
  });

  test('requests of one sender behind a proxy beyond the limit are asked to come again; others are taken', async () => {
    let release: () => void = () => undefined;
    const slow = new Promise<Added>(
      (resolve) => (release = () => resolve({ outcome: 'added', id: 'evt_000000000001' })),
    );
    const inbox = recordingInbox(() => slow);
    const { port, happenings } = await listening(receiver({ inbox }), {
      perAddress: { most: 1, trusted: ['127.0.0.1'] },
    });
    const waiting = send(port, signedPost(PING, 'X-Forwarded-For: 192.0.2.1'));
    await expect.poll(() => inbox.events.length).toBe(1);
    const second = await send(port, signedPost(PING, 'X-Forwarded-For: 6.6.6.6, 192.0.2.1'));
    expect([second.status, /retry-after: 60/i.test(second.head)]).toEqual([503, true]);
    const other = send(port, signedPost(PING, 'X-Forwarded-For: 192.0.2.2'));
    await expect.poll(() => inbox.events.length).toBe(2);
    release();
    expect([(await waiting).status, (await other).status]).toEqual([200, 200]);
    expect(happenings).toContainEqual(expect.objectContaining({ reason: 'overloaded' }));
    await expect.poll(async () => (await send(port, signedPost(PING, 'X-Forwarded-For: 192.0.2.1'))).status).toBe(200);
  });
});
