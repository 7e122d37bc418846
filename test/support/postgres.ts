import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';

/** A real PostgreSQL server on a free port of this computer, in a folder of its own. */
export interface PostgresServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The folder of its socket, its data and its programs. */
  readonly folder: string;
  url(database: string, more?: string): string;
  /** Makes an empty database, and gives its URL. */
  database(options?: string): Promise<string>;
  /** Statements as the owner of the server. */
  run(sql: string, database?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** SIGINT cuts connections and keeps what is committed; SIGQUIT is as if the power had failed. */
  stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
}

interface Told {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly folder: string;
}

/** Starts a server; whoever calls ends it, and it ends with this process in any case. @param settings `-c` arguments */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'postgres-keeper.js'), ...settings], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors: Buffer[] = [];
  keeper.stderr.on('data', (part: Buffer) => errors.push(part));
  const lines = createInterface(keeper.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`PostgreSQL cannot be started: ${Buffer.concat(errors).toString()}`);
    return JSON.parse(value);
  };
  const { port, user, password, folder } = (await next()) as Told;
  const url = (database: string, more = ''): string =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}${more}`;
  let count = 0;

  async function run(sql: string, database = 'postgres'): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Readonly<Record<string, unknown>>[];
    } finally {
      await client.end();
    }
  }

  return {
    port,
    user,
    password,
    folder,
    url,
    async database(options = '') {
      count += 1;
      const name = `inbox_${process.pid}_${count}`;
      await run(`create database ${name} ${options}`);
      return url(name);
    },
    run,
    async stop(signal) {
      keeper.stdin.write(`${signal}\n`);
      await next();
    },
    async start() {
      keeper.stdin.write('start\n');
      await next();
    },
    end: () => ended(keeper),
  };
}

async function ended(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null) return;
  keeper.stdin?.end();
  await once(keeper, 'exit');
}
