import { GLOBAL_FLAGS } from '../commands/index.ts';
import { columns, wrap } from '../base/text.ts';
import { EXIT_CODES } from './globals.ts';

interface Row {
  readonly name: string;
  readonly summary: string;
}

/**
 * The program's own help page. Written here and not by commander, so that it needs no more than the list of commands:
 * it is what people wait for most often.
 */
export function rootHelp(commands: readonly Row[], width: number): string {
  const flags = [
    ...GLOBAL_FLAGS.map(({ spec, about }) => ({ name: spec, summary: about })),
    { name: '-V, --version', summary: 'print the version' },
    { name: '-h, --help', summary: 'print this page, or the page of a command' },
  ];
  return [
    'Usage: propiq-intercom [options] <command>',
    '',
    wrap('Sets Intercom webhooks up, proves that they work, and receives them.', width),
    '',
    'Commands:',
    table(commands, width),
    '',
    'Options of every command:',
    table(flags, width),
    '',
    'Exit codes:',
    table(EXIT_CODES, width),
    '',
    'A command in detail: propiq-intercom <command> --help',
    '',
  ].join('\n');
}

/** Names and what they are for, the latter wrapped beside them; below them where there is no room. */
function table(rows: readonly Row[], width: number): string {
  const left = Math.max(...rows.map(({ name }) => name.length)) + 4;
  if (width - left < 24)
    return rows.map(({ name, summary }) => `  ${name}\n${wrap(summary, width, '      ')}`).join('\n');
  const lines = rows.flatMap(({ name, summary }) =>
    wrap(summary, width - left)
      .split('\n')
      .map((line, at) => [`  ${at === 0 ? name : ''}`, line]),
  );
  return columns(lines);
}
