import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { hostileRequests } from '../support/hostile-requests.ts';
import { send } from '../support/raw-http.ts';
import { delivery, notification, startServe } from '../support/serve.ts';

const COUNT = 12_000;
const AT_ONCE = 40;
const SEED = 20_260_110;

/** Sends one, says that nothing more will come, and reads what is answered. */
function trySending(port: number, request: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let all = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.end(request));
    socket.on('data', (part: Buffer) => (all += part.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(all));
  });
}

test(`${COUNT} hostile requests: none accepted, none answered with 5xx, nothing broken`, async () => {
  const served = await startServe();
  const requests = hostileRequests(SEED, COUNT);
  const statuses: Record<string, number> = {};
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < COUNT; at = next++) {
      const request = requests[at] ?? Buffer.alloc(0);
      const said = await trySending(served.port, request);
      for (const [, status = ''] of said.matchAll(/HTTP\/1\.1 (\d{3})/g))
        statuses[status] = (statuses[status] ?? 0) + 1;
      expect([at, /received|duplicate|HTTP\/1\.1 (?:2|5|429|410)/.exec(said)?.[0]]).toEqual([at, undefined]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  console.log(`${COUNT} hostile requests were answered with ${JSON.stringify(statuses)}`);
  expect(statuses['401']).toBeGreaterThan(COUNT / 10);
  expect(statuses['400']).toBeGreaterThan(COUNT / 10);
  const { stdout } = await runCli(['events', 'list', '--json'], { cwd: served.cwd, env: served.env });
  expect(JSON.parse(stdout)).toMatchObject({ events: [] });
  expect((await send(served.port, delivery(notification('notif_1')))).body).toContain('received');
  served.child.kill('SIGTERM');
  const { stderr, signal } = await served.finished;
  expect(signal).toBe('SIGTERM');
  expect(stderr.split('\n').length).toBeLessThan(200);
  expect(stderr).not.toMatch(/(?!\n)\p{Cc}|This is a bug/u);
});

test('bodies without end and of 10 MB, at once, do not fill the memory', async () => {
  const served = await startServe();
  const chunk = `ffff\r\n${'x'.repeat(0xffff)}\r\n`;
  const head = delivery('').toString().replace('Content-Length: 0', 'Transfer-Encoding: chunked');
  const large = delivery(Buffer.alloc(10 * 1024 * 1024, 0x20));
  const endless = (): Promise<string> =>
    new Promise((resolve) => {
      let all = '';
      const socket = connect({ port: served.port, host: '127.0.0.1' });
      const pump = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('data', (part: Buffer) => (all += part.toString('latin1')));
      socket
        .on('drain', pump)
        .on('error', () => undefined)
        .on('close', () => resolve(all));
      socket.write(head);
      pump();
    });
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, endless),
    ...Array.from({ length: 10 }, () => trySending(served.port, large)),
  ]);
  expect(answers.map((said) => said.slice(9, 12))).toEqual(Array.from({ length: 30 }, () => '413'));
  if (process.platform === 'linux') {
    const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${served.child.pid}/status`, 'utf8'))?.[1]);
    expect(peakKb).toBeLessThan(250 * 1024);
  }
});
