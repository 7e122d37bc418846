import { randomUUID } from 'node:crypto';
import { parseEventId } from '../../base/event-id.ts';
import type { ClaimedEvent, InboxStore, Outcome } from '../../receive/inbox.ts';
import type { Database } from './postgres-database.ts';
import { prunableValues, PRUNABLE, tooMuch } from './postgres-reads.ts';
import { encodeText, NOW, toEvent, WHOLE } from './postgres-rows.ts';
import { errorLine, LONGEST_WAIT_MS, waitUntil } from './terms.ts';

export interface Settlement {
  readonly id: string;
  readonly lease: string;
  readonly outcome: Outcome;
}

/** What a step of pruning takes. */
const REMOVED_AT_ONCE = 500;

/** Three ranges of one index; what is due later than anything may be was written under a clock set back since. */
const DUE = ['due_at = 0', `due_at between 1 and ${NOW}`, `due_at > ${NOW} + ${LONGEST_WAIT_MS}`]
  .map((range, at) => {
    const order = at === 0 ? 'sequence' : 'due_at';
    return `due_${at} as materialized (select sequence from propiq_intercom.events where ${range} order by ${order} limit $1 for update skip locked)`;
  })
  .join(', ');
const CLAIM = `
with ${DUE}, picked as materialized (
  select sequence from (select * from due_0 union all select * from due_1 union all select * from due_2) d order by sequence limit $1
), e as (
  update propiq_intercom.events set attempts = attempts + 1, lease = $2, due_at = ${NOW} + $3
  where sequence in (select sequence from picked) returning *
)
select ${WHOLE} from e join propiq_intercom.payloads p using (sequence) order by e.sequence`;

/** $3: null where the event is released, $4: ms from now, null where nothing is left to do. */
const SETTLE = `
update propiq_intercom.events e set
  state = coalesce(g.state, e.state),
  attempts = e.attempts - (g.state is null)::int,
  due_at = case when g.state is null then 0 else ${NOW} + g.wait_ms end,
  last_error = case when g.state is null then e.last_error else g.error end,
  lease = null
from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[]) as g(sequence, lease, state, wait_ms, error)
where e.sequence = g.sequence and e.lease = g.lease
returning e.sequence, g.lease`;

const REQUEUE = `
with chosen as (
  select sequence from propiq_intercom.events
  where sequence = any($1::bigint[]) and state <> 'received' and (lease is null or due_at <= ${NOW})
  order by sequence for update
)
update propiq_intercom.events set state = 'received', attempts = 0, due_at = 0, lease = null, last_error = null
where sequence in (select sequence from chosen) returning sequence`;

const REMOVE = `
with gone as materialized (
  select sequence, size_bytes from propiq_intercom.events where ${PRUNABLE} and sequence > $4
  order by sequence limit ${REMOVED_AT_ONCE} for update skip locked
), payloads as (
  delete from propiq_intercom.payloads where sequence in (select sequence from gone)
), events as (
  delete from propiq_intercom.events where sequence in (select sequence from gone)
)
select count(*) as events, coalesce(sum(size_bytes), 0)::bigint as bytes, max(sequence) as last from gone`;

/** The payload of no event, as large as one: on a full disk it finds no room either. */
const PING = `
do $$ begin
  insert into propiq_intercom.payloads values (0, '', decode(repeat('00', 7000), 'hex'));
  delete from propiq_intercom.payloads where sequence = 0;
end $$`;

export function createWork(database: Database): Pick<InboxStore, 'claim' | 'requeue' | 'prune' | 'ping'> {
  return {
    async claim(limit, leaseMs): Promise<readonly ClaimedEvent[]> {
      const lease = randomUUID();
      const rows = await database.run(CLAIM, [limit, lease, waitUntil(0, leaseMs)]);
      return rows.map((row) => Object.assign(toEvent(row), { lease }));
    },
    async requeue(ids) {
      const sequences = ids.map(parseEventId).filter((sequence) => sequence !== undefined);
      return (await database.run(REQUEUE, [sequences])).length;
    },
    async prune(request, signal) {
      const upTo = request.maxBytes === undefined ? 0 : await tooMuch(database, request.maxBytes);
      const removed = { events: 0, bytes: 0 };
      for (let after: number | null = 0; after !== null;) {
        signal?.throwIfAborted();
        const [step]: readonly Readonly<Record<string, unknown>>[] = await database.run(REMOVE, [
          ...prunableValues(request, upTo),
          after,
        ]);
        removed.events += step?.['events'] as number;
        removed.bytes += step?.['bytes'] as number;
        after = step?.['last'] as number | null;
      }
      return removed;
    },
    async ping() {
      await database.run(PING);
    },
  };
}

/** For each, whether it was settled. */
export async function settleAll(database: Database, settlements: readonly Settlement[]): Promise<readonly boolean[]> {
  const values = settlements.map(({ id, lease, outcome }) => ({
    sequence: parseEventId(id) ?? 0,
    lease,
    state: stateOf(outcome),
    waitMs: outcome.kind === 'retry' ? waitUntil(0, outcome.inMs) : null,
    error: encodeText(errorLine(outcome)),
  }));
  const settled = await database.run(SETTLE, [
    values.map(({ sequence }) => sequence),
    values.map((each) => each.lease),
    values.map(({ state }) => state),
    values.map(({ waitMs }) => waitMs),
    values.map(({ error }) => error),
  ]);
  const done = new Set(settled.map(({ sequence, lease }) => `${String(sequence)} ${String(lease)}`));
  return values.map(({ sequence, lease }) => done.delete(`${sequence} ${lease}`));
}

function stateOf({ kind }: Outcome): string | null {
  if (kind === 'released') return null;
  return kind === 'retry' ? 'failed' : kind;
}
