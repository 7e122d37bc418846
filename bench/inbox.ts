import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as stores from '../src/adapters/stores/index.ts';
import type { IncomingEvent, InboxStore } from '../src/receive/inbox.ts';
import { notificationBody } from './load.ts';
import { median, quantile, report, spread, tell } from './rows.ts';

/** The inbox as it fills: insert rate, first page of a list, one event. From the built files: its writer is a thread. */
const MANY = 1_000_000;
const FEW = 1000;
const PORTION = 20_000;
/** That wait for a commit at the same time, as under a load. */
const AT_ONCE = 256;
const LOOKS = 51;

const built = pathToFileURL(resolve(process.cwd(), 'dist/adapters/stores/index.js')).href;
const { openInbox } = (await import(built)) as typeof stores;
const folder = mkdtempSync(join(tmpdir(), 'propiq-bench-'));
try {
  const inbox = await openInbox(join(folder, 'inbox.db'), 'write', { cwd: folder, home: folder, stateHome: undefined });
  await insert(inbox, FEW);
  const few = await look(inbox);
  const first = [await insert(inbox, PORTION), await insert(inbox, PORTION), await insert(inbox, PORTION)];
  let total = FEW + 3 * PORTION;
  const last: number[] = [];
  while (total < MANY) {
    last.push(await insert(inbox, PORTION));
    total += PORTION;
    if (total % 200_000 < PORTION) tell(`${total}: ${last.at(-1)?.toFixed(0)}/s`);
  }
  const many = await look(inbox);
  await inbox.close();
  const end = last.slice(-5);
  const ratio = median(end) / median(first);
  const row = (what: string, at: 'list' | 'show') => ({
    what: `${what}, ${MANY} events in the inbox`,
    measured: `${many[at].toFixed(2)} ms; with ${FEW}: ${few[at].toFixed(2)} ms`,
    result: `${(many[at] / few[at]).toFixed(2)} ×`,
    goal: `< 2 × of ${FEW} events`,
    verdict: many[at] / few[at] < 2 ? ('met' as const) : ('missed' as const),
  });
  report([
    {
      what: `insert into the inbox, ${MANY} events in it`,
      measured: `${spread(end, '/s')}; when empty: ${spread(first, '/s')}`,
      result: `${ratio.toFixed(2)} ×`,
      goal: '≥ 0.8 × of the empty inbox',
      verdict: ratio >= 0.8 ? 'met' : 'missed',
    },
    row('first page of a list', 'list'),
    row('one event by its id', 'show'),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function insert(inbox: InboxStore, count: number): Promise<number> {
  const events = Array.from({ length: count }, (_, at): IncomingEvent => {
    const body = Buffer.from(notificationBody());
    const notificationId = body.toString().slice(36, 78);
    return {
      notificationId,
      topic: 'contact.user.created',
      receivedAt: Date.now() + at,
      headers: [['X-Hub-Signature', 'x']],
      body,
    };
  });
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let event = events[next++]; event !== undefined; event = events[next++]) await inbox.add(event);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return (count / (performance.now() - startedAt)) * 1000;
}

/** The quicker quarter: what the disk does besides is not what is asked. */
async function look(inbox: InboxStore): Promise<{ list: number; show: number }> {
  const list: number[] = [];
  const show: number[] = [];
  for (let round = 0; round < LOOKS; round += 1) {
    const startedAt = performance.now();
    let id = '';
    for await (const event of inbox.list({ order: 'newest-first', limit: 20 })) id = event.id;
    const listedAt = performance.now();
    await inbox.get(id);
    list.push(listedAt - startedAt);
    show.push(performance.now() - listedAt);
  }
  return { list: quantile(list, 0.25), show: quantile(show, 0.25) };
}
