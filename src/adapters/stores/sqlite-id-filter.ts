import type { Connection } from './sqlite-engine.ts';
import type { Sequence } from './sqlite-rows.ts';

/**
 * Tells most new ids from known ones without a look into their index, where each would cost a page to read: a Bloom filter
 * in memory, which forgets nothing and is mistaken about few of the new ones.
 */
export interface IdFilter {
  /** From now on this id is known. */
  add(key: string): void;
  /** Those of the keys that may be known; all of them until the whole index has been taken in. */
  suspects(keys: readonly string[]): readonly string[];
  /**
   * Takes in a portion of the index. `last`: the number of the newest event; `onTheWay`: ids that are known, but not in the
   * index yet.
   */
  learn(last: Sequence, onTheWay: () => Iterable<string>): void;
  /** Ids may have come into the index that nobody told it. */
  restart(): void;
}

/** Numbers of ids, the first two powers of two. */
interface FilterSizes {
  readonly fewest: number;
  /** With more than that the filter is mistaken more often. */
  readonly most: number;
  readonly portion: number;
}

/** From 256 kB to 8 MB; a portion takes some ms. */
const SIZES: FilterSizes = { fewest: 2 ** 17, most: 2 ** 22, portion: 8192 };
/** Of memory, and of those set for a key: a full filter takes one new id in 400 for a known one. */
const BITS_FOR_EACH = 16;
const BITS_FOR_A_KEY = 4;
const BITS_OF_A_WORD = 32;

interface Taken {
  readonly words: Uint32Array;
  readonly room: number;
  added: number;
  /** The first key of the next portion; undefined where nothing is left. */
  from: string | undefined;
}

export function createIdFilter(database: Connection, sizes = SIZES): IdFilter {
  const portion = database
    .prepare('select notification_id from ids where notification_id >= ? order by notification_id limit ?')
    .raw();
  let taken: Taken | undefined;

  function start(last: Sequence): Taken {
    const room = Math.min(Math.max(2 ** Math.ceil(Math.log2(last * 2 + 1)), sizes.fewest), sizes.most);
    return { words: new Uint32Array((room * BITS_FOR_EACH) / BITS_OF_A_WORD), room, added: 0, from: '' };
  }

  function add(key: string): void {
    if (taken === undefined) return;
    taken.added += 1;
    const { words } = taken;
    for (const bit of bitsOf(key, words)) words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  function mayHold({ words }: Taken, key: string): boolean {
    return bitsOf(key, words).every((bit) => ((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
  }

  return {
    add,
    suspects(keys) {
      const whole = taken?.from === undefined ? taken : undefined;
      return whole ? keys.filter((key) => mayHold(whole, key)) : keys;
    },
    learn(last, onTheWay) {
      if (taken === undefined || (taken.added > taken.room && taken.room < sizes.most)) {
        taken = start(last);
        for (const key of onTheWay()) add(key);
      }
      if (taken.from === undefined) return;
      const keys = (portion.all([taken.from, sizes.portion]) as string[][]).map(([key = '']) => key);
      for (const key of keys) add(key);
      taken.from = keys.length < sizes.portion ? undefined : keys.at(-1);
    },
    restart: () => (taken = undefined),
  };
}

/** Which bits stand for a key: as usual, two hashes (the first is FNV-1a) make as many as are needed. */
function bitsOf(key: string, words: Uint32Array): number[] {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x5bd1e995);
    second ^= second >>> 15;
  }
  first ^= first >>> 16;
  const mask = words.length * BITS_OF_A_WORD - 1;
  const step = second | 1;
  const bits: number[] = [];
  for (let bit = first; bits.length < BITS_FOR_A_KEY; bit = (bit + step) | 0) bits.push(bit & mask);
  return bits;
}
