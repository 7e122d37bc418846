import { chmodSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { send } from '../support/raw-http.ts';
import { delivery, notification, SECRET, startServe } from '../support/serve.ts';

/** Somebody else who has the inbox open. */
function open(path: string): Database.Database {
  const database = new Database(path);
  onTestFinished(() => void database.close());
  return database;
}

const health = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';

describe('while the inbox cannot be written', () => {
  test('because another process holds it, Intercom is told to come again; later everything is as before', async () => {
    const served = await startServe();
    const other = open(join(served.cwd, 'inbox.db'));
    expect((await send(served.port, delivery(notification('notif_1')))).status).toBe(200);
    other.exec('begin immediate');
    const [refused, forged] = await Promise.all([
      send(served.port, delivery(notification('notif_2'))),
      send(served.port, delivery('{}', [])), // goes on being answered meanwhile
    ]);
    expect([refused.status, /Retry-After: (\d+)/.exec(refused.head)?.[1], forged.status]).toEqual([503, '60', 401]);
    expect((await send(served.port, health)).status).toBe(503);
    other.exec('rollback');
    expect((await send(served.port, delivery(notification('notif_2')))).body).toContain('received');
    expect((await send(served.port, delivery(notification('notif_1')))).body).toContain('duplicate');
    expect((await send(served.port, health)).status).toBe(200);
    served.child.kill('SIGTERM');
    expect((await served.finished).stderr).toContain('Refused with 503: it could not be stored: The inbox');
  });

  test('because its file is gone or another one, nothing is acknowledged that would be lost with the process', async () => {
    const served = await startServe();
    const [file, aside] = ['inbox.db', 'aside.db'].map((name) => join(served.cwd, name)) as [string, string];
    expect((await send(served.port, delivery(notification('notif_1')))).status).toBe(200);
    renameSync(file, aside);
    expect((await send(served.port, delivery(notification('notif_2')))).status).toBe(503);
    expect((await send(served.port, health)).status).toBe(503);
    writeFileSync(file, '');
    expect((await send(served.port, delivery(notification('notif_2')))).status).toBe(503);
    renameSync(aside, file);
    expect((await send(served.port, delivery(notification('notif_2')))).body).toContain('received');
    expect((await send(served.port, delivery(notification('notif_1')))).body).toContain('duplicate');
    served.child.kill('SIGTERM');
    expect((await served.finished).stderr).toContain('inbox.db is gone');
  });

  test('because its tables refuse, nothing is acknowledged, and nothing is lost', async () => {
    const served = await startServe();
    const other = open(join(served.cwd, 'inbox.db'));
    other.exec("create trigger no before insert on payloads begin select raise(abort, 'no'); end");
    const refused = await send(served.port, delivery(notification('notif_1')));
    expect([refused.status, refused.body.includes('no"')]).toEqual([503, false]);
    other.exec('drop trigger no');
    expect((await send(served.port, delivery(notification('notif_1')))).body).toContain('received');
  });
});

describe('the default inbox', () => {
  test('is in the state folder of the user, for serve and events alike, and nobody else can read it', async () => {
    const cwd = temporaryFolder();
    const running = startCli(['serve', '--port', '0'], { cwd, env: { INTERCOM_WEBHOOK_SECRET: SECRET } });
    const port = Number(/:(\d+)\//.exec(await running.output(/http:\/\/\S+/))?.[1]);
    expect((await send(port, delivery(notification('notif_1')))).status).toBe(200);
    const folder = join(cwd, 'state/propiq-intercom');
    const modes = [folder, ...['', '-wal', '-shm'].map((end) => join(folder, `inbox.db${end}`))].map((path) =>
      (statSync(path).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['700', '600', '600', '600']);
    expect((await runCli(['events', 'list'], { cwd })).stdout).toContain('user.created');
  });

  test('that is there keeps its mode', async () => {
    const first = await startServe();
    first.child.kill('SIGTERM');
    await first.finished;
    chmodSync(join(first.cwd, 'inbox.db'), 0o640);
    const second = await startServe([], { cwd: first.cwd });
    expect((await send(second.port, delivery(notification('notif_1')))).status).toBe(200);
    expect((statSync(join(first.cwd, 'inbox.db')).mode & 0o777).toString(8)).toBe('640');
  });
});

test('two receivers share one inbox and know one another\u2019s notifications', async () => {
  const cwd = temporaryFolder();
  const [one, other] = await Promise.all([startServe([], { cwd }), startServe([], { cwd })]);
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      send((at % 2 ? one : other).port, delivery(notification(`notif_${at >> 1}`))),
    ),
  );
  expect(answers.filter(({ body }) => body.includes('received'))).toHaveLength(20);
  expect(answers.filter(({ body }) => body.includes('duplicate'))).toHaveLength(20);
});

test('a store in memory takes events and warns that they do not stay', async () => {
  const served = await startServe(['--store', 'memory:']);
  expect((await send(served.port, delivery(notification('notif_1')))).status).toBe(200);
  served.child.kill('SIGTERM');
  expect((await served.finished).stderr).toContain('memory');
});
