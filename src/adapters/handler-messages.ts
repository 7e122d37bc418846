import type { HandlerJob, HandlerModule, Thrown } from '../receive/handle-with.ts';

/** What the thread is asked. */
export type Asked =
  | { readonly kind: 'run'; readonly call: number; readonly job: HandlerJob }
  /** Time is over: the handler's signal is aborted. The thread says so, unless something keeps it busy. */
  | { readonly kind: 'abort'; readonly call: number; readonly reason: string };

/** What the thread tells. */
export type Told =
  | { readonly kind: 'loaded'; readonly exports: HandlerModule['exports'] }
  | { readonly kind: 'not-loaded'; readonly thrown: Thrown; readonly code: string }
  | { readonly kind: 'done'; readonly call: number; readonly thrown?: Thrown }
  | { readonly kind: 'aborted'; readonly call: number }
  | { readonly kind: 'log'; readonly call: number; readonly eventId: string; readonly text: string };

/** What runs in the thread may send messages of its own to whoever started it: this tells ours apart. */
const MARK = 'propiq-intercom';

export function marked(told: Told): readonly [mark: string, told: Told] {
  return [MARK, told];
}

/** Undefined where the message is not ours. */
export function unmarked(message: unknown): Told | undefined {
  return Array.isArray(message) && message[0] === MARK ? (message[1] as Told) : undefined;
}

/** Whatever was thrown, in words. */
export function describeThrown(thrown: unknown): Thrown {
  if (!(thrown instanceof Error)) return { name: `a thrown ${typeof thrown}`, message: inWords(thrown) };
  const where = placeOf(thrown.stack ?? '');
  return { name: inWords(thrown.name), message: inWords(thrown.message), ...(where !== undefined && { where }) };
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return 'something that cannot be shown';
  }
}

/** `handlers.mjs:3` from the first line of a stack that is in a file; a syntax error has its place before the message. */
export function placeOf(stack: string): string | undefined {
  const match = /(?:\/|\\)([^\s()/\\:]+\.[a-z]+):(\d+)/.exec(stack);
  return match ? `${match[1]}:${match[2]}` : undefined;
}
