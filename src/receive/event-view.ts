import type { JsonObject } from '../base/json.ts';
import { cleanLines, decodeUtf8Strictly, plural } from '../base/text.ts';
import { showSize } from '../base/quantity.ts';
import { remote } from './event-lines.ts';
import type { EventSummary, StoredEvent } from './inbox.ts';
import { prettyJson } from './pretty-json.ts';

const LONGEST_ERROR = 500;

/** A row of a list as JSON. @param instant ms since 1970 → ISO 8601 */
export function summaryJson(event: EventSummary, instant: (ms: number) => string): JsonObject {
  const { id, notificationId, topic, receivedAt, state, attempts } = event;
  return { id, notificationId, topic, receivedAt: instant(receivedAt), state, attempts };
}

/** Everything about an event as JSON, losing no byte: a body that is not plain UTF-8 is written in base64. */
export function eventJson(event: StoredEvent, instant: (ms: number) => string): JsonObject {
  const text = decodeUtf8Strictly(event.body);
  const bytes = Buffer.from(event.body.buffer, event.body.byteOffset, event.body.byteLength);
  const isText = text !== undefined && Buffer.from(text).equals(bytes); // a byte order mark is lost in decoding
  return {
    ...summaryJson(event, instant),
    lastError: event.lastError,
    retryAt: event.retryAt === null ? null : instant(event.retryAt),
    headers: event.headers.map(([name, value]) => [name, value]),
    encoding: isText ? 'utf-8' : 'base64',
    body: isText ? text : bytes.toString('base64'),
  };
}

/** An event for people: what is known of it, its headers, and its body laid out where that can be done. */
export function eventText(event: StoredEvent, instant: (ms: number) => string, dim: (text: string) => string): string {
  const { id, notificationId, topic, receivedAt, state, attempts, lastError, retryAt, headers, body } = event;
  const facts = [
    ['id', id],
    ['notification', notificationId === null ? '(none: a ping has no id)' : remote(notificationId)],
    ['topic', remote(topic)],
    ['received', instant(receivedAt)],
    ['state', attempts === 0 ? state : `${state}, ${plural(attempts, 'attempt')}`],
    ...(lastError === null ? [] : [['last error', remote(lastError, LONGEST_ERROR)] as const]),
    ...(retryAt === null ? [] : [['tried again', instant(retryAt)] as const]),
    ['body', showSize(body.length)],
  ];
  return [
    ...facts.map(([name, value]) => `${dim(name.padEnd(12))}  ${value}`),
    '',
    ...headers.map(([name, value]) => `${dim(`${remote(name)}:`)} ${cleanLines(value)}`),
    '',
    bodyText(body),
  ].join('\n');
}

function bodyText(body: Uint8Array): string {
  const text = decodeUtf8Strictly(body);
  if (text === undefined) return '(not UTF-8 text; --body writes the bytes)';
  return cleanLines(prettyJson(text) ?? text);
}
