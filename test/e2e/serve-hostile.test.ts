import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { hostileRequests } from '../support/hostile-requests.ts';
import { send } from '../support/raw-http.ts';
import { delivery, notification, startServe } from '../support/serve.ts';

/** CI sends 100,000; a million was sent by hand. */
const COUNT = Number(process.env['PROPIQ_HOSTILE_COUNT'] ?? 12_000);
/** Made and sent at a time: the memory of this side stays small too. */
const PORTION = 4000;
const AT_ONCE = 40;
const LONGEST_MS = 60_000 + COUNT * 20;
/** What a heap that was collected or not differs by from one look to the next. */
const NOISE_MB = 40;
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

/** Resident memory; 0 where the system does not tell. */
function residentMb(pid: number | undefined): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

test(
  `${COUNT} hostile requests: none accepted, none answered with 5xx, nothing broken, memory flat`,
  async () => {
    const served = await startServe([], { longestMs: LONGEST_MS });
    const statuses: Record<string, number> = {};
    const memory: number[] = [];
    for (let sent = 0; sent < COUNT; sent += PORTION) {
      const requests = hostileRequests(SEED + sent, Math.min(PORTION, COUNT - sent));
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let at = next++; at < requests.length; at = next++) {
          const said = await trySending(served.port, requests[at] ?? Buffer.alloc(0));
          for (const [, status = ''] of said.matchAll(/HTTP\/1\.1 (\d{3})/g))
            statuses[status] = (statuses[status] ?? 0) + 1;
          const bad = /received|duplicate|HTTP\/1\.1 (?:2|5|429|410)/.exec(said)?.[0];
          if (bad !== undefined) expect.fail(`request ${sent + at} of seed ${SEED}: ${bad}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      memory.push(residentMb(served.child.pid));
    }
    const told = [memory[1], ...memory.slice(-1)].map((mb) => `${mb?.toFixed(0)} MB`).join(' to ');
    console.log(`${COUNT} hostile requests were answered with ${JSON.stringify(statuses)}; memory went from ${told}`);
    expect(statuses['401']).toBeGreaterThan(COUNT / 10);
    expect(statuses['400']).toBeGreaterThan(COUNT / 10);
    expect(Math.min(...memory.slice(-3)) - Math.max(...memory.slice(0, 3))).toBeLessThan(NOISE_MB);
    const { stdout } = await runCli(['events', 'list', '--json'], { cwd: served.cwd, env: served.env });
    expect(JSON.parse(stdout)).toMatchObject({ events: [] });
    expect((await send(served.port, delivery(notification('notif_1')))).body).toContain('received');
    served.child.kill('SIGTERM');
    const { stderr, signal } = await served.finished;
    expect(signal).toBe('SIGTERM');
    expect(stderr.split('\n').length).toBeLessThan(200 + (COUNT / 10_000) * 50);
    expect(stderr).not.toMatch(/(?!\n)\p{Cc}|This is a bug/u);
  },
  LONGEST_MS,
);

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
