import type { HttpRequest } from '../base/ports.ts';
import { cleanLines, decodeUtf8Strictly, shellQuote } from '../base/text.ts';

/** One argument of a command may have 128 kB on Linux; `printf` is part of the shell and knows no such limit. */
const LONGEST_ARGUMENT = 100_000;

/**
 * A command line for `sh` that makes the same request: the same bytes, the same headers. `Expect:` keeps curl from adding one of
 * its own to long bodies, `--globoff` from reading brackets in the URL.
 */
export function curlCommand({ method, url, headers, body = new Uint8Array(0) }: HttpRequest): string {
  const lines = [
    `curl --globoff -i -X ${method} ${shellQuote(url.href)}`,
    ...headers.map(([name, value]) => `-H ${shellQuote(`${name}: ${value}`)}`),
    `-H 'Expect:'`,
  ];
  const text = plainText(body);
  if (text !== undefined && body.length <= LONGEST_ARGUMENT)
    return joined([...lines, `--data-raw ${shellQuote(text)}`]);
  const source = text === undefined ? `printf '${octal(body)}'` : `printf %s ${shellQuote(text)}`;
  return `${source} |\n${joined([...lines, '--data-binary @-'])}`;
}

function joined(lines: readonly string[]): string {
  return lines.join(' \\\n  ');
}

/** The body as text, unless something in it would not survive a terminal, a clipboard or an argument. */
function plainText(body: Uint8Array): string | undefined {
  const text = decodeUtf8Strictly(body);
  if (text === undefined || text.includes('\uFEFF') || cleanLines(text) !== text) return undefined;
  return Buffer.from(text).equals(body) ? text : undefined;
}

/** For `printf`: letters, digits and harmless marks as they are, every other byte in three octal digits. */
function octal(body: Uint8Array): string {
  let text = '';
  for (const byte of body) {
    const character = String.fromCharCode(byte);
    text += /[\w ,.:;{}[\]"/@+=]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}
