import { decodeUtf8 } from '../base/text.ts';

/** Where two bodies part: the first byte that is not the same in both. */
export interface Difference {
  /** From 0. */
  readonly offset: number;
  readonly line: number;
  /** In bytes, from 1. */
  readonly column: number;
  readonly given: Side;
  readonly signed: Side;
}

interface Side {
  /** `0a`; null at the end of the body. */
  readonly byte: string | null;
  /** What stands around it, on one line, with everything unprintable escaped. */
  readonly around: string;
  readonly bytes: number;
}

const BEFORE = 16;
const AFTER = 12;

/** The first difference; undefined where there is none. */
export function firstDifference(given: Uint8Array, signed: Uint8Array): Difference | undefined {
  const length = Math.min(given.length, signed.length);
  let offset = 0;
  while (offset < length && given[offset] === signed[offset]) offset += 1;
  if (offset === length && given.length === signed.length) return undefined;
  const before = given.subarray(0, offset);
  const line = before.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
  const column = offset - before.lastIndexOf(0x0a);
  return { offset, line, column, given: sideOf(given, offset), signed: sideOf(signed, offset) };
}

function sideOf(body: Uint8Array, offset: number): Side {
  const byte = body[offset];
  const part = (from: number, to: number): string => visible(body.subarray(Math.max(0, from), Math.max(0, to)));
  const around = `${offset > BEFORE ? '…' : ''}${part(offset - BEFORE, offset)}»${part(offset, offset + AFTER)}${offset + AFTER < body.length ? '…' : ''}`;
  return { byte: byte === undefined ? null : byte.toString(16).padStart(2, '0'), around, bytes: body.length };
}

/** Bytes as text that acts nowhere: controls, bidi marks and broken UTF-8 are escaped. */
function visible(bytes: Uint8Array): string {
  return decodeUtf8(bytes).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufeff]/gu, (sign) => {
    const short = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` }[sign];
    return short ?? `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
