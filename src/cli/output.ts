import { once } from 'node:events';
import type { AppError, ErrorParts } from '../base/errors.ts';
import { jsonLine, type JsonObject } from '../base/json.ts';
import type { Paint } from '../base/paint.ts';
import { createRedactor, redactJson, type Redactor } from '../base/redact.ts';
import type { Secret } from '../base/secret.ts';
import { wrap } from '../base/text.ts';
import type { LogLevel, Output } from '../commands/context.ts';

export interface OutputOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly paint: Paint;
  readonly errorPaint: Paint;
  /** Whether a spinner may be drawn. */
  readonly spinner: boolean;
  /** Whether a CI system reads commands from what is printed: then no remote text may look like one. */
  readonly isWorkflow: boolean;
}

/** The one place that writes. Whatever passes is redacted. */
export interface ProcessOutput extends Output {
  /** Writes what waits for the end of the turn: to be called before the process ends itself. */
  flush(): void;
  /** Under `--json` to standard output in the command's own schema; else, or where that is broken, to standard error. */
  failure(error: AppError, schema: string, streams: boolean): void;
}

const NARROWEST = 30;
const USUAL_WIDTH = 80;

export function createOutput(options: OutputOptions): ProcessOutput {
  const { stdout, stderr, json, quiet, verbose, paint, errorPaint } = options;
  const secrets: Secret[] = [];
  let redact: Redactor = (text) => text;
  const batch = createBatch(stdout);
  const logBatch = createBatch(stderr);
  let isLogJson = false;
  let isBroken = false;
  stdout.prependListener('error', () => (isBroken = true));
  const inert = options.isWorkflow ? inertText : (text: string): string => text;
  const out = (text: string): boolean => batch.write(inert(redact(text)));
  const err = (text: string): void => void stderr.write(`${inert(redact(text))}\n`);
  const line = (body: JsonObject): string => `${options.isWorkflow ? inertJson(jsonLine(body)) : jsonLine(body)}\n`;
  const record = (body: JsonObject): string =>
    options.isWorkflow ? inertJson(redactedLine(body, redact)) : redactedLine(body, redact);
  const entry = (level: LogLevel, message: string, fields: JsonObject = {}): boolean =>
    logBatch.write(record({ time: new Date().toISOString(), level, message, ...fields }));
  const errorColumns = Math.max(stderr.columns || USUAL_WIDTH, NARROWEST);
  const output: ProcessOutput = {
    json,
    quiet,
    verbose,
    paint,
    errorPaint,
    errorColumns,
    columns: Math.max(stdout.columns || USUAL_WIDTH, NARROWEST),
    live: stdout.isTTY === true && !json,
    result(schema, ok, body, text) {
      if (json)
        batch.write(line({ schema: `propiq-intercom/${schema}@1`, ok, ...redactJson(body, redact), error: null }));
      else if (text !== '') out(text.endsWith('\n') ? text : `${text}\n`);
    },
    async stream(body, text) {
      if (!json && text === '') return;
      const isRoomLeft = json ? batch.write(record(body)) : out(`${text}\n`);
      if (!isRoomLeft && !stdout.destroyed) await once(stdout, 'drain');
    },
    text(part) {
      if (!json) out(part);
    },
    commands(lines) {
      if (json) stderr.write(redact(lines));
      else batch.write(redact(lines));
    },
    async bytes(bytes) {
      batch.flush();
      if (!stdout.write(bytes) && !stdout.destroyed) await once(stdout, 'drain');
    },
    note(text) {
      if (quiet) return;
      if (isLogJson) entry('info', text);
      else err(text);
    },
    warn(text) {
      if (isLogJson) entry('warn', text);
      else err(errorPaint.yellow(`${errorPaint.marks.warn} `) + text);
    },
    detail(text) {
      if (!verbose) return;
      if (isLogJson) entry('debug', text);
      else err(errorPaint.dim(text));
    },
    logAsJson: () => void (isLogJson = true),
    async log(level, message, fields) {
      if (!isLogJson) {
        if (level === 'debug') output.detail(message);
        else if (level === 'info') output.note(message);
        else output.warn(message);
        return;
      }
      if ((level === 'debug' && !verbose) || (level === 'info' && quiet)) return;
      if (!entry(level, message, fields) && !stderr.destroyed) await once(stderr, 'drain');
    },
    async progress(label) {
      if (!options.spinner || quiet) return { update: () => undefined, stop: () => undefined };
      const { startSpinner } = await import('./progress.ts');
      return startSpinner(redact(label), stderr, errorPaint.bold('x') !== 'x');
    },
    flush() {
      batch.flush();
      logBatch.flush();
    },
    redact: (text) => redact(text),
    protect(secret) {
      if (secrets.some((known) => known.equals(secret))) return;
      secrets.push(secret);
      redact = createRedactor(secrets);
    },
    failure(error, schema, streams) {
      const told = { code: error.code, message: redact(error.message), hint: redact(error.hint) };
      if (isLogJson) entry('error', error.message, { code: error.code, hint: error.hint });
      if (!json && isLogJson) return;
      if (!json || isBroken) return err(threeParts(error, errorPaint, errorColumns));
      batch.write(
        line(
          streams ? { type: 'error', error: told } : { schema: `propiq-intercom/${schema}@1`, ok: false, error: told },
        ),
      );
    },
  };
  return output;
}

/**
 * A record as its line. Where nothing in the line is escaped, every text stands in it as it is: one look at the whole
 * line then says whether there is anything to redact, and there hardly ever is.
 */
function redactedLine(record: JsonObject, redact: Redactor): string {
  const line = jsonLine(record);
  const isClean = !line.includes('\\') && redact(line) === line;
  return `${isClean ? line : jsonLine(redactJson(record, redact))}\n`;
}

/**
 * GitHub's runner takes a line that starts with `::`, after white space, and `##[` anywhere for a command to itself
 * (actions/runner, ActionCommand.cs): a receiver's answer must not be able to speak to it.
 */
function inertText(text: string): string {
  return text.replace(/^(\s*:)(?=:)/gm, '$1\u200B').replaceAll('##[', '##\u200B[');
}

/** The same for a line of JSON, which cannot start with a colon; its values stay what they are. */
function inertJson(text: string): string {
  return text.replaceAll('##[', '##\\u005b');
}

const BATCH_CHARACTERS = 64 * 1024;

/** Lines of one turn of the event loop go out in one write: a busy receiver's log costs it one call instead of hundreds. */
function createBatch(stream: NodeJS.WriteStream): { write(text: string): boolean; flush(): void } {
  let waiting = '';
  const flush = (): void => {
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    stream.write(text);
  };
  return {
    flush,
    /** False when the stream should be given time to drain. */
    write(text) {
      if (waiting === '') setImmediate(flush);
      waiting += text;
      if (waiting.length >= BATCH_CHARACTERS) flush();
      return !stream.writableNeedDrain;
    },
  };
}

/** What failed, why, and what to do; the last is never wrapped, so that a command in it can be copied. */
function threeParts({ what, why, hint }: ErrorParts, paint: Paint, width: number): string {
  return [
    `${paint.red(paint.marks.fail)} ${paint.bold(what)}`,
    wrap(why, width, '  '),
    `  ${paint.marks.arrow} ${hint}`,
  ].join('\n');
}
