import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Runs the benchmarks one after the other, each in a process of its own; each prints one Markdown table.
 * `npm run bench -- startup` runs those whose name begins like that.
 */
const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.js') && file !== basename(import.meta.filename))
  .map((file) => basename(file, '.js'))
  .filter((name) => name !== 'load') // what the others share
  .filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));

if (names.length === 0) {
  process.stderr.write(`no benchmark begins with ${wanted.join(' or ')}\n`);
  process.exitCode = 2;
}
for (const name of names) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.js`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
