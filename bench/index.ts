import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { type Row, table } from './rows.ts';

/**
 * Runs the benchmarks one after the other, each in a process of its own, and writes one Markdown table.
 * `npm run bench -- receiver` runs those whose name begins like that.
 */
const NAMES = ['receiver', 'latency', 'memory', 'inbox', 'send-test', 'startup'] as const;
const wanted = process.argv.slice(2);
const names = NAMES.filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));

if (names.length === 0) {
  process.stderr.write(`no benchmark begins with ${wanted.join(' or ')}: there are ${NAMES.join(', ')}\n`);
  process.exitCode = 2;
}
// no TypeScript, so the compiler has left it where it was
const KEEPER = 'test/support/postgres-keeper.js';
copyFileSync(resolve(process.cwd(), KEEPER), resolve(import.meta.dirname, '..', KEEPER));

const rows: Row[] = [];
for (const name of names) {
  process.stderr.write(`== ${name}\n`);
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.js`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) process.exitCode = 1;
  for (const line of stdout.trim().split('\n')) if (line !== '') rows.push(JSON.parse(line) as Row);
}
if (rows.length > 0)
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus().length} cores; ratios are of one round each.\n\n${table(rows)}\n`,
  );
