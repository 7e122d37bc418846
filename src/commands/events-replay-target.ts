import { AppError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { cleanLine } from '../base/text.ts';
import { parseWebhookUrl, requireSafeForSigned } from '../intercom/webhook-url.ts';
import { forwardOnce, forwardRequest } from '../receive/forward.ts';
import { attemptWithin } from '../receive/attempt.ts';
import { handleWith } from '../receive/handle-with.ts';
import { handlerTable } from '../receive/handler-table.ts';
import type { StoredEvent } from '../receive/inbox.ts';
import { resignedRequest } from '../receive/replay.ts';
import type { Replayed } from '../receive/replay-report.ts';
import type { Context } from './context.ts';
import { prepareKey } from './send-test-target.ts';
import { handlerEars } from './serve-handling.ts';

export interface ReplayTargetInput {
  readonly to?: string;
  readonly mode?: 'original' | 're-signed';
  readonly handler?: string;
  readonly handlerTimeout?: number;
  readonly secretStdin?: boolean;
}

/** Where events are handled once more. */
export interface Target {
  /** For messages: an address, or a file. */
  readonly shown: string;
  readonly mode: 'original' | 're-signed' | null;
  /** Where it is an address. */
  readonly url?: URL;
  replay(event: StoredEvent): Promise<Replayed>;
}

const USUAL_TIMEOUT_MS = 30_000;

/**
 * Undefined where events are only queued.
 * @throws AppError `usage/conflict`, `url/*`, `settings/*`, `io/read`, `handler/*`
 */
export async function prepareTarget(input: ReplayTargetInput, context: Context): Promise<Target | undefined> {
  const { to, handler, mode, secretStdin } = input;
  if (to !== undefined && handler !== undefined)
    throw conflict('--to and --handler exclude each other', 'Events are replayed to one place.');
  if (to === undefined && (mode !== undefined || secretStdin))
    throw conflict('--mode and --secret-stdin need --to', 'Only what is sent is signed.');
  if (secretStdin && mode !== 're-signed')
    throw conflict('--secret-stdin needs --mode re-signed', 'What goes as it came is not signed again.');
  if (to !== undefined) return sendTo(to, input, context);
  return handler === undefined ? undefined : runIn(handler, input.handlerTimeout ?? USUAL_TIMEOUT_MS, context);
}

async function sendTo(text: string, input: ReplayTargetInput, context: Context): Promise<Target> {
  const url = parseWebhookUrl(text, 'events replay --to');
  requireSafeForSigned(url);
  const { mode = 'original' } = input;
  const key = mode === 'original' ? undefined : await keyFor(input, context);
  const http = await context.http();
  return {
    shown: url.href,
    mode,
    url,
    async replay(event) {
      const request = key ? resignedRequest(event, url, key) : forwardRequest(event, url);
      const { seen, failure } = await forwardOnce(request, http, context.signal);
      const outcome = failure === undefined ? 'ok' : seen.status === null ? 'unanswered' : 'failed';
      const error = failure ? [failure.label, seen.verdict].filter(Boolean).join('; ') : null;
      return { event, outcome, status: seen.status, durationMs: seen.durationMs, error };
    },
  };
}

async function keyFor(input: ReplayTargetInput, context: Context): Promise<Secret> {
  const { key } = await prepareKey(input, 'signed', await context.settings(), context);
  if (key === undefined) throw new TypeError('what is to be signed needs a key');
  return key;
}

async function runIn(file: string, timeoutMs: number, context: Context): Promise<Target> {
  const { output, clock, signal } = context;
  const module = await context.loadHandlers(file, handlerEars(context));
  const shown = cleanLine(file);
  const table = handlerTable(module, shown);
  for (const warning of table.warnings) output.warn(warning);
  const handle = handleWith(module, table, { withoutHandler: () => undefined, redact: output.redact });
  return {
    shown,
    mode: null,
    async replay(event) {
      if (table.find(event.topic) === undefined)
        return { event, outcome: 'failed', status: null, durationMs: null, error: 'there is no handler for its topic' };
      const startedAt = clock.monotonic();
      const made = await attemptWithin(handle, { ...event, attempts: 1 }, timeoutMs, clock, signal);
      signal.throwIfAborted();
      if (made?.failure) output.detail(`${event.id}: ${made.failure.message}`);
      const error = made?.failure?.label ?? null;
      const outcome = error === null ? 'ok' : 'failed';
      return { event, outcome, status: null, durationMs: clock.monotonic() - startedAt, error };
    },
  };
}

function conflict(what: string, why: string): AppError {
  return new AppError('usage/conflict', { what, why, hint: 'Leave one of them out.' });
}
