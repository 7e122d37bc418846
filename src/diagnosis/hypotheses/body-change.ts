import { decodeUtf8Strictly } from '../../base/text.ts';
import { bytes, type Cause, type Language, type Variant } from '../hypothesis.ts';

export const WHY = 'Intercom signs the bytes of the body, every one of them.';
const FIX = 'Compute the HMAC over the raw bytes of the request, before anything decodes, trims or parses them.';

export function raw(id: string, rest: Omit<Cause, 'id' | 'aspect' | 'fix'> & { readonly fix?: string }): Cause {
  return { id, aspect: 'body', fix: FIX, ...rest };
}

export function constant(words: string, odds: Variant['odds'], text: string, language?: Language): Variant {
  return { words, odds, language, alter: (right) => ({ ...right, message: bytes(text) }) };
}

export function binary(
  words: string,
  odds: Variant['odds'],
  change: (body: Uint8Array) => Uint8Array,
  language?: Language,
): Variant {
  return { words, odds, language, alter: (right) => ({ ...right, message: change(right.message) }) };
}

/** The body as text, a byte order mark included; undefined where it is not UTF-8. */
function textOf(message: Uint8Array): string | undefined {
  const text = decodeUtf8Strictly(message);
  const isMarked = message[0] === 0xef && message[1] === 0xbb && message[2] === 0xbf; // the decoder drops it
  return isMarked && text !== undefined ? `\ufeff${text}` : text;
}

/** A text as a form decoder reads it; undefined where it cannot. */
export function fromForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

export function rewritten(
  words: string,
  odds: Variant['odds'],
  change: (text: string) => string | undefined,
  language?: Language,
): Variant {
  return {
    words,
    odds,
    language,
    alter(right) {
      const text = textOf(right.message);
      const changed = text === undefined ? undefined : change(text);
      return changed === undefined ? undefined : { ...right, message: bytes(changed) };
    },
  };
}
