import type { Random } from '../../base/ports.ts';

/** Random values in the forms that Intercom's ids have. */
export interface Dice {
  /** From `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** Decimal digits, the first one not 0: `215472798972413` has 15. */
  digits(count: number): string;
  hex(count: number): string;
  uuid(): string;
  /** Eight lower-case letters and digits, the first one a letter: a workspace's id. */
  workspaceId(): string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LETTERS_AND_DIGITS = `${LETTERS}0123456789`;

export function createDice(random: Random): Dice {
  /** 48 bits of chance over at most a few hundred thousand values: the bias is far below what anybody could see. */
  const whole = (least: number, most: number): number =>
    least + (Buffer.from(random.bytes(6)).readUIntBE(0, 6) % (most - least + 1));
  const character = (from: string): string => from.charAt(whole(0, from.length - 1));
  const many = (count: number, from: string): string => Array.from({ length: count }, () => character(from)).join('');
  const hex = (count: number): string => many(count, '0123456789abcdef');
  return {
    whole,
    pick: (from) => from[whole(0, from.length - 1)] ?? from[0],
    digits: (count) => character('123456789') + many(count - 1, '0123456789'),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${character('89ab')}${hex(3)}-${hex(12)}`,
    workspaceId: () => character(LETTERS) + many(7, LETTERS_AND_DIGITS),
  };
}
