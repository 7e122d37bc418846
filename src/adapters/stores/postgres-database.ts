import { Socket } from 'node:net';
import pg from 'pg';
import { postgresError } from './postgres-errors.ts';
import type { PostgresPlace } from './postgres-url.ts';

type Values = readonly unknown[];
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** Connections to a database. Each failure is an AppError `inbox/*`; a connection that failed is not used again. */
export interface Database {
  /** For messages. */
  readonly shown: string;
  /** One statement, a transaction of its own, within the time that an answer to Intercom has. */
  run(sql: string, values?: Values): Promise<Rows>;
  /** Statements as one transaction that may take its time. */
  runLong<T>(work: (run: (sql: string, values?: Values) => Promise<Rows>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Two for commits, one for handling, one for whoever reads. */
const MAX_CONNECTIONS = 4;
/** All of a connection, a statement and the answer must fit into the 5 s after which Intercom gives up. */
const CONNECT_MS = 2000;
const STATEMENT_MS = 2000;
const LONG_STATEMENT_MS = 120_000;
/** The server ends a statement before this side stops waiting for it. */
const GRACE_MS = 500;
const IDLE_MS = 30_000;
/** Another transaction went first, and PostgreSQL asks to begin again: serialization_failure, deadlock_detected. */
const AGAIN: ReadonlySet<unknown> = new Set(['40001', '40P01']);
/** Durability is not left to the server's settings. */
const SESSION = `set synchronous_commit = on; set statement_timeout = ${STATEMENT_MS}; set client_min_messages = warning`;

/** Makes no connection yet: each is made when it is needed, so that a server may go and come back. */
export function openDatabase({ host, port, database, user, password, ssl, shown }: PostgresPlace): Database {
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    host,
    port,
    database,
    user,
    password,
    ssl,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: 'propiq-intercom',
    // Kept an eye on: the driver leaves those open on which the login failed, and the process could not end.
    stream: () => {
      const socket = new Socket();
      sockets.add(socket.once('close', () => sockets.delete(socket)));
      return socket;
    },
    types: {
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as never),
    },
  });
  pool.on('error', () => undefined); // an idle connection ended; the next statement makes another
  // That a connection ends is said by the statement that it ends. Listened for from the first moment: between the pool's
  // giving a connection away and its being received, nobody else does.
  pool.on('connect', (client) => void client.on('error', () => undefined));

  async function using<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    try {
      const client = await pool.connect();
      let isDone = false;
      try {
        await prepare(client);
        const result = await work(client);
        isDone = true;
        return result;
      } finally {
        client.release(!isDone); // ended after a failure, which also rolls back what it had begun
      }
    } catch (cause) {
      throw postgresError(cause, shown);
    }
  }

  async function runOnce(sql: string, values: Values): Promise<Rows> {
    return using((client) => ask(client, sql, values, STATEMENT_MS));
  }

  return {
    shown,
    async run(sql, values = []) {
      try {
        return await runOnce(sql, values);
      } catch (cause) {
        if (!AGAIN.has(((cause as Error).cause as { code?: unknown } | undefined)?.code)) throw cause;
        return runOnce(sql, values);
      }
    },
    runLong: (work) =>
      using(async (client) => {
        await ask(client, `begin; set local statement_timeout = ${LONG_STATEMENT_MS}`, [], STATEMENT_MS);
        const result = await work((sql, values = []) => ask(client, sql, values, LONG_STATEMENT_MS));
        await ask(client, 'commit', [], STATEMENT_MS);
        return result;
      }),
    async close() {
      await pool.end();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const prepared = new WeakSet<pg.PoolClient>();

/** Not as parameters of the connection: poolers between here and the server refuse those. */
async function prepare(client: pg.PoolClient): Promise<void> {
  if (prepared.has(client)) return;
  await ask(client, SESSION, [], STATEMENT_MS);
  prepared.add(client);
}

/** Nothing is waited for without end: a connection may die without a word. */
async function ask(client: pg.PoolClient, text: string, values: Values, statementMs: number): Promise<Rows> {
  const query = { text, ...(values.length > 0 && { values: [...values] }), query_timeout: statementMs + GRACE_MS };
  return (await client.query(query)).rows as Rows;
}
