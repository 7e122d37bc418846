import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, type Finished, startCli, temporaryFolder } from './cli.ts';
import { expectNowhere } from './canary.ts';
import { expectValid } from './schemas.ts';

/** No credential of anybody: joined here, so that no scanner takes it for one. */
export const TOKEN = ['dummy', 'token', 'of', 'nobody'].join('-');
export const CLIENT_SECRET = ['dummy', 'client', 'secret', 'of', 'nobody'].join('-');
export const GUIDE_ENV = [
  '# PropIQ',
  'export DATABASE_URL="postgres://localhost/x"  # mine',
  '# INTERCOM_WEBHOOK_SECRET will be generated when you create the webhook',
  '',
  "GREETING='hello world'",
  '',
].join('\n');

export interface Lab {
  /** Where setup runs, and where `.env` is. */
  readonly cwd: string;
  /** Of the receiver that runs there and follows `.env`. */
  readonly url: string;
  /** Of the stand-in for Intercom. */
  readonly api: string;
  /** The inbox of the receiver. */
  readonly store: string;
  readonly env: () => string;
  write(file: string, text: string): void;
  /** Runs setup there; JSON is checked against its schema, and no stream or file but `.env` may hold a secret. */
  setup(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Finished>;
  /** Asks the stand-in's own routes. */
  control(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
}

/** The stand-in for Intercom and a receiver that reads `.env`, in a folder of their own. */
export async function openLab({ envText = GUIDE_ENV, isOpen = true } = {}): Promise<Lab> {
  const cwd = temporaryFolder();
  const elsewhere = temporaryFolder();
  writeFileSync(join(cwd, '.env'), envText);
  const store = join(elsewhere, 'inbox.db');
  const sandbox = startCli(['sandbox', '--port', '0', '--json', ...(isOpen ? [] : ['--no-legacy-api'])], {
    cwd: elsewhere,
    env: { INTERCOM_ACCESS_TOKEN: TOKEN, INTERCOM_WEBHOOK_SECRET: CLIENT_SECRET },
  });
  const serve = startCli(['serve', '--port', '0', '--json'], { cwd, env: { PROPIQ_INTERCOM_STORE: store } });
  const ready = async (running: typeof serve): Promise<string> =>
    (JSON.parse((await running.output(/"type":"ready".*\n/)).split('\n')[0] ?? '') as { url: string }).url;
  const [api, url] = [await ready(sandbox), await ready(serve)];
  return {
    cwd,
    url,
    api,
    store,
    write: (file, text) => writeFileSync(join(cwd, file), text),
    env: () => readFileSync(join(cwd, '.env'), 'utf8'),
    async setup(args, { input = '', env = {} } = {}) {
      const known = { PROPIQ_INTERCOM_STORE: store, ...env };
      const finished = await runCli(['setup', '--api-base', api, ...args], { cwd, env: known, input });
      const texts = [finished.stdout, finished.stderr];
      const made = /^INTERCOM_WEBHOOK_SECRET=(.+)$/m.exec(readFileSync(join(cwd, '.env'), 'utf8'))?.[1];
      for (const secret of [TOKEN, CLIENT_SECRET, ...(made ? [made] : [])])
        expectNowhere(secret, { texts, folder: cwd, allowed: ['.env'] });
      if (args.includes('--json')) expectValid(finished.stdout, 'setup');
      return finished;
    },
    async control(method, path, body) {
      const response = await fetch(`${api}/sandbox${path}`, {
        method,
        headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      return (await response.json()) as Record<string, unknown>;
    },
  };
}

export interface SetupResult {
  readonly ok: boolean;
  readonly mode: string;
  readonly way: string;
  readonly changed: boolean;
  readonly topics: readonly string[];
  readonly walk: readonly { title: string; values: readonly string[] }[];
  readonly diff: readonly string[];
  readonly next: string;
  readonly steps: readonly { id: string; status: string; message: string; findings: readonly { id: string }[] }[];
  readonly error: { code: string; message: string; hint: string } | null;
}

export const resultOf = ({ stdout }: Finished): SetupResult => JSON.parse(stdout) as SetupResult;
export const statusesOf = (finished: Finished): Record<string, string> =>
  Object.fromEntries(resultOf(finished).steps.map(({ id, status }) => [id, status]));
