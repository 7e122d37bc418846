import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beside, fastApi, serve, withReceiver } from './contestants.ts';
import { isInstalled, type Load, loadAll, loadWithWrk, SECRET, signedRequests, writeRequests } from './load.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { missing, ratioRow, report, type Row, spread, tell } from './rows.ts';

/** The durable receiver beside others that store nothing: the same bodies, all ids different, 64 connections, in turn. */
const ROUNDS = 5;
const CONNECTIONS = 64;
const SECONDS = 4;
/** No receiver that stores takes more in that time; where all were sent, they are sent again. */
const REQUESTS = 60_000;
/** Sent before the clock runs, so that every contestant is compiled. */
const WARM_UP = 3000;

interface Contestant {
  readonly name: string;
  readonly start: Parameters<typeof withReceiver>[0];
  readonly secret: string;
  /** Why it cannot take part; asked once. */
  readonly absent?: () => string | undefined;
  readonly goals?: readonly (readonly [against: string, least: number])[];
}

const BARE = 'bare node:http';
const python = (): string | undefined =>
  spawnSync('/usr/bin/python3', ['-c', 'import fastapi, uvicorn']).status === 0
    ? undefined
    : 'no fastapi and uvicorn under /usr/bin/python3';

const postgres = await startPostgres().catch((cause: unknown) =>
  cause instanceof Error ? cause : new Error(String(cause)),
);
const SQLITE = 'serve, durable in SQLite';

const CONTESTANTS: readonly Contestant[] = [
  { name: BARE, start: () => beside('bare'), secret: SECRET },
  { name: 'Fastify', start: () => beside('fastify'), secret: SECRET },
  { name: 'Express', start: () => beside('express'), secret: SECRET },
  { name: 'FastAPI', start: fastApi, secret: SECRET, absent: python },
  {
    name: SQLITE,
    start: (folder) => serve(folder),
    secret: SECRET,
    goals: [
      [BARE, 0.5],
      ['Fastify', 1],
      ['Express', 3],
      ['FastAPI', 2],
    ],
  },
  {
    name: 'serve, durable in PostgreSQL',
    start: async (own) => serve(own, [], postgres instanceof Error ? '' : await postgres.database()),
    secret: SECRET,
    absent: () => (postgres instanceof Error ? postgres.message.slice(0, 80) : undefined),
    goals: [[SQLITE, 0.6]],
  },
  { name: 'serve, refusals', start: (folder) => serve(folder), secret: 'another-key', goals: [[BARE, 0.7]] },
];

const hasWrk = isInstalled('wrk');
const folder = mkdtempSync(join(tmpdir(), 'propiq-bench-'));
const results = new Map<string, Load[]>();
const rows: Row[] = hasWrk ? [] : [missing('wrk', 'not installed: our own, slower generator sends instead')];
try {
  const present = CONTESTANTS.filter(({ name, absent }) => {
    const why = absent?.();
    if (why !== undefined) rows.push(missing(name, why));
    return why === undefined;
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contestant of present) {
      const load = await measure(contestant);
      tell(`${contestant.name}: ${load.perSecond.toFixed(0)}/s, p99 ${load.p99Ms.toFixed(0)} ms`);
      results.set(contestant.name, [...(results.get(contestant.name) ?? []), load]);
    }
  }
  for (const contestant of present) rows.push(...rowsOf(contestant));
} finally {
  if (!(postgres instanceof Error)) await postgres.end();
  rmSync(folder, { recursive: true, force: true });
}
report(rows);

async function measure({ name, start, secret }: Contestant): Promise<Load> {
  const file = join(folder, 'requests');
  if (hasWrk) writeRequests(file, signedRequests(REQUESTS, secret)); // new ids for each round and contestant
  return withReceiver(start, async ({ port }) => {
    await loadAll(port, [...signedRequests(WARM_UP, secret)], CONNECTIONS);
    const load = hasWrk
      ? loadWithWrk(port, file, CONNECTIONS, SECONDS)
      : await loadAll(port, [...signedRequests(REQUESTS / 3, secret)], CONNECTIONS);
    const expected = secret === SECRET ? 0 : load.requests;
    if (load.refused !== expected || load.broken > 0) throw new Error(`${name}: ${JSON.stringify(load)}`);
    return load;
  });
}

function rowsOf({ name, goals = [] }: Contestant): readonly Row[] {
  const rates = (of: string): readonly number[] => (results.get(of) ?? []).map(({ perSecond }) => perSecond);
  const p99 = (results.get(name) ?? []).map(({ p99Ms }) => p99Ms);
  const what = `${name}, ${CONNECTIONS} connections, 2 KB`;
  const measured = `${spread(rates(name), '/s')}, p99 ${spread(p99, 'ms')}`;
  if (goals.length === 0) return [{ what, measured, result: '', goal: '', verdict: '' }];
  return goals
    .filter(([against]) => results.has(against))
    .map(([against, least], at) =>
      ratioRow(what, at === 0 ? measured : '〃', rates(name), rates(against), { against, least }),
    );
}
