import type { JsonObject } from '../../base/json.ts';
import { conversation, type Story } from './conversation-model.ts';
import { part, type PartOptions } from './conversation-part.ts';
import { type Scene, secondsAgo } from './scene.ts';

type Past = Omit<PartOptions, 'type' | 'by'>;

/**
 * `conversation.*` and `conversation_part.*` of API 2.5 and later: the conversation, with the parts that the event is about.
 * Which parts and states: deliveries of January 2026 where there are any, else those of 2019 told in the newer form.
 */
export function conversationItem(scene: Scene): JsonObject {
  const { topic, cast } = scene;
  const tell = (story: Story, ...parts: readonly JsonObject[]): JsonObject => conversation(scene, { ...story, parts });
  const byAdmin = (type: string, past: Past = {}): JsonObject => part(scene, { type, by: 'admin', ...past });
  const byLead = (past: Past): JsonObject => part(scene, { type: 'comment', by: 'lead', ...past });
  const toAdmin = { assignedTo: { type: 'admin', id: cast.admin.id } };
  switch (topic) {
    case 'conversation.deleted':
      return { type: 'conversation', conversation_id: cast.conversationId };
    case 'conversation.user.created':
      return tell({ beganAgo: 0 });
    case 'conversation.user.replied':
      return tell({}, byLead({ text: 'Can I book a viewing?' }));
    case 'conversation.admin.single.created':
      return tell({ beganAgo: 0, isBegunByAdmin: true, state: 'closed' });
    case 'conversation.admin.replied':
      return tell({ isAssigned: true, isRead: true }, byAdmin('comment', { text: 'Yes, on Friday.' }));
    case 'conversation.admin.noted':
      return tell({ isTaken: true, isRead: true }, byAdmin('note', { text: 'Wants a viewing on Friday.' }));
    case 'conversation.admin.assigned':
      return tell({ isAssigned: true }, byAdmin('assignment', toAdmin));
    case 'conversation.admin.open.assigned':
      return tell({ isTaken: true }, byAdmin('assignment', { ...toAdmin, text: 'I will look into it.' }));
    case 'conversation.admin.closed':
      return tell({ isAssigned: true, isRead: true, state: 'closed' }, byAdmin('close', { state: 'closed' }));
    case 'conversation.admin.opened':
      return tell({ isTaken: true, isReopened: true, isRead: true }, byAdmin('open', toAdmin));
    case 'conversation.admin.snoozed':
      return tell({ isTaken: true, isRead: true, state: 'snoozed' }, byAdmin('snoozed', { state: 'snoozed' }));
    case 'conversation.admin.unsnoozed':
      return tell({ isTaken: true, isRead: true }, byAdmin('unsnoozed'));
    case 'conversation.operator.replied':
      return tell({ beganAgo: 4 }, expectation(scene));
    case 'conversation.priority.updated':
      return tell({ isTaken: true, isWaiting: true, isRead: true, isPriority: true }, byAdmin('priority_changed'));
    case 'conversation.read':
      return tell({ beganAgo: 5, isRead: true }, ...partsRead(scene));
    case 'conversation.rating.added':
      return tell({ isTaken: true, isRead: true, rating: rating(scene) });
    case 'conversation_part.redacted':
      return tell(
        { isTaken: true, isWaiting: true, isReopened: true, isRead: true },
        byAdmin('comment', { text: 'This message was deleted', createdAgo: 120, isRedacted: true }),
      );
    case 'conversation_part.tag.created': {
      const tags = [{ type: 'tag', id: cast.tag.id, name: cast.tag.name }];
      return tell(
        { isTaken: true, isRead: true, tags },
        byLead({ text: 'Can I book a viewing?', createdAgo: 120, tags }),
      );
    }
    default: // conversation.company.updated: which part it carries, if any, is not known
      return tell({ isTaken: true, isRead: true });
  }
}

/** What Fin tells a new lead. */
function expectation(scene: Scene): JsonObject {
  const text = 'PropIQ Example will reply as soon as they can.';
  return part(scene, { type: 'channel_and_reply_time_expectation', by: 'bot', text });
}

/** The one delivery seen of `conversation.read` held all that the contact had read. */
function partsRead(scene: Scene): readonly JsonObject[] {
  return [
    part(scene, { type: 'language_detection_details', by: 'bot', createdAgo: 4 }),
    expectation(scene),
    part(scene, { type: 'comment', by: 'bot', text: 'Give the team a way to reach you:' }),
    part(scene, { type: 'attribute_collector', by: 'bot' }),
  ];
}

/** Source: Intercom-OpenAPI 2.16, `conversation_rating`. */
function rating(scene: Scene): JsonObject {
  const { lead, admin } = scene.cast;
  return {
    rating: 5,
    remark: 'Quick and friendly',
    created_at: secondsAgo(scene, 60),
    updated_at: secondsAgo(scene, 0),
    contact: { type: 'contact', id: lead.id, external_id: lead.externalId },
    teammate: { type: 'admin', id: admin.id },
  };
}
