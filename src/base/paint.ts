/** Colour, or nothing: what a text is wrapped in before it is printed. Chalk on a coloured terminal, else `PLAIN`. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  /** `✓ ✗ ! – ?` on terminals that can show them, else ASCII. A word always stands beside a mark. */
  readonly marks: Marks;
}

export interface Marks {
  readonly pass: string;
  readonly fail: string;
  readonly warn: string;
  readonly skip: string;
  readonly error: string;
  readonly arrow: string;
}

export const UNICODE_MARKS: Marks = { pass: '✓', fail: '✗', warn: '!', skip: '–', error: '?', arrow: '→' };
export const ASCII_MARKS: Marks = { pass: '+', fail: 'x', warn: '!', skip: '-', error: '?', arrow: '->' };

const same = (text: string): string => text;
export const PLAIN: Paint = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
  marks: UNICODE_MARKS,
};
