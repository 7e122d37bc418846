import { isJson } from '../base/json.ts';
import { decodeUtf8Strictly } from '../base/text.ts';
import { scanValues, type ScannedValue } from './scan-values.ts';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The bytes with one JSON value changed and all else as it was, so that only a check of the signature can tell. A value inside
 * `data` other than a `type` is preferred: a receiver that looks at the notification's form has no reason to refuse it.
 * Bytes that are not JSON have one byte changed. Never returns the same bytes, and never differs in white space alone.
 */
export function tamper(body: Uint8Array): Uint8Array {
  const mark = BYTE_ORDER_MARK.every((byte, at) => body[at] === byte) ? body.subarray(0, 3) : body.subarray(0, 0);
  const text = decodeUtf8Strictly(body);
  const changed = text === undefined || !isJson(text) ? undefined : changeValue(text);
  return changed === undefined ? changeByte(body) : Buffer.concat([mark, Buffer.from(changed)]);
}

function changeValue(text: string): string | undefined {
  let best: ScannedValue | undefined;
  for (const value of scanValues(text)) {
    if (rank(value) > (best ? rank(best) : 0)) best = value;
    if (rank(value) === BEST) break;
  }
  if (best === undefined) return undefined;
  const { start, end } = best;
  return text.slice(0, start) + otherValue(text.slice(start, end)) + text.slice(end);
}

const BEST = 4;

/** Scalars in `data` first, texts before the rest; an empty object or list only where there is nothing else. */
function rank({ kind, name, isInData }: ScannedValue): number {
  if (kind === 'empty') return 1;
  if (!isInData || name === 'type') return 2;
  return kind === 'text' && name !== 'id' ? BEST : 3;
}

/** A JSON value of the same kind that is not equal. */
function otherValue(token: string): string {
  switch (token.charAt(0)) {
    case '"':
      return `${token.slice(0, -1)}-changed"`;
    case '{':
      return '{"changed":true}';
    case '[':
      return '[true]';
    case 't':
      return 'false';
    case 'f':
    case 'n':
      return 'true';
    default: // a number: 0 becomes 1, everything else 0 (whatever its spelling: -0, 0.0, 0e5 are 0)
      return Number(token) === 0 ? '1' : '0';
  }
}

function changeByte(body: Uint8Array): Uint8Array {
  const at = body.findIndex((byte) => !SPACES.has(byte));
  if (at === -1) return Buffer.concat([body, Buffer.from('x')]);
  const changed = Uint8Array.from(body);
  const byte = changed[at] ?? 0;
  changed[at] = SPACES.has(byte ^ 1) ? byte ^ 2 : byte ^ 1;
  return changed;
}
