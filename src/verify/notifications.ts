import type { JsonObject } from '../base/json.ts';
import type { Kit } from './probes.ts';

/** The topic of a notification that no product acts on. */
export const MADE_UP_TOPIC = 'propiq.verify.unknown_topic';

/**
 * Intercom's own test notification, field for field. Source: captured deliveries of 2026 (zulip/zulip fixtures). The id is
 * null there; probes carry one of their own, so that a receiver's trouble with null shows in `delivery/null-id` alone.
 */
export function ping(kit: Kit, id: string | null = kit.freshId()): JsonObject {
  return envelope(kit, id, 'ping', { type: 'ping', message: 'This is a ping notification test message.' });
}

/** A notification as it may look one day: an unknown topic, and an item without type and id (as `company.contact.attached` has none). */
export function madeUp(kit: Kit): JsonObject {
  return envelope(kit, kit.freshId(), MADE_UP_TOPIC, { probe: { sent_by: 'propiq-intercom' } });
}

function envelope(kit: Kit, id: string | null, topic: string, item: JsonObject): JsonObject {
  return {
    type: 'notification_event',
    app_id: kit.target.appId,
    data: { type: 'notification_event_data', item },
    links: {},
    id,
    topic,
    delivery_status: null,
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: kit.nowSeconds,
    created_at: kit.nowSeconds,
    self: null,
  };
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function compact(notification: JsonObject): Uint8Array {
  return bytesOf(JSON.stringify(notification));
}

/**
 * The same notification in JSON that is unusual and valid: on it everything that prints, decodes or trims a body gives
 * other bytes than it was given, and each in its own way.
 */
export function unusual({ id, topic, ...rest }: JsonObject): Uint8Array {
  const message = 'Zoë said "hi" \u{1f44b} – <b>a/b</b> & 1+1 = 2, it\'s é';
  const body = { topic, ...rest, data: { type: 'notification_event_data', item: { type: 'ping', message } }, id };
  const text = JSON.stringify(body, null, 1)
    .replaceAll('\n', '\r\n')
    .replaceAll('": ', '"\t: ')
    .replaceAll('{}', '{ }');
  return bytesOf(`${text.replaceAll('/', String.raw`\/`).replaceAll('é', String.raw`\u00e9`)}\n`);
}
