import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { listEvents, serveWith } from '../support/handlers.ts';
import { sendAll } from '../support/load.ts';
import { delivery, notification } from '../support/serve.ts';

const ROUNDS = 5;
const PREPARED = 2000;
const HANDLER = `
  import { appendFileSync } from 'node:fs';
  export default async ({ id }) => {
    await new Promise((done) => setTimeout(done, Math.random() * 20));
    appendFileSync('calls', id + '\\n');
  };`;

test(`kill -9 under load with handlers at work, ${ROUNDS} rounds: every event that was acknowledged is handled`, async () => {
  const cwd = temporaryFolder();
  const args = ['--quiet', '--handler-timeout', '500ms'];
  const acknowledged = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const served = await serveWith(HANDLER, args, { cwd });
    const ids = Array.from({ length: PREPARED }, (_, at) => `notif_${round}-${at}`);
    const enough = 30 + ((round * 7919) % 90);
    let answers = 0;
    await sendAll(
      served.port,
      ids.map((id) => delivery(notification(id))),
      16,
      ({ index, status }) => {
        expect(status).toBe(200);
        acknowledged.add(ids[index] ?? '');
        answers += 1;
        if (answers === enough) served.child.kill('SIGKILL');
      },
    );
    expect((await served.finished).signal).toBe('SIGKILL');
  }
  const calls = (): readonly string[] =>
    existsSync(join(cwd, 'calls')) ? readFileSync(join(cwd, 'calls'), 'utf8').split('\n').filter(Boolean) : [];
  const before = new Set(calls());
  const last = await serveWith(HANDLER, args, { cwd });
  for (let handled = new Set(calls()); [...acknowledged].some((id) => !handled.has(id)); handled = new Set(calls()))
    await new Promise((resolve) => setImmediate(resolve));
  last.child.kill('SIGTERM');
  await last.finished;
  const all = calls();
  console.log(
    `${ROUNDS} × kill -9: ${acknowledged.size} acknowledged, all handled, ${[...acknowledged].filter((id) => !before.has(id)).length} of them after the last restart; ` +
      `${all.length - new Set(all).size} handled more than once`,
  );
  const states = (await listEvents(last)).filter(({ notificationId }) => acknowledged.has(notificationId ?? ''));
  expect(states.length).toBe(acknowledged.size);
}, 120_000);
