import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createLine } from '../../../src/adapters/line.ts';

const { sockets } = createLine({});
const limits = { timeoutMs: 2000, signal: new AbortController().signal };

async function listening(host: string): Promise<number> {
  const server: Server = createServer((socket) => socket.destroy());
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, host, done));
  return (server.address() as AddressInfo).port;
}

test('an address that takes connections, and one that refuses them', async () => {
  const port = await listening('127.0.0.1');
  expect(await sockets.reach(new URL(`http://127.0.0.1:${port}/hooks`), limits)).toEqual({
    via: 'direct',
    addresses: [{ address: `127.0.0.1:${port}`, family: 4, outcome: 'open', durationMs: expect.any(Number) as number }],
  });
  expect(await sockets.reach(new URL(`http://127.0.0.2:${port}/hooks`), limits)).toMatchObject({
    addresses: [{ address: `127.0.0.2:${port}`, outcome: 'refused' }],
  });
});

test('IPv6 addresses are shown in brackets', async () => {
  const port = await listening('127.0.0.1');
  const reach = await sockets.reach(new URL(`http://[::1]:${port}/`), limits);
  expect(reach).toMatchObject({ addresses: [{ address: `[::1]:${port}`, family: 6 }] });
});

test('every address of a name is tried', async () => {
  const port = await listening('127.0.0.1');
  const reach = await sockets.reach(new URL(`http://localhost:${port}/`), limits);
  const facts = reach.via === 'direct' ? reach.addresses : [];
  expect(facts).toContainEqual(expect.objectContaining({ address: `127.0.0.1:${port}`, family: 4, outcome: 'open' }));
});

test('a name without an address is told as such', async () => {
  const tooLong = 'a'.repeat(70); // no resolver is asked for a label of that length
  await expect(sockets.reach(new URL(`http://${tooLong}.localhost.invalid/`), limits)).rejects.toThrow(
    expect.objectContaining({ code: 'net/dns', hint: expect.stringContaining(tooLong) as string }) as Error,
  );
});

test('behind a proxy nothing is tried', async () => {
  const behind = createLine({ https: 'http://me:pass@proxy.example:3128' });
  expect(await behind.sockets.reach(new URL('https://propiq.example/'), limits)).toEqual({
    via: 'proxy',
    proxy: 'http://proxy.example:3128',
  });
});

test('an interruption ends the attempt', async () => {
  const stop = new AbortController();
  const reach = sockets.reach(new URL('http://127.0.0.1:9/'), { timeoutMs: 60_000, signal: stop.signal });
  stop.abort(new Error('interrupted'));
  expect(await reach).toMatchObject({ via: 'direct' });
});
