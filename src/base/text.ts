import { stripVTControlCharacters } from 'node:util';

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const UNPRINTABLE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const BREAKS = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;

/** Remote text as one harmless line: no escape sequences, control, line-breaking or direction-changing characters. */
export function cleanLine(text: string): string {
  return stripVTControlCharacters(text).replace(BREAKS, ' ').replace(UNPRINTABLE, '');
}

/** Remote text as harmless lines: as `cleanLine`, but line feeds and tabs stay. */
export function cleanLines(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n').replace(UNPRINTABLE_IN_LINES, '');
}

/** At most `max` characters (code points), with an ellipsis where something was left out. */
export function shorten(text: string, max: number): string {
  const points = Array.from(text.length > max * 4 ? text.slice(0, max * 4) : text);
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
}

/** Bytes as text: UTF-8, with a replacement character where they are not. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Bytes as text, or undefined where they are not UTF-8. A byte order mark at the start is dropped. */
export function decodeUtf8Strictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Breaks a text at spaces so that no line is longer than `width`, words longer than that excepted (they stay copyable). */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && indent.length + line.length + 1 + word.length > width) {
        lines.push(indent + line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line === '' ? '' : indent + line);
  }
  return lines.join('\n');
}

/** Rows as columns two spaces apart; the last column is not padded, so that it can be copied. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `1 event`, `2 events`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** In single quotes a shell takes everything as it is, but the single quote. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A word of a command line to copy: in quotes only where something in it means anything to a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~[\]-]+$/.test(text) ? text : shellQuote(text);
}
