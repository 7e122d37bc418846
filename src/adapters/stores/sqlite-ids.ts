import type { Connection } from './sqlite-engine.ts';
import { createIdFilter } from './sqlite-id-filter.ts';
import type { Sequence } from './sqlite-rows.ts';

/**
 * Which notification ids the inbox knows. Ids are random: an index that takes each at once has a page of its own to write
 * for nearly every event. So the newest ids, those of events after the mark `indexed`, are found in their events, and for
 * the one who adds in memory; they go into the index a generation at a time, sorted, so that a page takes many.
 *
 * Everything happens within the transaction of those who call.
 */
export interface KnownIds {
  /** Learns what others have added, and looks the keys up. `last`: the number of the newest event. */
  begin(last: Sequence, keys: readonly string[]): void;
  /** The number under which the key is known already; if it is not, it is from now on known under the given one. */
  claim(key: string, sequence: Sequence): Sequence;
  /** Moves some ids into the index. `last`: the number of the newest event by now; `added`: how many came. */
  end(last: Sequence, added: number): void;
  /** The transaction came to nothing. */
  forget(): void;
}

type Ids = Map<string, Sequence>;

interface Generation {
  readonly ids: Ids;
  /** The number after which it starts. */
  readonly after: Sequence;
}

/** A generation on its way into the index. */
interface Leaving {
  readonly ids: Ids;
  readonly sorted: readonly string[];
  readonly upTo: Sequence;
  moved: number;
}

/** Events of a generation. */
interface GenerationSizes {
  readonly fewest: number;
  readonly most: number;
}

/** The larger the index, the more ids it takes until a page has its share; the most are some 15 MB of memory. */
const GENERATION: GenerationSizes = { fewest: 8192, most: 131_072 };
const SHARE_OF_ALL = 1 / 8;
/** A generation has left long before the next one is complete. */
const MOVED_FOR_EACH_ADDED = 4;

export function createKnownIds(
  database: Connection,
  filter = createIdFilter(database),
  generation = GENERATION,
): KnownIds {
  const mark = database.prepare("select value from totals where name = 'indexed'").raw();
  const setMark = database.prepare("update totals set value = max(value, ?) where name = 'indexed'");
  const newer = database.prepare('select notification_id, sequence from events where sequence > ?').raw();
  const lookUp = database
    .prepare('select notification_id, sequence from ids where notification_id in (select value from json_each(?))')
    .raw();
  const index = database.prepare(
    `insert into ids (notification_id, sequence) select value ->> 0, value ->> 1 from json_each(?) where true
     on conflict do nothing`,
  );
  let newest: Generation | undefined;
  let leaving: Leaving | undefined;
  let seen: Sequence = 0;
  let indexed: ReadonlyMap<string, Sequence> = new Map();

  const readMark = (): Sequence => (mark.all() as number[][])[0]?.[0] ?? 0;

  function catchUp(last: Sequence): Generation {
    if (newest === undefined) {
      seen = readMark();
      newest = { ids: new Map(), after: seen };
    }
    if (last > seen) {
      const rows = newer.all([seen]) as [string | null, Sequence][];
      if (rows.length < last - seen) filter.restart(); // pruned already: such ids are in the index
      for (const [key, sequence] of rows) if (key !== null) learn(newest, key, sequence);
    }
    seen = last;
    return newest;
  }

  function learn({ ids }: Generation, key: string, sequence: Sequence): void {
    ids.set(key, sequence);
    filter.add(key);
  }

  function startLeaving({ ids }: Generation): Leaving {
    const upTo = readMark();
    const sorted = [...ids.keys()].filter((key) => (ids.get(key) ?? 0) > upTo).sort(); // another process may have done it
    newest = { ids: new Map(), after: seen };
    return { ids, sorted, upTo: seen, moved: 0 };
  }

  return {
    begin(last, keys) {
      const { ids } = catchUp(last);
      filter.learn(last, () => [...ids.keys(), ...(leaving?.ids.keys() ?? [])]);
      const unknown = filter.suspects(keys.filter((key) => !ids.has(key) && leaving?.ids.has(key) !== true));
      indexed = new Map(unknown.length === 0 ? [] : (lookUp.all([JSON.stringify(unknown)]) as [string, Sequence][]));
    },
    claim(key, sequence) {
      const known = newest?.ids.get(key) ?? leaving?.ids.get(key) ?? indexed.get(key);
      if (known === undefined && newest) learn(newest, key, sequence);
      return known ?? sequence;
    },
    end(last, added) {
      seen = last;
      const enough = Math.min(Math.max(last * SHARE_OF_ALL, generation.fewest), generation.most);
      if (leaving === undefined && newest && last - newest.after >= enough) leaving = startLeaving(newest);
      if (leaving === undefined) return;
      const { ids, sorted, upTo, moved } = leaving;
      leaving.moved += added * MOVED_FOR_EACH_ADDED;
      const portion = sorted.slice(moved, leaving.moved);
      if (portion.length > 0) index.run([JSON.stringify(portion.map((key) => [key, ids.get(key)]))]);
      if (leaving.moved < sorted.length) return;
      setMark.run([upTo]);
      leaving = undefined;
    },
    forget() {
      newest = undefined;
      leaving = undefined;
      filter.restart();
    },
  };
}
