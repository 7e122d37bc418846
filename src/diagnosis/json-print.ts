import type { Tree } from './json-tree.ts';

/** How a language prints JSON. */
export interface Style {
  /** Between two members, without a line break. */
  readonly comma: string;
  readonly colon: string;
  /** Given: one member a line, so many levels in. */
  readonly indent?: string;
  readonly isSorted?: true;
  /** Turns the inside of a text, as `JSON.stringify` writes it, into this language's. */
  escape?(text: string): string;
  /** Turns the digits of a number into this language's. */
  number?(digits: string): string;
  /** Turns true, false and null into this language's. */
  word?(word: string): string;
  /** Texts stand without quotes, as in a text that is for people. */
  readonly isBare?: true;
  /** `[]` where empty objects become lists. */
  readonly emptyObject?: string;
}

/** A tree printed in a style. */
export function printTree(tree: Tree, style: Style, depth = 0): string {
  switch (tree.kind) {
    case 'text':
      return quote(tree.text, style);
    case 'number':
      return style.number?.(tree.text) ?? tree.text;
    case 'word':
      return style.word?.(tree.text) ?? tree.text;
    case 'list':
      return block(
        '[]',
        tree.values.map((value) => printTree(value, style, depth + 1)),
        style,
        depth,
      );
    case 'object': {
      if (tree.entries.length === 0) return style.emptyObject ?? '{}';
      const entries = style.isSorted ? tree.entries.toSorted(([a], [b]) => compareBytes(a, b)) : tree.entries;
      const members = entries.map(
        ([name, value]) => `${quote(name, style)}${style.colon}${printTree(value, style, depth + 1)}`,
      );
      return block('{}', members, style, depth);
    }
    default:
      return tree satisfies never;
  }
}

function block(marks: string, members: readonly string[], { comma, indent }: Style, depth: number): string {
  const [open = '', close = ''] = marks;
  if (members.length === 0) return marks;
  if (indent === undefined) return open + members.join(comma) + close;
  const inner = `\n${indent.repeat(depth + 1)}`;
  return `${open}${inner}${members.join(`,${inner}`)}\n${indent.repeat(depth)}${close}`;
}

function quote(text: string, { escape = same, isBare }: Style): string {
  if (isBare) return text;
  return `"${escape(JSON.stringify(text).slice(1, -1))}"`;
}

const same = (text: string): string => text;

/** Python and Go sort by code points, which is the order of UTF-8's bytes. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const unit = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `ensure_ascii` of Python. PHP's leaves DEL alone, which no notification holds. */
export const escapeNonAscii = (text: string): string => text.replace(/[^ -~]/g, unit);
export const escapeSlashes = (text: string): string => text.replaceAll('/', String.raw`\/`);
/** encoding/json of Go, and ActiveSupport of Rails. */
export const escapeHtml = (text: string): string => text.replace(/[<>&\u2028\u2029]/g, unit);
/** Gson of Java. */
export const escapeGson = (text: string): string => text.replace(/[<>&='\u2028\u2029]/g, unit);
/** System.Text.Json of .NET, which writes quotes as \u0022 too. */
export const escapeDotnet = (text: string): string =>
  text
    .replaceAll(String.raw`\"`, String.raw`\u0022`)
    .replace(/[<>&'+`]|[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);

/** As JavaScript prints a number, and Go prints a float. */
export const scriptNumber = (digits: string): string => JSON.stringify(Number(digits));

const LEAST_EXPONENT = -4;
const MOST_EXPONENT = 16;

/** As Python prints it: whole numbers digit by digit, others as the shortest float. */
export function pythonNumber(digits: string): string {
  if (/^-?\d+$/.test(digits)) return digits === '-0' ? '0' : digits;
  const value = Number(digits);
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= LEAST_EXPONENT && power < MOST_EXPONENT)) {
    const text = Object.is(value, -0) ? '-0' : String(value); // no exponent in this range
    return text.includes('.') ? text : `${text}.0`;
  }
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
