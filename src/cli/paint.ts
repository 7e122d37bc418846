import { ASCII_MARKS, PLAIN, UNICODE_MARKS, type Paint } from '../base/paint.ts';

interface Terminal {
  readonly isTTY?: boolean;
}
type Environment = Readonly<Record<string, string | undefined>>;

/** Colour where the stream is a terminal that has it, `FORCE_COLOR` asks for it, and nothing forbids it. */
export function wantsColour(stream: Terminal, environment: Environment, isForbidden: boolean): boolean {
  if (isForbidden || environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Chalk is imported only where there is colour. */
export async function createPaint(hasColour: boolean, environment: Environment): Promise<Paint> {
  const marks = hasUnicode(environment) ? UNICODE_MARKS : ASCII_MARKS;
  if (!hasColour) return { ...PLAIN, marks };
  const { Chalk } = await import('chalk');
  const { bold, dim, red, green, yellow, cyan } = new Chalk({ level: 1 });
  return { bold, dim, red, green, yellow, cyan, marks };
}

/** Where nothing is said about the character set it is taken to be UTF-8, as on every current system. */
function hasUnicode(environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'];
  return environment['TERM'] !== 'linux' && (!locale || /utf-?8/i.test(locale));
}
