import { type Exchange, headerValues } from '../base/ports.ts';
import { decodeUtf8 } from '../base/text.ts';
import { type Wall, WALLS } from './walls-table.ts';

const READ_BYTES = 16_384;

/** The wall that an answer comes from, by the mark of its vendor; undefined where there is none. */
export function wallOf({ status, headers, body }: Exchange): Wall | undefined {
  const text = decodeUtf8(body.subarray(0, READ_BYTES));
  const marked = {
    status,
    body: text,
    header: (name: string): string => headerValues(headers, name).join('\n').toLowerCase(),
  };
  return WALLS.find((wall) => wall.isMarked(marked));
}
