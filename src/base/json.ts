export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

const UNSAFE = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/**
 * JSON in one line that a terminal can be given: what JSON leaves bare and a terminal obeys (C1 controls, changes of
 * direction) is escaped, so that nothing is lost and nothing acts.
 */
export function jsonLine(value: JsonValue): string {
  return JSON.stringify(value).replace(UNSAFE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a text stops being JSON: 1-based line and column. Undefined when it is JSON. */
export function locateJsonError(text: string): { line: number; column: number } | undefined {
  const at = firstBadCharacter(text);
  if (at === undefined) return undefined;
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))/uy;
type Expected = 'value' | 'value-or-]' | 'name' | 'name-or-}' | ':' | ',' | 'end';

/**
 * Index of the first character that cannot belong to a JSON text. Node's own messages carry a position in some versions
 * and for some mistakes only, and people fix config files by line and column.
 */
function firstBadCharacter(text: string): number | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const start = TOKEN.lastIndex;
    const rest = /[^ \t\r\n]/.exec(text.slice(start));
    if (rest === null) return expected === 'end' ? undefined : text.length;
    const at = start + rest.index;
    const match = TOKEN.exec(text);
    if (match === null) return at;
    const next = follow(expected, match[1], match[2] !== undefined, open);
    if (next === undefined) return at;
    expected = next;
  }
}

/** What may come after a token, or undefined where the token itself may not stand there. */
function follow(expected: Expected, mark: string | undefined, isText: boolean, open: string[]): Expected | undefined {
  const afterValue = (): Expected => (open.length === 0 ? 'end' : ',');
  if (mark === '{' || mark === '[') {
    if (expected !== 'value' && expected !== 'value-or-]') return undefined;
    open.push(mark);
    return mark === '{' ? 'name-or-}' : 'value-or-]';
  }
  if (mark === '}' || mark === ']') {
    const fits = expected === ',' || expected === (mark === '}' ? 'name-or-}' : 'value-or-]');
    if (!fits || open.pop() !== (mark === '}' ? '{' : '[')) return undefined;
    return afterValue();
  }
  if (mark === ',') return expected === ',' ? (open.at(-1) === '{' ? 'name' : 'value') : undefined;
  if (mark === ':') return expected === ':' ? 'value' : undefined;
  if (expected === 'name' || expected === 'name-or-}') return isText ? ':' : undefined;
  return expected === 'value' || expected === 'value-or-]' ? afterValue() : undefined;
}

/** Whether a text is JSON, of whatever kind. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
