import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { AppError } from '../base/errors.ts';
import { cleanLine } from '../base/text.ts';
import type { HandlerEars, HandlerModule, Thrown } from '../receive/handle-with.ts';
import { fileReason } from './files.ts';
import { placeOf } from './handler-messages.ts';
import { type Environment, startHandlerThread } from './handler-thread.ts';

const LONGEST_CHECK_MS = 10_000;

/**
 * Loads a module of handlers into a thread of its own. A thread that ends is started again for the next event; until it
 * is known whether one still lives, nothing more is given to it.
 * @param shown the file as the user named it @param environment what the module sees as `process.env`
 * @param signal aborted: it is not loaded to its end
 * @throws AppError `io/read` where there is no such file, `handler/cannot-load` where it cannot be loaded
 */
export async function loadHandlerModule(
  path: string,
  shown: string,
  environment: Environment,
  ears: HandlerEars,
  signal?: AbortSignal,
): Promise<HandlerModule> {
  await requireFile(path, shown);
  const url = pathToFileURL(path).href;
  let thread = startHandlerThread(url, environment, ears);
  const giveUp = (): void => void thread.close();
  signal?.addEventListener('abort', giveUp);
  const first = await thread.loaded;
  signal?.removeEventListener('abort', giveUp);
  if ('thrown' in first) throw cannotLoad(shown, await withPlace(first.thrown, path), first.code);
  let isClosed = false;
  return {
    exports: first.exports,
    async run(job, signal) {
      await thread.beyondDoubt();
      if (isClosed) return { name: 'Closed', message: 'the receiver stops' };
      if (thread.isOver) thread = startHandlerThread(url, environment, ears);
      const loaded = await thread.loaded;
      return 'thrown' in loaded ? loaded.thrown : thread.run(job, signal);
    },
    async close() {
      isClosed = true;
      await thread.close();
    },
  };
}

async function requireFile(path: string, shown: string): Promise<void> {
  let why: string | undefined;
  try {
    if ((await stat(path)).isDirectory()) why = 'It is a directory. (EISDIR)';
  } catch (cause) {
    why = fileReason(cause);
  }
  if (why === undefined) return;
  throw new AppError('io/read', {
    what: `Cannot read the handlers in ${cleanLine(shown)}`,
    why,
    hint: 'Name an ES module: --handler ./handlers.mjs',
  });
}

/** Where a syntax error is, is not in the error itself: Node tells it only when it prints one. */
async function withPlace(thrown: Thrown, path: string): Promise<Thrown> {
  if (thrown.name !== 'SyntaxError' || thrown.where !== undefined) return thrown;
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--check', path], { timeout: LONGEST_CHECK_MS }, (_error, _out, text) => resolve(text));
  });
  const where = placeOf(printed);
  return { ...thrown, ...(where !== undefined && { where }) };
}

function cannotLoad(shown: string, { name, message, where }: Thrown, code: string): AppError {
  const at = where === undefined ? '' : ` (${where})`;
  return new AppError('handler/cannot-load', {
    what: `The handlers in ${cleanLine(shown)} cannot be loaded`,
    why: `${cleanLine(`${name}: ${message.split('\n')[0] ?? ''}`).slice(0, 300)}${at}.`,
    hint: LOAD_HINTS[code] ?? `Run it alone to see more: node ${cleanLine(shown)}`,
  });
}

const LOAD_HINTS: Readonly<Record<string, string>> = {
  ERR_UNKNOWN_FILE_EXTENSION:
    'Name a .mjs or .js file. This Node loads no TypeScript: compile it, or start with NODE_OPTIONS="--import tsx" (Node 22.18 and later load .ts files themselves).',
  ERR_MODULE_NOT_FOUND: 'Install what it imports beside it: npm install',
};
