import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from './contestants.ts';
import { median, ratioRow, report, type Row, spread } from './rows.ts';

/** How long the program takes to say something small, as a ratio to a Node that does nothing. */
const ROUNDS = 21;
const GOAL = 1.45;
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
report(rows());

function timed(args: readonly string[]): number {
  const env = { PATH: process.env['PATH'], HOME: folder };
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  const ms = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

function rows(): readonly Row[] {
  const [base = []] = times;
  return CONTESTANTS.slice(1).map(([name], at) =>
    ratioRow(
      `start-up: ${name}`,
      `${spread(times[at + 1] ?? [], 'ms')}; node -e 0: ${median(base).toFixed(0)} ms`,
      times[at + 1] ?? [],
      base,
      {
        against: 'node -e 0',
        most: GOAL,
      },
    ),
  );
}
