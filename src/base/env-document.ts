/** No env file of a person is longer, in bytes. What reads one is not fast, and must not be kept busy by a hostile one. */
export const LONGEST_ENV_FILE = 256 * 1024;

/**
 * An env file, without loss: the texts of its nodes, one after the other, are the file. What is an entry, and which value
 * it has, is dotenv's view (version 18, `parse`); a property test holds both against each other.
 */
export interface EnvDocument {
  readonly nodes: readonly EnvNode[];
}

export type EnvNode = EnvEntry | EnvText;

/** A key with its value. White space and quotes stand in the parts in which they were written. */
export interface EnvEntry {
  readonly kind: 'entry';
  /** The line of the key, from 1. */
  readonly line: number;
  /** White space before it; also a byte order mark. */
  readonly indent: string;
  /** `export ` or nothing. */
  readonly prefix: string;
  readonly key: string;
  /** `=`, ` = `, `: `; of an empty value only up to the sign. */
  readonly separator: string;
  /** The value as written, in its quotes. */
  readonly raw: string;
  /** White space after the value. */
  readonly gap: string;
  /** `# …` to the end of the line, or nothing. */
  readonly comment: string;
  /** The line end; nothing at the end of the file. */
  readonly end: string;
  /** The value as dotenv reads it. */
  readonly value: string;
}

/** What dotenv passes over, line by line: comments, blank lines, keys without a value, things that are no entries. */
export interface EnvText {
  readonly kind: 'text';
  readonly line: number;
  /** With its line end. */
  readonly text: string;
}

/**
 * dotenv's grammar. An entry starts a line; white space before it, around the sign and after the value may hold line
 * breaks; a quoted value must be followed by the end of a line or a comment, else it is taken as unquoted.
 */
const ENTRY = new RegExp(
  [
    String.raw`^[^\S\n\u2028\u2029]*(?<prefix>export\s+)?(?<key>[\w.-]+)`,
    String.raw`(?<separator>\s*=\s*?|:\s+?)`,
    `(?<value>${["'", '"', '`'].map((quote) => String.raw`\s*${quote}(?:\\${quote}|[^${quote}])*${quote}`).join('|')}|[^#\\r\\n]+)?`,
    String.raw`\s*(?:#.*)?$`,
  ].join(''),
  'dgm',
);

/**
 * The bytes of an env file as text, a byte order mark included; or why they are none, and what to do.
 */
export function envText(
  bytes: Uint8Array,
): { readonly text: string } | { readonly why: string; readonly hint: string } {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return {
      why: 'It is saved as UTF-16, as Windows PowerShell does.',
      hint: 'Save it as UTF-8: Set-Content -Encoding utf8',
    };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (isSlow(text)) return { why: 'It has thousands of blank lines in a row.', hint: 'Remove the blank lines.' };
    if (!text.includes('\0')) return { text };
  } catch {
    // not UTF-8
  }
  return { why: 'It is not a text file in UTF-8.', hint: 'Save it as UTF-8 text, one KEY=value a line.' };
}

const MOST_STEPS = 1e8;

/** dotenv looks at what follows a blank line once for each of them: a long run would keep it busy for minutes. */
function isSlow(text: string): boolean {
  let steps = 0;
  for (const [run] of text.matchAll(/\s{64,}/g)) steps += run.length * (run.match(/[\r\n\u2028\u2029]/g)?.length ?? 0);
  return steps > MOST_STEPS;
}

/** @param text the whole file, decoded; a byte order mark at its start may be there */
export function parseEnvDocument(text: string): EnvDocument {
  const { plain, original } = withPlainLineEnds(text);
  const slice = (from: number, to: number): string => text.slice(original(from), original(to));
  const nodes: EnvNode[] = [];
  let at = 0;
  let line = 1;
  const passOver = (to: number): void => {
    for (const [part] of plain.slice(at, to).matchAll(/[^\n]*\n|[^\n]+/g)) {
      nodes.push({ kind: 'text', line, text: slice(at, at + part.length) });
      at += part.length;
      if (part.endsWith('\n')) line += 1;
    }
  };
  for (const match of plain.matchAll(ENTRY)) {
    const { key: keyAt = NOWHERE, prefix: prefixAt, separator: signAt = NOWHERE, value: valueAt } = rangesOf(match);
    const wordAt = prefixAt?.[0] ?? keyAt[0];
    passOver(Math.max(at, match.index, plain.lastIndexOf('\n', wordAt - 1) + 1));
    const start = at;
    const written = valueAt ? plain.slice(...valueAt) : '';
    const trimmed = written.trim();
    const afterSign = plain.indexOf(plain.slice(...signAt).trim(), signAt[0]) + 1;
    const valueStart = trimmed === '' ? afterSign : (valueAt?.[0] ?? 0) + written.indexOf(trimmed);
    const valueEnd = valueStart + trimmed.length;
    const [gap = '', comment = '', end = ''] = rest(plain, valueEnd);
    const gapEnd = valueEnd + gap.length;
    const commentEnd = gapEnd + comment.length;
    line += countBreaks(plain, start, keyAt[0]);
    nodes.push({
      kind: 'entry',
      line,
      indent: slice(start, wordAt),
      prefix: slice(wordAt, keyAt[0]),
      key: slice(keyAt[0], keyAt[1]),
      separator: slice(keyAt[1], valueStart),
      raw: slice(valueStart, valueEnd),
      gap: slice(valueEnd, gapEnd),
      comment: slice(gapEnd, commentEnd),
      end: slice(commentEnd, commentEnd + end.length),
      value: readValue(trimmed),
    });
    at = commentEnd + end.length;
    line += countBreaks(plain, keyAt[0], at);
  }
  passOver(plain.length);
  return { nodes };
}

/** The text of a node, as it stands in the file. */
export function printEnvNode(node: EnvNode): string {
  if (node.kind === 'text') return node.text;
  return [node.indent, node.prefix, node.key, node.separator, node.raw, node.gap, node.comment, node.end].join('');
}

/** The text of the file. */
export function printEnvDocument({ nodes }: EnvDocument): string {
  return nodes.map(printEnvNode).join('');
}

/** The entries of a key, in their order: dotenv takes the last. */
export function entriesOf({ nodes }: EnvDocument, key: string): readonly EnvEntry[] {
  return nodes.filter((node): node is EnvEntry => node.kind === 'entry' && node.key === key);
}

/** What each key reads as: of duplicates the last. */
export function valuesOf({ nodes }: EnvDocument): ReadonlyMap<string, string> {
  const entries = nodes.filter((node): node is EnvEntry => node.kind === 'entry' && node.key !== '__proto__');
  return new Map(entries.map(({ key, value }) => [key, value]));
}

/** The lines that name a key first and give it no value: dotenv passes over them, and whoever wrote them meant to set it. */
export function valuelessLinesOf({ nodes }: EnvDocument, key: string): readonly EnvText[] {
  return nodes.filter(
    (node): node is EnvText => node.kind === 'text' && /^\s*(?:export\s+)?([\w.-]+)/.exec(node.text)?.[1] === key,
  );
}

type Range = readonly [from: number, to: number];
const NOWHERE: Range = [0, 0];

function rangesOf(match: RegExpExecArray): Partial<Record<string, Range>> {
  return match.indices?.groups ?? {};
}

/** What follows a value on its line: white space, comment, line end. A comment ends where JavaScript ends a line. */
function rest(plain: string, from: number): readonly string[] {
  const after = /([^\S\n\u2028\u2029]*)(#.*)?(\n)?/y;
  after.lastIndex = from;
  return after.exec(plain)?.slice(1) ?? [];
}

/** As dotenv does: a matching pair of quotes comes off, and in double quotes `\n` and `\r` are line breaks. */
function readValue(trimmed: string): string {
  const bare = trimmed.replace(/^(['"`])([^]*)\1$/gm, '$2');
  return trimmed.startsWith('"') ? bare.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\r`, '\r') : bare;
}

function countBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The text as dotenv looks at it, every line end one line feed, and the way back from its positions to the file's. */
function withPlainLineEnds(text: string): { plain: string; original: (position: number) => number } {
  if (!text.includes('\r')) return { plain: text, original: (position) => position };
  const positions = new Uint32Array(text.length + 1);
  let plain = 0;
  for (let at = 0; at < text.length; at += 1) {
    positions[plain] = at;
    plain += 1;
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
  }
  positions[plain] = text.length;
  return { plain: text.replace(/\r\n?/g, '\n'), original: (position) => positions[position] ?? text.length };
}
