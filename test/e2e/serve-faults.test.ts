import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { anyNumber, canMount, createLab, type Lab, Ledger, ROUNDS, SLOWEST_MS, smallDisk } from '../support/faults.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { send } from '../support/raw-http.ts';
import { delivery, notification } from '../support/serve.ts';

/** The shorter an attempt may be, the sooner another process takes over what a dead one had in hand. */
const SHORT_LEASES = ['--handler-timeout', '200ms'];
const health = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.end());

const STORES: readonly (readonly [name: string, lab: () => Promise<Lab>])[] = [
  ['SQLite', async () => createLab()],
  ['PostgreSQL', async () => createLab(await server.database())],
];

const ROUNDS_OF_A_DISK = 20;
/** Rounds for each of several disks, as none is emptied. */
const DISKS = Array.from({ length: Math.ceil(ROUNDS / ROUNDS_OF_A_DISK) }, (_, at) =>
  Math.min(ROUNDS_OF_A_DISK, ROUNDS - at * ROUNDS_OF_A_DISK),
);

const idsOf = (round: number, count: number, part = 0): string[] =>
  Array.from({ length: count }, (_, at) => `notif_${round}-${part}-${at}`);

describe.each(STORES)('nothing acknowledged is lost, and each is handled, on %s', (name, openLab) => {
  test(
    'when the receiver is killed under load',
    async () => {
      const lab = await openLab();
      const ledger = new Ledger();
      for (let round = 0; round < ROUNDS; round += 1) {
        const served = await lab.serve(SHORT_LEASES);
        await ledger.sendAcknowledgedAgain(served.port, idsOf(round - 1, 3000));
        const enough = 50 + anyNumber(400);
        await ledger.send(served.port, idsOf(round, 3000), (acknowledged) => {
          if (acknowledged === enough) served.child.kill('SIGKILL');
        });
        expect((await served.finished).signal).toBe('SIGKILL');
      }
      await lab.serve(SHORT_LEASES);
      await ledger.settle(lab, `${name}, ${ROUNDS} × kill -9`);
    },
    SLOWEST_MS,
  );

  test(
    'when connections are reset in the midst of a body',
    async () => {
      const lab = await openLab();
      const ledger = new Ledger();
      const served = await lab.serve();
      for (let round = 0; round < ROUNDS; round += 1) {
        const cut = idsOf(round, 20).map((id) => resetInBody(served.port, `cut_${id}`));
        await Promise.all([ledger.send(served.port, idsOf(round, 50)), ...cut]);
      }
      await ledger.settle(lab, `${name}, ${ROUNDS * 20} resets in mid-body`, true);
      expect((await lab.stored()).filter((id) => id.startsWith('cut_'))).toEqual([]);
      expect(ledger.acknowledged.size).toBe(ROUNDS * 50);
    },
    SLOWEST_MS,
  );

  test(
    'when the clock is set back again and again',
    async () => {
      const lab = await openLab();
      const ledger = new Ledger();
      const stepping = pathToFileURL(join(import.meta.dirname, '../support/stepping-clock.mjs')).href;
      const served = await lab.serve([], { NODE_OPTIONS: `--import ${stepping}` });
      await ledger.send(served.port, idsOf(0, ROUNDS * 100));
      await ledger.settle(lab, `${name}, the clock set back by an hour every 300 looks at it`, true);
      expect(ledger.acknowledged.size).toBe(ROUNDS * 100);
    },
    SLOWEST_MS,
  );

  test(
    'when three receivers share the work: then it is handled once',
    async () => {
      const lab = await openLab();
      const ledger = new Ledger();
      const receivers = await Promise.all([lab.serve(), lab.serve(), lab.serve()]);
      await Promise.all(receivers.map(({ port }, at) => ledger.send(port, idsOf(at, ROUNDS * 50))));
      await ledger.settle(lab, `${name}, three receivers`, true);
      expect(ledger.acknowledged.size).toBe(3 * ROUNDS * 50);
    },
    SLOWEST_MS,
  );

  test.skipIf(!canMount).each(DISKS)(
    'when the disk is full, again and again: %i times',
    async (rounds) => {
      const disk = smallDisk(32 + 3 * rounds); // what is stored stays: each round takes about 1.5 MB
      const lab = name === 'SQLite' ? createLab(join(disk.path, 'inbox.db')) : createLab(await onDisk(disk.path));
      const ledger = new Ledger('x'.repeat(4000));
      const served = await lab.serve();
      for (let round = 0; round < rounds; round += 1) {
        disk.fill();
        for (let more = 0; ledger.open.size === 0; more += 1) await ledger.send(served.port, idsOf(round, 50, more));
        disk.free();
        expect((await send(served.port, health)).status).toBe(200);
        await ledger.sendOpenAgain(served);
      }
      await ledger.settle(lab, `${name}, ${rounds} × disk full`);
    },
    SLOWEST_MS,
  );
});

test(
  'PostgreSQL is stopped and started under load, gently and as by a power failure, and the receiver goes on',
  async () => {
    const lab = createLab(await server.database());
    const ledger = new Ledger();
    for (let round = 0; round < ROUNDS; round += 1) {
      const served = await lab.serve();
      const enough = 50 + anyNumber(200);
      let restarted: Promise<void> | undefined;
      await ledger.send(served.port, idsOf(round, 1500), (acknowledged) => {
        if (acknowledged === enough) restarted = restart(round % 2 === 0 ? 'SIGINT' : 'SIGQUIT');
      });
      await restarted;
      await ledger.sendOpenAgain(served);
      expect((await send(served.port, health)).status).toBe(200);
      served.child.kill('SIGTERM');
      expect((await served.finished).signal).toBe('SIGTERM');
    }
    await lab.serve();
    await ledger.settle(lab, `PostgreSQL, ${ROUNDS} × stopped and started`);
    expect(ledger.acknowledged.size).toBe(ROUNDS * 1500);
  },
  SLOWEST_MS,
);

async function restart(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  await server.stop(signal);
  await server.start();
}

/** A database whose tables are on a disk of their own, so that only they find it full. Its server ends before the disk goes. */
async function onDisk(path: string): Promise<string> {
  const own = await startPostgres();
  onTestFinished(() => own.end());
  await own.run(`create tablespace small location '${path}'`);
  return own.database('tablespace small');
}

/** Half of a request, and then a reset. */
function resetInBody(port: number, id: string): Promise<void> {
  const request = delivery(notification(id));
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      socket.write(request.subarray(0, request.length - 1 - anyNumber(40)), () => socket.resetAndDestroy());
    });
    socket.on('error', () => undefined).on('close', () => resolve());
  });
}
