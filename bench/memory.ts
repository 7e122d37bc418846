import { readFileSync } from 'node:fs';
import { serve, withReceiver } from './contestants.ts';
import { loadAll, SECRET, signedRequests } from './load.ts';
import { missing, report, type Row, tell } from './rows.ts';

/** Resident memory of `serve` under a load that lasts. */
const HALF = 50_000;
const PORTION = 5000;
const CONNECTIONS = 64;
const MOST_MB = 150;
/** A heap that has been collected or not differs by so much from one look to the next. */
const NOISE_MB = 15;

if (process.platform !== 'linux') report([missing('memory', 'read from /proc, which this system has not')]);
else report([await measure('events', SECRET), await measure('refusals', 'another-key')]);

async function measure(kind: string, secret: string): Promise<Row> {
  return withReceiver(
    (folder) => serve(folder),
    async ({ child, port }) => {
      const send = async (): Promise<number> => {
        const seen: number[] = [];
        for (let sent = 0; sent < HALF; sent += PORTION) {
          await loadAll(port, [...signedRequests(PORTION, secret)], CONNECTIONS);
          seen.push(residentMb(child.pid));
        }
        return Math.max(...seen.slice(-3));
      };
      const [half, whole] = [await send(), await send()];
      tell(`${kind}: ${half.toFixed(0)} MB after ${HALF}, ${whole.toFixed(0)} MB after ${HALF * 2}`);
      const isFine = whole < MOST_MB && whole - half < NOISE_MB;
      return {
        what: `memory of serve after ${HALF * 2} ${kind} of 2 KB`,
        measured: `${half.toFixed(0)} MB after ${HALF}, ${whole.toFixed(0)} MB after ${HALF * 2}`,
        result: `${whole.toFixed(0)} MB, ${whole >= half ? '+' : ''}${(whole - half).toFixed(0)} MB`,
        goal: `< ${MOST_MB} MB, no growth (± ${NOISE_MB} MB)`,
        verdict: isFine ? 'met' : 'missed',
      };
    },
  );
}

function residentMb(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
