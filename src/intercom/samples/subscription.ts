import type { JsonObject } from '../../base/json.ts';
import { contact, DAY_MS } from './contact.ts';
import { secondsAgo, type Scene } from './scene.ts';

/**
 * `contact.subscribed`, `contact.unsubscribed` (API 2.7 and later) and `granular.*`: a contact and the subscription types
 * that it opted in to or out of, without an id of its own.
 * Structure: deliveries of January 2026, zulip/zulip fixtures contact_unsubscribed.json, granular_unsubscribe.json.
 */
export function subscriptionItem(scene: Scene): JsonObject {
  const { topic, cast } = scene;
  const user = { person: cast.user, role: 'user', createdAgoMs: DAY_MS } as const;
  const id = cast.subscription.id;
  switch (topic) {
    case 'contact.subscribed':
      return item('contact_subscribe', contact(scene, user), []);
    case 'contact.unsubscribed':
      return item('contact_unsubscribe', contact(scene, { ...user, unsubscribedFromEmails: true }), []);
    case 'granular.subscribe':
      return item('granular_subscribe', contact(scene, { ...user, hasPhone: true, optedIn: [id] }), [id]);
    default:
      return item('granular_unsubscribe', contact(scene, { ...user, hasPhone: true, unsubscribedFromSms: true }), [id]);
  }

  function item(type: string, person: JsonObject, typeIds: readonly string[]): JsonObject {
    return {
      type,
      contact: person,
      subscription_types: { type: 'list', data: typeIds.map(subscriptionType) },
      created_at: secondsAgo(scene, 0),
    };
  }
}

function subscriptionType(id: string): JsonObject {
  const words = { name: 'Announcements', description: 'Offers, product and feature announcements', locale: 'en' };
  return {
    type: 'subscription',
    id,
    state: 'live',
    consent_type: 'opt_in',
    default_translation: words,
    translations: [words],
    content_types: ['email'],
  };
}
