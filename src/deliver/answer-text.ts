import { type Exchange, headerValue } from '../base/ports.ts';
import { showSize } from '../base/quantity.ts';
import { cleanLine, decodeUtf8Strictly, shorten } from '../base/text.ts';

const LONGEST = 300;

/** The body of an answer as one short harmless line; what cannot be read as text is described instead. */
export function answerText({ headers, body, bodyEnd }: Exchange): string {
  if (body.length === 0) return bodyEnd === 'complete' ? '(empty)' : '(nothing of it came)';
  const encoding = headerValue(headers, 'content-encoding');
  const size = `${bodyEnd === 'too-long' ? 'more than ' : ''}${showSize(body.length)}`;
  if (encoding !== undefined && encoding !== 'identity') {
    return `(${size}, compressed as ${shorten(cleanLine(encoding), 20)}, which was not asked for)`;
  }
  const text = decodeUtf8Strictly(body) ?? (bodyEnd === 'complete' ? undefined : decodeStart(body));
  if (text === undefined) return `(${size} that are not text)`;
  const line = cleanLine(text).trim();
  return line === '' ? `(${size} without anything to read)` : shorten(line, LONGEST);
}

/** A text that was cut in the middle of a character. */
function decodeStart(body: Uint8Array): string | undefined {
  for (let cut = 1; cut <= 3; cut += 1) {
    const text = decodeUtf8Strictly(body.subarray(0, body.length - cut));
    if (text !== undefined) return text;
  }
  return undefined;
}
