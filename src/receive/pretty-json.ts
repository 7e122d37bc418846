const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gsy;
const DEEPEST = 100;

/**
 * JSON text with line breaks and indents. Works on the text, so that numbers, escapes and repeated names stay as they
 * came. Undefined where it is too deep to be read, or not made of JSON's tokens.
 */
export function prettyJson(text: string): string | undefined {
  const parts: string[] = [];
  let depth = 0;
  let previous = '';
  const newLine = (): void => void parts.push('\n', '  '.repeat(depth));
  TOKEN.lastIndex = 0;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return undefined;
    const closes = token === '}' || token === ']';
    if (closes) depth -= 1;
    if (depth < 0) return undefined;
    if (closes ? previous !== '{' && previous !== '[' : previous === '{' || previous === '[' || previous === ',')
      newLine();
    parts.push(token === ':' ? ': ' : token);
    if (token === '{' || token === '[') depth += 1;
    if (depth > DEEPEST) return undefined;
    previous = token;
  }
  return parts.join('');
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}
