import { parentPort, workerData } from 'node:worker_threads';
import type { HandlerJob, HandlerModule } from '../receive/handle-with.ts';
import { type Asked, describeThrown, marked, type Told } from './handler-messages.ts';

/** The thread in which a user's handlers run: what they do, crash or block is not done to the receiver. */
const { url } = workerData as { url: string };

type Call = (notification: unknown, context: object) => unknown;
const running = new Map<number, AbortController>();
let module: Record<string, unknown>;

const tell = (told: Told): void => parentPort?.postMessage(marked(told), []);

try {
  const namespace = (await import(url)) as Record<string, unknown>;
  module = commonJsOf(namespace) ?? namespace;
  parentPort?.on('message', (asked: Asked) => {
    if (asked.kind === 'run') void run(asked.call, asked.job);
    else {
      running.get(asked.call)?.abort(new DOMException(asked.reason, 'TimeoutError'));
      tell({ kind: 'aborted', call: asked.call });
    }
  });
  tell({ kind: 'loaded', exports: exportsOf(module) });
} catch (cause) {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  tell({ kind: 'not-loaded', thrown: describeThrown(cause), code });
}

async function run(
  call: number,
  { path: [name, key], body, headers, eventId, attempt, receivedAt }: HandlerJob,
): Promise<void> {
  const controller = new AbortController();
  running.set(call, controller);
  const context = {
    eventId,
    attempt,
    signal: controller.signal,
    receivedAt: new Date(receivedAt),
    rawBody: body,
    headers,
    log: (message: unknown) => tell({ kind: 'log', call, eventId, text: String(message) }),
  };
  try {
    const parsed = JSON.parse(new TextDecoder().decode(body)) as { id?: unknown };
    const notification = { ...parsed, id: parsed.id ?? null };
    if (key === undefined) await (module[name] as Call)(notification, context);
    else await (module[name] as Record<string, Call>)[key]?.(notification, context);
    tell({ kind: 'done', call });
  } catch (cause) {
    tell({ kind: 'done', call, thrown: describeThrown(cause) });
  } finally {
    running.delete(call);
  }
}

/** What a CommonJS module exports: Node gives it as the default, and those names once more that it finds in the source. */
function commonJsOf(namespace: Record<string, unknown>): Record<string, unknown> | undefined {
  const inner = namespace['default'] as Record<string, unknown> | null | undefined;
  if (typeof inner !== 'object' || inner === null) return undefined;
  const named = Object.keys(namespace).filter((name) => name !== 'default' && name !== 'module.exports');
  const isRepeated = named.length > 0 && named.every((name) => inner[name] === namespace[name]);
  return isRepeated || 'module.exports' in namespace || inner['__esModule'] === true ? inner : undefined;
}

function exportsOf(exported: Record<string, unknown>): HandlerModule['exports'] {
  return Object.keys(exported).map((name) => {
    const value = exported[name];
    if (typeof value !== 'object' || value === null) return [name, value === null ? 'null' : typeof value] as const;
    const table = value as Record<string, unknown>;
    return [name, Object.keys(table).map((key) => [key, typeof table[key]] as const)] as const;
  });
}
