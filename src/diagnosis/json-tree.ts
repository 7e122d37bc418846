import { isJson } from '../base/json.ts';
import { decodeUtf8Strictly } from '../base/text.ts';

/** JSON as it was written: numbers keep their digits and objects their order, which `JSON.parse` loses. */
export type Tree =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [name: string, value: Tree])[] }
  | { readonly kind: 'list'; readonly values: readonly Tree[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number' | 'word'; readonly text: string };

const TOKEN = /\s*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}[\],:"]+))/gsy;
/** Deeper ones are left alone: no notification is, and recursion must end. */
const DEEPEST = 200;

/** The tree of a JSON body; undefined where it is not JSON, not UTF-8 or too deep. Of a repeated name the last value counts, in the place of the first, as parsers have it. */
export function readTree(body: Uint8Array): Tree | undefined {
  const text = decodeUtf8Strictly(body);
  if (text === undefined || !isJson(text)) return undefined;
  const tokens = text.matchAll(TOKEN);
  const next = (): RegExpExecArray => tokens.next().value as RegExpExecArray;
  const value = (first: RegExpExecArray, depth: number): Tree | undefined => {
    const [, mark, quoted, bare] = first;
    if (quoted !== undefined) return { kind: 'text', text: JSON.parse(quoted) as string };
    if (bare !== undefined) return { kind: /^[tfn]/.test(bare) ? 'word' : 'number', text: bare };
    if (depth > DEEPEST) return undefined;
    return mark === '{' ? object(depth) : list(depth);
  };
  const object = (depth: number): Tree | undefined => {
    const entries = new Map<string, Tree>();
    for (let token = next(); token[1] !== '}'; token = next()) {
      if (token[1] === ',') continue;
      const name = JSON.parse(token[2] ?? '') as string;
      next();
      const member = value(next(), depth + 1);
      if (member === undefined) return undefined;
      entries.set(name, member);
    }
    return { kind: 'object', entries: [...entries] };
  };
  const list = (depth: number): Tree | undefined => {
    const values: Tree[] = [];
    for (let token = next(); token[1] !== ']'; token = next()) {
      if (token[1] === ',') continue;
      const member = value(token, depth + 1);
      if (member === undefined) return undefined;
      values.push(member);
    }
    return { kind: 'list', values };
  };
  return value(next(), 0);
}
