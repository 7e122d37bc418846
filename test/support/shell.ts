import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './cli.ts';

/** Runs a command line in `sh` and resolves with its exit code and what it printed. */
export async function runShell(command: string): Promise<{ code: number | null; output: string }> {
  const script = join(temporaryFolder(), 'script'); // in a file, since one argument cannot be that long
  writeFileSync(script, command);
  const child = spawn('sh', [script], {
    env: { PATH: `${process.env['PATH'] ?? ''}${delimiter}${standIn()}`, HOME: temporaryFolder() },
  });
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (output += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** Where this computer has no curl: a folder with a program of that name that knows the flags we print. */
function standIn(): string {
  if (spawnSync('curl', ['--version']).status === 0) return '';
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'curl'), `#!${process.execPath}\n${STAND_IN}`, { mode: 0o755 });
  return folder;
}

const STAND_IN = `
const { request } = require('node:http');
const { readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const headers = {};
let method = 'GET', url, body;
for (let at = 0; at < args.length; at += 1) {
  const arg = args[at];
  if (arg === '-X') method = args[(at += 1)];
  else if (arg === '-H') {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(args[(at += 1)]);
    if (value !== '') headers[name] = value;
  } else if (arg === '--data-raw') body = Buffer.from(args[(at += 1)]);
  else if (arg === '--data-binary') { at += 1; body = readFileSync(0); }
  else if (arg !== '-i' && arg !== '--globoff') url = arg;
}
headers['Content-Length'] = body.length;
request(url, { method, headers }, (answer) => answer.resume().on('end', () => {})).end(body);
`;
