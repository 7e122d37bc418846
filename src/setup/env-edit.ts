import {
  entriesOf,
  type EnvDocument,
  type EnvEntry,
  type EnvNode,
  type EnvText,
  parseEnvDocument,
  printEnvDocument,
  printEnvNode,
  valuelessLinesOf,
  valuesOf,
} from '../base/env-document.ts';
import { AppError } from '../base/errors.ts';
import { isPlaceholder } from '../intercom/secret-shape.ts';
import { type Difference, lineDifferences, type Quote, valueDifferences, wouldRun } from './env-readers.ts';

/** What was done about a key. `filled`: a comment that held its place, or its name without a value, became its line. */
export type KeyAction = 'unchanged' | 'changed' | 'filled' | 'added';

/** How a key stands in a file. Lines are counted from 1. */
export interface KeyState {
  readonly line: number;
  /** Earlier lines with the same key: dotenv takes the last, and they are left as they are. */
  readonly earlierLines: readonly number[];
  /** Readers that read another value than dotenv does. */
  readonly differences: readonly Difference[];
}

/**
 * Sets one key, and touches nothing but its line.
 * @param text the whole file
 * @throws AppError `env/value` when dotenv could not read the value back, or would read another key differently
 */
export function setEnvKey(text: string, key: string, value: string): { text: string; action: KeyAction } {
  const document = parseEnvDocument(text);
  const target = entriesOf(document, key).at(-1);
  if (target?.value === value) return { text, action: 'unchanged' };
  if (target && /[\r\n]/.test(target.separator))
    throw unwritable(
      key,
      `dotenv takes the line after line ${target.line} for its value, and other readers do not.`,
      `Write ${key}= and its value on one line.`,
    );
  if (target) return { text: rewritten(document, target, target, key, value), action: 'changed' };
  const line = valuelessLinesOf(document, key).findLast(isBare) ?? placeholdersOf(document, key)[0];
  if (line) return { text: rewritten(document, line, entryInPlaceOf(line, key), key, value), action: 'filled' };
  return { text: appended(document, key, value), action: 'added' };
}

/** How a key stands in a file that has it. */
export function keyState(document: EnvDocument, key: string): KeyState {
  const entries = entriesOf(document, key);
  const entry = entries.at(-1);
  if (entry === undefined) throw new TypeError(`${key} is not in the file`);
  const all = [...valueDifferences(entry.value, quoteOf(entry.raw)), ...lineDifferences(entry)];
  const differences = all.filter(({ reader }, at) => all.findIndex((other) => other.reader === reader) === at);
  return { line: entry.line, earlierLines: entries.slice(0, -1).map(({ line }) => line), differences };
}

/** The first entry that opens a quote and never closes it: dotenv reads on behind it, and other readers do not. */
export function openQuoteOf({ nodes }: EnvDocument): EnvEntry | undefined {
  return nodes.find(
    (node): node is EnvEntry => node.kind === 'entry' && /^['"`]/.test(node.raw) && quoteOf(node.raw) === '',
  );
}

/** Whether a line is a name and nothing more, so that nothing is lost when it is filled in. */
function isBare({ text }: EnvText): boolean {
  return /^\s*(?:export\s+)?[\w.-]+\s*:?\s*(?:#.*)?\s*$/.test(text);
}

/** Comments that hold the place of a key: the guide's, and the key commented out with nothing real behind it. */
function placeholdersOf({ nodes }: EnvDocument, key: string): readonly EnvText[] {
  const name = key.replaceAll('.', String.raw`\.`);
  const commented = new RegExp(String.raw`^\s*#+\s*(?:export\s+)?${name}(?:\s*[=:]\s*(.*?)\s*|\s+will be .*|\s*)$`);
  return nodes.filter((node): node is EnvText => {
    if (node.kind !== 'text') return false;
    const found = commented.exec(node.text.replace(/[\r\n]+$/, ''));
    return found !== null && isNothingReal(found[1] ?? '');
  });
}

function isNothingReal(commented: string): boolean {
  const value = commented.replace(/\s*#.*$/, '');
  return value === '' || isPlaceholder(value);
}

/** The line of a comment or of a name without a value, as an entry with nothing in it yet. */
function entryInPlaceOf({ text, line }: EnvText, key: string): EnvEntry {
  const [lead = '', indent = '', prefix = ''] = /^(\s*)(?:#+\s*)?(export\s+)?/.exec(text) ?? [];
  const [, gap = '', comment = ''] = /(\s+)(#[^\r\n]*)/.exec(text.slice(lead.length)) ?? [];
  const end = /(?:\r\n|\n|\r)?$/.exec(text)?.[0] ?? '';
  return { kind: 'entry', line, indent, prefix, key, separator: '=', raw: '', gap, comment, end, value: '' };
}

/** The file with a node replaced by an entry, in the form of the entry, that dotenv reads the value from. */
function rewritten(document: EnvDocument, node: EnvNode, like: EnvEntry, key: string, value: string): string {
  const at = document.nodes.indexOf(node);
  const before = printEnvDocument({ nodes: document.nodes.slice(0, at) });
  const after = printEnvDocument({ nodes: document.nodes.slice(at + 1) });
  const separator = like.separator === ':' ? ': ' : like.separator;
  const gap = like.gap === '' && like.comment !== '' ? ' ' : like.gap;
  const texts = formsOf(value, quoteOf(like.raw)).map(
    (raw) => before + printEnvNode({ ...like, separator, raw, gap }) + after,
  );
  return firstFaithful(document, texts, key, value);
}

function appended(document: EnvDocument, key: string, value: string): string {
  const text = printEnvDocument(document);
  const end = lineEndOf(text);
  const isOpen = text !== '' && !/[\r\n]$/.test(text);
  const texts = formsOf(value, undefined).map((raw) => `${text}${isOpen ? end : ''}${key}=${raw}${isOpen ? '' : end}`);
  return firstFaithful(document, texts, key, value);
}

/** The line end that the file uses most; a line feed where it has none. */
function lineEndOf(text: string): string {
  const counts = new Map<string, number>();
  for (const [end] of text.matchAll(/\r\n|\n|\r/g)) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '\n';
}

/** What a wrong reading would cost, most for the readers that an application itself uses. */
const COSTS: Readonly<Record<Difference['reader'], number>> = { 'python-dotenv': 4, 'Docker Compose': 2, sh: 1 };
const RUNS = 8;
const QUOTES: readonly Quote[] = ['', "'", '"', '`'];

/**
 * The value in every kind of quotes, best first: the form that the readers agree on most, and of those the one that the
 * line has already. Backticks that are there stay, since only dotenv knows them and so is the reader of that file.
 */
function formsOf(value: string, current: Quote | undefined): readonly string[] {
  const cost = (quote: Quote): number => {
    if (current === '`' && quote === '`') return -1;
    const readers = new Set(valueDifferences(value, quote).map(({ reader }) => reader));
    const sum = [...readers].reduce((total, reader) => total + COSTS[reader], wouldRun(value, quote) ? RUNS : 0);
    return sum + (quote === current ? -0.5 : 0);
  };
  return [...QUOTES].sort((a, b) => cost(a) - cost(b)).map((quote) => quote + value + quote);
}

function quoteOf(raw: string): Quote {
  const first = raw[0] ?? '';
  return raw.length > 1 && raw.endsWith(first) && isQuote(first) ? first : '';
}

function isQuote(text: string): text is Quote {
  return (QUOTES as readonly string[]).includes(text);
}

/** @throws AppError `env/value` */
function firstFaithful(before: EnvDocument, texts: readonly string[], key: string, value: string): string {
  const wanted = new Map([...valuesOf(before), [key, value]]);
  const found = texts.find((text) => {
    const values = valuesOf(parseEnvDocument(text));
    return values.size === wanted.size && [...wanted].every(([name, known]) => values.get(name) === known);
  });
  if (found !== undefined) return found;
  const open = openQuoteOf(before);
  throw open
    ? unwritable(key, `Line ${open.line} opens a quote that is never closed.`, 'Close the quote there first.')
    : unwritable(
        key,
        'There is no way to write this value so that dotenv reads the same again.',
        'Set it in the environment instead.',
      );
}

function unwritable(key: string, why: string, hint: string): AppError {
  return new AppError('env/value', { what: `${key} cannot be written into the env file`, why, hint });
}
