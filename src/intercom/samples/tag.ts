import type { JsonObject } from '../../base/json.ts';
import { contact, DAY_MS } from './contact.ts';
import { lead, user } from './legacy-person.ts';
import { type Scene, secondsAgo } from './scene.ts';

/**
 * A tag put on somebody or taken off.
 * Structure: the reference's examples (webhook-models); the legacy ones also as delivered in 2019, zulip/zulip fixtures
 * user_tag_created.json (with its bare `admin`) and contact_tag_created.json. Deliveries of January 2026 lack `created_at`.
 */
export function tagItem(scene: Scene): JsonObject {
  const { topic, cast } = scene;
  const tag = { type: 'tag', id: cast.tag.id, name: cast.tag.name };
  const created_at = secondsAgo(scene, 0);
  const tagIds = topic.endsWith('.created') ? [cast.tag.id] : [];
  if (topic.startsWith('user.')) {
    return { type: 'user_tag', user: user(scene, { tagIds }), tag, created_at, admin: { type: 'admin' } };
  }
  if (topic.startsWith('contact.tag.')) {
    return { type: 'contact_tag', created_at, tag, contact: lead(scene, { tagIds }) };
  }
  const isUser = topic.startsWith('contact.user.');
  const person = contact(scene, {
    person: isUser ? cast.user : cast.lead,
    role: isUser ? 'user' : 'lead',
    createdAgoMs: DAY_MS,
    tagIds,
  });
  return { type: 'contact_tag', created_at, tag, contact: person };
}
