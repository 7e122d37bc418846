/** A value in a JSON text that holds no other value, and where it stands. */
export interface ScannedValue {
  readonly kind: 'text' | 'word' | 'empty';
  /** The name of the field that it is the value of; empty in lists. */
  readonly name: string;
  /** Whether it is somewhere below the field `data` at the top. */
  readonly isInData: boolean;
  readonly start: number;
  readonly end: number;
}

interface OpenContainer {
  readonly start: number;
  readonly name: string;
  isEmpty: boolean;
}

const SPACE = /[^ \t\r\n]/g;
const WORD_END = /[ \t\r\n{}[\],:"]/g;

/**
 * The scalars and empty containers of a JSON text, in order. Keeps its own stack and goes text by text, since notifications may be
 * nested deeper, and their texts longer, than what recursion or one regular expression can take. The text must be JSON: it is
 * not checked again.
 */
export function* scanValues(text: string): Generator<ScannedValue> {
  const open: OpenContainer[] = [];
  let name = '';
  let top = '';
  const found = (kind: ScannedValue['kind'], valueName: string, start: number, end: number): ScannedValue => ({
    kind,
    name: valueName,
    isInData: top === 'data' && open.length > 0,
    start,
    end,
  });
  let at = next(text, 0, SPACE);
  while (at < text.length) {
    const mark = text.charAt(at);
    if (mark === '}' || mark === ']') {
      const closed = open.pop();
      if (closed?.isEmpty) yield found('empty', closed.name, closed.start, at + 1);
      name = '';
    } else if (mark !== ',' && mark !== ':') {
      const parent = open.at(-1);
      if (parent) parent.isEmpty = false;
      if (mark === '{' || mark === '[') {
        open.push({ start: at, name, isEmpty: true });
        name = '';
      } else {
        const end = mark === '"' ? textEnd(text, at) : next(text, at, WORD_END);
        if (mark === '"' && text.charAt(next(text, end, SPACE)) === ':') {
          name = text.slice(at + 1, end - 1);
          if (open.length === 1) top = name;
        } else {
          yield found(mark === '"' ? 'text' : 'word', name, at, end);
        }
        at = end - 1;
      }
    }
    at = next(text, at + 1, SPACE);
  }
}

/** Where the pattern matches next, or the end of the text. */
function next(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** The index behind the quote that ends a text: one with an even number of backslashes before it. */
function textEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charAt(quote - 1 - slashes) === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
