import { isoTime } from '../../base/iso-time.ts';
import type { JsonObject } from '../../base/json.ts';
import { contact, DAY_MS } from './contact.ts';
import { type Scene, secondsAgo } from './scene.ts';

/** The workspace as the inner model numbers it; not the `app_id` of notifications. */
const INNER_APP_ID = 3_239_765;

/**
 * `conversation.contact.attached` and `.detached`: an item without type and id. Beside the contact stands the conversation in a
 * model that no other delivery has, with numbers as ids and ISO times.
 * Structure: deliveries of January 2026, zulip/zulip fixtures conversation_contact_attached.json, conversation_contact_detached.json.
 */
export function conversationContactItem(scene: Scene): JsonObject {
  const { cast } = scene;
  const person = contact(scene, { person: cast.user, role: 'user', createdAgoMs: DAY_MS, hasFormattedPhone: true });
  return {
    conversation: { parts: [participantPart(scene)], options: { expand_for_notification: true }, model: model(scene) },
    contact: person,
  };
}

function participantPart(scene: Scene): JsonObject {
  const { cast, dice, topic, nowMs } = scene;
  const at = time(scene, 0);
  const adminId = Number(cast.admin.id);
  const firstName = cast.admin.name.replace(/ .*/, '');
  const change = {
    [topic.endsWith('.attached') ? 'added_by' : 'removed_by']: {
      type: 'admin',
      id: adminId,
      label: firstName,
      name: cast.admin.name,
      email: cast.admin.email,
    },
    participant: {
      type: 'user',
      id: cast.user.id,
      label: cast.user.name,
      name: cast.user.name,
      email: cast.user.email,
    },
    previous_state: 'state_open',
    state: 'state_open',
    created_at_with_precision: isoTime(nowMs).replace('Z', '000+00:00'),
    admin: { type: 'admin', id: adminId, label: cast.admin.name },
  };
  return {
    id: Number(dice.digits(11)),
    app_id: INNER_APP_ID,
    conversation_id: Number(cast.conversationId),
    body: '',
    created_at: at,
    updated_at: at,
    owner_id: adminId,
    closer: false,
    admin_only: false,
    user_id: null,
    url: null,
    ua: null,
    emailed: false,
    markdown: true,
    assignee_id: null,
    opener: false,
    channel: -1,
    deleted: false,
    json_blocks: '[]',
    rule_id: null,
    data: JSON.stringify(change),
    unauthenticated: null,
    facebook_message_id: null,
    client_assigned_uuid: null,
    external_source_id: null,
    identity_verified: null,
  };
}

function model(scene: Scene): JsonObject {
  const { cast } = scene;
  const began = time(scene, 211);
  const now = time(scene, 0);
  return {
    app_id: INNER_APP_ID,
    id: Number(cast.conversationId),
    user_id: cast.lead.id,
    message_id: Number(cast.sourceId),
    created_at: began,
    updated_at: now,
    company_id: '-1',
    message_version_id: null,
    message_variation_id: 0,
    message_type: 'conversation',
    read: false,
    read_at: time(scene, 150),
    latest_user_visible_comment_at: now,
    latest_admin_visible_comment_at: now,
    first_opened_at: time(scene, 206),
    first_user_comment_at: time(scene, 151),
    message_subclass_type: 3,
    deleted: false,
    original_user_id: '-1',
    dismissed: false,
    delivery_state: 'delivered',
    sent_at: began,
    initiator_id: null,
    initiator_type: null,
    initial_channel: 2,
    current_channel: 2,
  };
}

function time(scene: Scene, ago: number): string {
  return isoTime(secondsAgo(scene, ago) * 1000);
}
