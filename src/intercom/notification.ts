import { isObject } from '../base/json.ts';
import { decodeUtf8Strictly } from '../base/text.ts';

/**
 * A notification as Intercom sends it. Fields that are not listed are kept: parsing drops nothing.
 * Source: developers.intercom.com, webhook-models; nulls: captured deliveries (zulip/zulip fixtures).
 */
export interface Notification {
  readonly type: 'notification_event';
  /** De-duplicate on it when it is there. Null on `ping`. */
  readonly id: string | null;
  readonly topic: string;
  /** The workspace's id, not the app's client id. */
  readonly app_id?: string;
  /** Unix seconds; may be hours old after throttling or an outage. */
  readonly created_at?: number;
  readonly first_sent_at?: number;
  readonly delivery_attempts?: number;
  readonly delivery_status?: string | null;
  readonly delivered_at?: number;
  readonly links?: Readonly<Record<string, unknown>>;
  readonly self?: string | null;
  readonly data?: { readonly type?: string; readonly item?: Readonly<Record<string, unknown>> } & Readonly<
    Record<string, unknown>
  >;
  readonly [field: string]: unknown;
}

export type ParsedNotification =
  | { readonly ok: true; readonly notification: Notification }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a body, in the legacy and the current shape alike. Never throws. Asked for is only what every delivery has: an
 * object of type `notification_event` with a topic, and an id that is a text, null or absent.
 */
export function parseNotification(body: string | Uint8Array): ParsedNotification {
  const text = typeof body === 'string' ? body : decodeUtf8Strictly(body);
  if (text === undefined) return refuse('it is not UTF-8 text');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(text.trim() === '' ? 'it is empty' : 'it is not JSON');
  }
  if (!isObject(value)) return refuse('it is JSON, but not an object');
  if (value['type'] !== 'notification_event') return refuse('its "type" is not "notification_event"');
  if (typeof value['topic'] !== 'string' || value['topic'] === '') return refuse('it has no "topic"');
  const id = value['id'] ?? null;
  if (id !== null && (typeof id !== 'string' || id === '')) return refuse('its "id" is neither a text nor null');
  return { ok: true, notification: { ...value, id } as Notification };
}

function refuse(problem: string): ParsedNotification {
  return { ok: false, problem };
}

/** The id of what the notification is about (`data.item.id`, or a deleted conversation's `conversation_id`), if it has one. */
export function itemId(notification: Notification): string | undefined {
  const item: unknown = notification.data?.item;
  if (!isObject(item)) return undefined;
  const id = item['id'] ?? item['conversation_id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
