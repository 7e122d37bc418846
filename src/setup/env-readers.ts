import type { EnvEntry } from '../base/env-document.ts';

/** How a value is written: bare, or between quotes. */
export type Quote = '' | "'" | '"' | '`';

/** A reader of env files other than dotenv that would not read what dotenv reads, and why. */
export interface Difference {
  readonly reader: 'python-dotenv' | 'Docker Compose' | 'sh';
  /** A sentence without any of the value. */
  readonly why: string;
}

interface Rule {
  readonly reader: Difference['reader'];
  readonly why: string;
  readonly applies: (value: string) => boolean;
}

const rule = (reader: Rule['reader'], why: string, pattern: RegExp): Rule => ({
  reader,
  why,
  applies: (value) => pattern.test(value),
});

const INTERPOLATED = rule('python-dotenv', 'It replaces ${…} whatever the quotes.', /\$\{[^}]*\}/);
const EXPANDED = rule('Docker Compose', 'It replaces $ and what follows.', /\$/);

/**
 * What each reader does with a value in each kind of quotes. python-dotenv 0.21 and later: src/dotenv/parser.py and
 * variables.py; Docker Compose 2: compose-go, dotenv/parser.go (the stricter reading of its versions); sh: what
 * `set -a; . ./.env` does in dash and bash. Tests run the first and the last of them.
 */
const RULES: Readonly<Record<Quote, readonly Rule[]>> = {
  '': [
    INTERPOLATED,
    rule('python-dotenv', 'It takes the quote at the start as an opening one.', /^['"]/),
    EXPANDED,
    rule('Docker Compose', 'It takes the quote at the start as an opening one.', /^['"]/),
    rule('sh', 'It would act on characters of the value.', /[^\w@%+:,./=-]/),
  ],
  "'": [
    INTERPOLATED,
    rule('python-dotenv', 'A single quote in the value would end it.', /'/),
    rule('python-dotenv', 'It takes two backslashes for one, and one at the end for an escape.', /\\\\|\\$/),
    rule('Docker Compose', 'A single quote in the value would end it.', /'/),
    rule('Docker Compose', 'It takes a backslash at the end for an escape.', /\\$/),
    rule('sh', 'A single quote in the value would end it.', /'/),
  ],
  '"': [
    INTERPOLATED,
    rule('python-dotenv', 'A double quote in the value would end it.', /"/),
    rule('python-dotenv', 'It takes a backslash in double quotes for an escape.', /\\(?:[\\'"abfnrtv]|$)/),
    EXPANDED,
    rule('Docker Compose', 'A double quote in the value would end it.', /"/),
    rule('Docker Compose', 'It takes a backslash in double quotes for an escape.', /\\(?:[abcfnrtv"\\0]|$)/),
    rule('sh', 'It would act on characters of the value, also in double quotes.', /["$`]|\\(?:[\\\n]|$)/),
  ],
  '`': [
    rule('python-dotenv', 'It takes backticks for a part of the value.', /^/),
    rule('Docker Compose', 'It takes backticks for a part of the value.', /^/),
    rule('sh', 'It runs what stands in backticks as a command.', /^/),
  ],
};

/** Which readers would read another value than dotenv does, because of its quotes. */
export function valueDifferences(value: string, quote: Quote): readonly Difference[] {
  return RULES[quote].filter(({ applies }) => applies(value)).map(({ reader, why }) => ({ reader, why }));
}

/** Which readers would not read the line as dotenv does, whatever the value. */
export function lineDifferences({ indent, key, separator, end }: EnvEntry): readonly Difference[] {
  const found: Difference[] = [];
  if (indent.includes('\uFEFF')) {
    found.push({ reader: 'python-dotenv', why: `It takes the byte order mark before ${key} for a part of the name.` });
    found.push({ reader: 'sh', why: `It takes the byte order mark before ${key} for a part of the name.` });
  }
  if (/[^ \t\r\n\uFEFF]/.test(indent))
    found.push({ reader: 'sh', why: `It takes the odd space before ${key} for a part of the name.` });
  if (separator.startsWith(':')) {
    found.push({ reader: 'python-dotenv', why: `It knows ${key}= but not ${key}: at the start of a line.` });
    found.push({ reader: 'sh', why: `It knows ${key}= but not ${key}: at the start of a line.` });
  } else if (separator !== '=') {
    found.push({ reader: 'sh', why: 'It takes no spaces around the equals sign.' });
  }
  if (end === '\r') found.push({ reader: 'Docker Compose', why: 'It knows no line that ends with a carriage return.' });
  if (end.startsWith('\r'))
    found.push({ reader: 'sh', why: 'It takes the carriage return at the end of the line for a part of the value.' });
  return found;
}

/** Whether sourcing the line in a shell would start a command made of the value. */
export function wouldRun(value: string, quote: Quote): boolean {
  if (quote === '`') return true;
  return quote === '' ? /[\s;&|<>()`]/.test(value) : quote === '"' && /`|\$\(/.test(value);
}
