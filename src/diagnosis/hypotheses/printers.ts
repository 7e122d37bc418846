import type { Variant } from '../hypothesis.ts';
import { escapeHtml, escapeNonAscii, escapeSlashes, pythonNumber, scriptNumber, type Style } from '../json-print.ts';

/** How a language prints JSON, where it is one language's way. */
export type Printer = Style & Pick<Variant, 'language'>;

export const COMPACT: Printer = { comma: ',', colon: ':' };
export const SPACED: Printer = { comma: ', ', colon: ': ' };
export const PYTHON: Printer = { ...SPACED, language: 'python', escape: escapeNonAscii, number: pythonNumber };
export const PYTHON_COMPACT: Printer = { ...COMPACT, language: 'python', escape: escapeNonAscii, number: pythonNumber };
export const PHP: Printer = {
  ...COMPACT,
  language: 'php',
  escape: (text) => escapeSlashes(escapeNonAscii(text)),
  emptyObject: '[]',
};
export const RUBY: Printer = {
  language: 'ruby',
  comma: ', ',
  colon: '=>',
  word: (word) => (word === 'null' ? 'nil' : word),
};
export const JAVA: Printer = { language: 'java', comma: ', ', colon: '=', isBare: true };
export const GO: Printer = { ...COMPACT, language: 'go', isSorted: true, escape: escapeHtml, number: scriptNumber };
