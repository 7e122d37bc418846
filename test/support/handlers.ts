import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, runCli, temporaryFolder } from './cli.ts';
import { expectValid } from './schemas.ts';
import { type Served, startServe } from './serve.ts';

/** `serve` with the handlers of a file, quick to try again. */
export async function serveWith(
  source: string,
  args: readonly string[] = [],
  options: { readonly json?: boolean; readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Served> {
  const cwd = options.cwd ?? temporaryFolder();
  writeFileSync(join(cwd, 'handlers.mjs'), source);
  return startServe(['--handler', 'handlers.mjs', '--retry-delay', '5ms', ...args], { ...options, cwd });
}

/** A command beside `serve`, on the same inbox. */
export const beside = (served: Pick<Served, 'cwd' | 'env'>, ...args: readonly string[]): Promise<Finished> =>
  runCli(args, { cwd: served.cwd, env: served.env });

/** The records of a stream so far, each fitting its schema; of one type where that is named. */
export function recordsOf(stdout: string, type?: string): readonly Record<string, unknown>[] {
  const lines = stdout
    .slice(0, stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
  return lines
    .map((line) => expectValid(line, 'serve'))
    .filter((record) => type === undefined || record['type'] === type);
}

/** The records once there are so many of a type. */
export async function untilRecords(
  served: Served,
  type: string,
  count: number,
): Promise<readonly Record<string, unknown>[]> {
  const isThere = (stdout: string): boolean => stdout.split(`{"type":"${type}"`).length > count;
  return recordsOf(await served.output({ test: isThere }), type);
}

/** Events of the inbox, as `events list` has them, oldest first. */
export async function listEvents(
  served: Pick<Served, 'cwd' | 'env'>,
  ...args: readonly string[]
): Promise<readonly { id: string; topic: string; state: string; attempts: number; notificationId: string | null }[]> {
  const { stdout } = await beside(served, 'events', 'list', '--json', '--limit', '1000', ...args);
  const { events } = expectValid(stdout, 'events-list') as unknown as {
    events: Awaited<ReturnType<typeof listEvents>>;
  };
  return events.toReversed();
}
