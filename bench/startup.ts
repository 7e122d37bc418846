import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** How long the program takes to say something small, as a ratio to a Node that does nothing. */
const ROUNDS = 21;
const GOAL = 1.45;
const PROGRAM = resolve(process.cwd(), 'bin/propiq-intercom.js');
const CONTESTANTS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['node -e 0', ['-e', '0']],
  ['--help', ['--', PROGRAM, '--help']],
  ['--version', ['--', PROGRAM, '--version']],
  ['topics list', ['--', PROGRAM, 'topics', 'list']],
];

const folder = mkdtempSync(join(tmpdir(), 'propiq-bench-'));
const times = CONTESTANTS.map((): number[] => []);
try {
  // one round more than is counted: the first one fills the file cache
  for (let round = 0; round <= ROUNDS; round++) {
    for (let turn = 0; turn < CONTESTANTS.length; turn++) {
      const at = (round + turn) % CONTESTANTS.length; // interleaved, and in turn the first
      const ms = timed(CONTESTANTS[at]?.[1] ?? []);
      if (round > 0) times[at]?.push(ms);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${table()}\n`);

function timed(args: readonly string[]): number {
  const env = { PATH: process.env['PATH'], HOME: folder };
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  const ms = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

function table(): string {
  const [base = []] = times;
  const rows = CONTESTANTS.map(([name], at) => {
    const own = times[at] ?? [];
    const ratios = own.map((ms, round) => ms / (base[round] ?? Number.NaN));
    const ratio = quantile(ratios, 0.5);
    const spread = `${quantile(ratios, 0.1).toFixed(2)}–${quantile(ratios, 0.9).toFixed(2)}`;
    const verdict = at === 0 ? '' : ratio <= GOAL ? 'met' : 'missed';
    return [name, quantile(own, 0.5).toFixed(0), ratio.toFixed(2), spread, at === 0 ? '' : `≤ ${GOAL} ${verdict}`];
  });
  const head = [`start-up, Node ${process.versions.node}`, 'median ms', 'median ratio', 'p10–p90', 'goal'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
}
