import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { listEvents, serveWith } from '../support/handlers.ts';
import { sendAll } from '../support/load.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { delivery, notification } from '../support/serve.ts';

const COUNT = 400;
const NOTING = `
  import { appendFileSync } from 'node:fs';
  export default ({ id }) => appendFileSync('calls', process.pid + ' ' + id + '\\n');`;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.end());

const calls = (cwd: string): readonly (readonly string[])[] =>
  existsSync(join(cwd, 'calls'))
    ? readFileSync(join(cwd, 'calls'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' '))
    : [];

async function untilAllCalled(cwd: string, count: number): Promise<void> {
  while (new Set(calls(cwd).map(([, id]) => id)).size < count) await new Promise((resolve) => setImmediate(resolve));
}

async function load(
  port: number,
  ids: readonly string[],
  onAnswer: (id: string, status: number) => void,
): Promise<void> {
  const requests = ids.map((id) => delivery(notification(id)));
  await sendAll(port, requests, 8, ({ index, status }) => onAnswer(ids[index] ?? '', status));
}

test('two machines on one PostgreSQL handle each event exactly once', async () => {
  const cwd = temporaryFolder();
  const env = { PROPIQ_INTERCOM_STORE: await postgres.database() };
  const [one, other] = await Promise.all([
    serveWith(NOTING, ['--quiet'], { cwd, env }),
    serveWith(NOTING, ['--quiet'], { cwd, env }),
  ]);
  const ids = Array.from({ length: COUNT }, (_, at) => `notif_${at}`);
  const statuses = new Set<number>();
  await Promise.all([
    load(one.port, ids.slice(0, COUNT / 2), (_, status) => statuses.add(status)),
    load(other.port, ids.slice(COUNT / 2), (_, status) => statuses.add(status)),
  ]);
  expect(statuses).toEqual(new Set([200]));
  await untilAllCalled(cwd, COUNT);
  for (const { child } of [one, other]) child.kill('SIGTERM');
  await Promise.all([one.finished, other.finished]);
  expect(calls(cwd)).toHaveLength(COUNT);
  expect(new Set(calls(cwd).map(([pid]) => pid)).size).toBe(2);
  expect(new Set((await listEvents(one)).map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(
    new Set(['handled 1']),
  );
});

test('PostgreSQL is restarted under load: whatever was acknowledged is handled', async () => {
  const cwd = temporaryFolder();
  const env = { PROPIQ_INTERCOM_STORE: await postgres.database() };
  const served = await serveWith(NOTING, ['--quiet', '--handler-timeout', '1s'], { cwd, env });
  const acknowledged: string[] = [];
  const ids = Array.from({ length: COUNT }, (_, at) => `notif_r${at}`);
  let restarted: Promise<void> | undefined;
  await load(served.port, ids, (id, status) => {
    if (status === 200) acknowledged.push(id);
    if (acknowledged.length === 50)
      restarted ??= (async () => {
        await postgres.stop('SIGINT');
        await postgres.start();
      })();
  });
  await restarted;
  // what was refused meanwhile is sent again, as Intercom does
  const refused = ids.filter((id) => !acknowledged.includes(id));
  for (let left = refused; left.length > 0; left = refused.filter((id) => !acknowledged.includes(id)))
    await load(served.port, left, (id, status) => {
      if (status === 200) acknowledged.push(id);
    });
  await untilAllCalled(cwd, COUNT);
  served.child.kill('SIGTERM');
  const { stderr } = await served.finished;
  console.log(
    `PostgreSQL restarted: ${refused.length} of ${COUNT} refused meanwhile, ${calls(cwd).length} calls for ${COUNT} events`,
  );
  expect(new Set(acknowledged).size).toBe(COUNT);
  expect(stderr).not.toContain('a bug');
  expect(new Set((await listEvents(served)).map(({ state }) => state))).toEqual(new Set(['handled']));
});
