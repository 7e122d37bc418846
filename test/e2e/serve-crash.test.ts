import { expect, test } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { sendAll } from '../support/load.ts';
import { delivery, notification, startServe } from '../support/serve.ts';

const ROUNDS = 20;
/** On a machine that is busy with other things. */
const SLOWEST_MS = 300_000;
const CONNECTIONS = 32;
/** More than a round gets to send before it is killed. */
const PREPARED = 5000;

test(
  'kill -9 under load, 20 rounds: every event that was acknowledged is there',
  async () => {
    const cwd = temporaryFolder();
    const acknowledged = new Set<string>();
    let sentAgain = 0;
    let unacknowledgedButStored = 0;
    let lastRound: string[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const served = await startServe(['--quiet'], { cwd });
      // what the last round acknowledged is known after the restart
      const again = lastRound.map((id) => delivery(notification(id)));
      await sendAll(served.port, again, CONNECTIONS, ({ index, status, body }) => {
        sentAgain += 1;
        expect([lastRound[index], status, body]).toEqual([
          lastRound[index],
          200,
          '{"status":"duplicate","topic":"user.created"}',
        ]);
      });
      if (round === ROUNDS) break;
      const ids = Array.from({ length: PREPARED }, (_, at) => `notif_${round}-${at}`);
      const enough = 100 + ((round * 7919) % 900);
      lastRound = [];
      await sendAll(
        served.port,
        ids.map((id) => delivery(notification(id))),
        CONNECTIONS,
        ({ index, status, body }) => {
          expect([status, body]).toEqual([200, '{"status":"received","topic":"user.created"}']);
          lastRound.push(ids[index] ?? '');
          if (lastRound.length === enough) served.child.kill('SIGKILL');
        },
      );
      expect((await served.finished).signal).toBe('SIGKILL');
      expect(lastRound.length).toBeLessThan(PREPARED);
      for (const id of lastRound) acknowledged.add(id);
    }
    const { stdout } = await runCli(['events', 'export'], { cwd, env: { PROPIQ_INTERCOM_STORE: `${cwd}/inbox.db` } });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { notificationId?: string; events?: number });
    const stored = lines.flatMap(({ notificationId }) => notificationId ?? []);
    const storedIds = new Set(stored);
    unacknowledgedButStored = stored.length - acknowledged.size;
    console.log(
      `${ROUNDS} × kill -9: ${acknowledged.size} acknowledged, ${[...acknowledged].filter((id) => storedIds.has(id)).length} of them stored, ` +
        `${sentAgain} known again after the restart; ${unacknowledgedButStored} stored whose answer was cut off`,
    );
    expect([...acknowledged].filter((id) => !storedIds.has(id))).toEqual([]);
    expect(storedIds.size).toBe(stored.length);
    expect(sentAgain).toBe(acknowledged.size);
  },
  SLOWEST_MS,
);
