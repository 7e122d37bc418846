import { spawnSync } from 'node:child_process';
import { PROGRAM, serve, withReceiver } from './contestants.ts';
import { SECRET } from './load.ts';
import { median, report, spread, tell } from './rows.ts';

/** Intercom's published 150,000 a minute, from our own `send-test`: each counts from when it should have left. */
const ROUNDS = 5;
const PER_SECOND = 2500;
const SECONDS = 8;
const GOAL_MS = 50;

interface Sent {
  readonly summary: { readonly asExpected: number; readonly deliveries: number };
  readonly load: {
    readonly achievedRate: number;
    readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  };
}

const p99: number[] = [];
const most: number[] = [];
let lost = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const { summary, load } = await withReceiver((folder) => serve(folder), send);
  p99.push(load.latencyMs.p99);
  most.push(load.latencyMs.max);
  lost += summary.deliveries - summary.asExpected;
  tell(
    `${load.achievedRate}/s: p50 ${load.latencyMs.p50} ms, p99 ${load.latencyMs.p99} ms, max ${load.latencyMs.max} ms`,
  );
}
report([
  {
    what: `serve, durable in SQLite, at ${PER_SECOND}/s for ${SECONDS} s`,
    measured: `p99 ${spread(p99, 'ms', 1)}, max ${spread(most, 'ms')}`,
    result: `p99 ${median(p99).toFixed(1)} ms, ${lost} refused or lost`,
    goal: `p99 < ${GOAL_MS} ms, none refused or lost`,
    verdict: median(p99) < GOAL_MS && lost === 0 ? 'met' : 'missed',
  },
]);

function send({ port, folder }: { port: number; folder: string }): Sent {
  const url = `http://127.0.0.1:${port}/intercom/webhook`;
  const run = (count: number): string => {
    const args = ['send-test', 'contact.user.created', '--url', url, '--count', String(count), '--json'];
    const { stdout } = spawnSync(process.execPath, ['--', PROGRAM, ...args, '--rate', `${PER_SECOND}/s`], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, INTERCOM_WEBHOOK_SECRET: SECRET },
      encoding: 'utf8',
    });
    return stdout;
  };
  run(PER_SECOND); // warm
  return JSON.parse(run(PER_SECOND * SECONDS)) as Sent;
}
