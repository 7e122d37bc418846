import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load, type Load, median, SECRET, signedRequests } from './load.ts';

/** The durable receiver beside a bare server and Fastify: the same bodies, all ids different, 64 connections, in turn. */
const ROUNDS = 5;
const CONNECTIONS = 64;
const DURATION_MS = 3000;
const REQUESTS = 150_000;
/** Sent before the clock runs, so that every contestant is compiled. */
const WARM_UP = 3000;

interface Contestant {
  readonly name: string;
  readonly start: (folder: string) => ChildProcess;
  readonly requests: readonly Buffer[];
  readonly status: string;
  /** The contestant it is measured against, and the ratio it must reach. */
  readonly goal?: readonly [against: string, ratio: number];
}

const right = signedRequests(REQUESTS);
const forged = signedRequests(REQUESTS, 'another-key');
const beside = (file: string): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, 'receivers', `${file}.js`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const serve = (folder: string): ChildProcess =>
  spawn(process.execPath, ['--', resolve(process.cwd(), 'bin/propiq-intercom.js'), 'serve', '--port', '0', '--quiet'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      INTERCOM_WEBHOOK_SECRET: SECRET,
      PROPIQ_INTERCOM_STORE: join(folder, 'inbox.db'),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const CONTESTANTS: readonly Contestant[] = [
  { name: 'bare node:http', start: () => beside('bare'), requests: right, status: '200' },
  {
    name: 'Fastify, verifies and parses',
    start: () => beside('fastify'),
    requests: right,
    status: '200',
    goal: ['bare node:http', 0],
  },
  { name: 'serve, durable', start: serve, requests: right, status: '200', goal: ['bare node:http', 0.5] },
  { name: 'serve, durable', start: serve, requests: right, status: '200', goal: ['Fastify, verifies and parses', 1] },
  { name: 'serve, refusals', start: serve, requests: forged, status: '401', goal: ['bare node:http', 0.7] },
];

const results = new Map<string, Load[]>();
for (let round = 0; round < ROUNDS; round++) {
  for (const contestant of new Map(CONTESTANTS.map((each) => [each.name, each])).values()) {
    const result = await measure(contestant);
    results.set(contestant.name, [...(results.get(contestant.name) ?? []), result]);
  }
}
process.stdout.write(`${table()}\n`);

async function measure({ name, start, requests, status }: Contestant): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'propiq-bench-'));
  const child = start(folder);
  try {
    const port = await portOf(child);
    await load(port, requests.slice(0, WARM_UP), CONNECTIONS, DURATION_MS);
    const result = await load(port, requests.slice(WARM_UP), CONNECTIONS, DURATION_MS);
    const others = Object.keys(result.byStatus).filter((each) => each !== status);
    if (others.length > 0) throw new Error(`${name} answered ${JSON.stringify(result.byStatus)}`);
    return result;
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first number of four or five digits behind a colon in what it says first: `"port":8000`, `http://127.0.0.1:8000/`. */
async function portOf(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('nothing to read from');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  child.stdout.resume();
  return Number(/:(\d{4,5})\b/.exec(said.toString())?.[1]);
}

function table(): string {
  const rates = (name: string): readonly number[] => (results.get(name) ?? []).map(({ perSecond }) => perSecond);
  const rows = CONTESTANTS.map(({ name, goal }) => {
    const own = rates(name);
    const p99 = median((results.get(name) ?? []).map(({ p99Ms }) => p99Ms));
    const cells = [
      name,
      median(own).toFixed(0),
      `${Math.min(...own).toFixed(0)}–${Math.max(...own).toFixed(0)}`,
      p99.toFixed(0),
    ];
    if (!goal) return cells.concat('', '');
    const ratio = median(own.map((rate, at) => rate / (rates(goal[0])[at] ?? Number.NaN)));
    const verdict = goal[1] === 0 ? '' : `≥ ${goal[1]} ${ratio >= goal[1] ? 'met' : 'missed'}`;
    return cells.concat(`${ratio.toFixed(2)} × ${goal[0]}`, verdict);
  });
  const head = [
    `receiver, ${CONNECTIONS} connections, 2 KB`,
    'median /s',
    'range /s',
    'p99 ms',
    'median ratio',
    'goal',
  ];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
