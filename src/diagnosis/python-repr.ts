import { pythonNumber } from './json-print.ts';
import type { Tree } from './json-tree.ts';

const WORDS: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None' };
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/**
 * `repr()` of a parsed body, or of a text; with `isBytes` that of its UTF-8 bytes (without the b). Printable letters
 * beyond ASCII stay in a text and are escaped byte by byte in bytes.
 */
export function pythonRepr(value: Tree | string, isBytes = false): string {
  if (typeof value === 'string') return quoted(isBytes ? Buffer.from(value).toString('latin1') : value, isBytes);
  switch (value.kind) {
    case 'object':
      return `{${value.entries.map(([name, member]) => `${quoted(name)}: ${pythonRepr(member)}`).join(', ')}}`;
    case 'list':
      return `[${value.values.map((member) => pythonRepr(member)).join(', ')}]`;
    case 'text':
      return quoted(value.text);
    case 'number':
      return pythonNumber(value.text);
    case 'word':
      return WORDS[value.text] ?? value.text;
    default:
      return value satisfies never;
  }
}

function quoted(text: string, isBytes = false): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const unprintable = isBytes ? /[^ -~]/g : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
  const escaped = text
    .replace(/[\\\n\r\t]/g, (sign) => SHORT[sign] ?? sign)
    .replaceAll(mark, `\\${mark}`)
    .replace(unprintable, escapeOf);
  return mark + escaped + mark;
}

function escapeOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
