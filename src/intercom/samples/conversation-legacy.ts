import type { JsonObject } from '../../base/json.ts';
import { html, type Scene, secondsAgo } from './scene.ts';

const BEGAN_AGO = 211;

/**
 * `conversation.*` and `conversation_part.*` of API versions up to 2.4.
 * Structure: deliveries of 2019, zulip/zulip fixtures conversation_user_created.json and siblings.
 */
export function legacyConversationItem(scene: Scene): JsonObject {
  const { topic, cast } = scene;
  const tag = { type: 'tag', id: cast.tag.id, name: cast.tag.name };
  const byAdmin = (type: string, text: string | null = null, isAssigned = false): JsonObject =>
    part(scene, type, text, 'admin', isAssigned);
  switch (topic) {
    case 'conversation.user.created':
      return conversation(scene, { beganAgo: 0, isUnknown: true, isUnassigned: true, isRead: true });
    case 'conversation.user.replied':
      return conversation(scene, {
        isRead: true,
        part: part(scene, 'comment', 'Can I book a viewing?', 'lead', false),
      });
    case 'conversation.admin.single.created':
      return conversation(scene, { beganAgo: 0, isBegunByAdmin: true, state: 'closed' });
    case 'conversation.admin.replied':
    case 'conversation.admin.assigned': // the first answer assigns: one part, delivered under both names
      return conversation(scene, { part: byAdmin('assignment', 'Hello! How can I help?', true) });
    case 'conversation.admin.noted':
      return conversation(scene, { isRead: true, part: byAdmin('note', 'Talk to the sales team about this.') });
    case 'conversation.admin.closed':
      return conversation(scene, { isRead: true, state: 'closed', part: byAdmin('close') });
    case 'conversation.admin.opened':
      return conversation(scene, { isRead: true, part: byAdmin('open', null, true) });
    case 'conversation.admin.snoozed':
      return conversation(scene, { isRead: true, state: 'snoozed', part: byAdmin('snoozed') });
    case 'conversation.admin.unsnoozed':
      return conversation(scene, { isRead: true, part: byAdmin('unsnoozed') });
    case 'conversation_part.redacted':
      return conversation(scene, { isRead: true, part: byAdmin('comment', 'This message was deleted') });
    default: // conversation_part.tag.created: the part that was tagged is the one that began it
      return conversation(scene, {
        isRead: true,
        isUnassigned: true,
        tags: [tag],
        part: part(scene, 'comment', 'Can I book a viewing?', 'lead', false),
      });
  }
}

interface Story {
  readonly beganAgo?: number;
  readonly isBegunByAdmin?: true;
  /** Nothing is known of the lead yet: a made-up name, an empty address. */
  readonly isUnknown?: true;
  readonly isUnassigned?: true;
  readonly isRead?: true;
  readonly state?: 'open' | 'closed' | 'snoozed';
  readonly tags?: readonly JsonObject[];
  readonly part?: JsonObject;
}

function conversation(scene: Scene, story: Story): JsonObject {
  const { cast } = scene;
  const { state = 'open', tags = [], isBegunByAdmin } = story;
  const { lead, admin, legacyConversationId: id } = cast;
  const tagList = (): JsonObject => ({ type: 'tag.list', tags: [...tags] });
  return {
    type: 'conversation',
    id,
    created_at: secondsAgo(scene, story.beganAgo ?? BEGAN_AGO),
    updated_at: secondsAgo(scene, 0),
    user: {
      type: 'lead',
      id: lead.id,
      user_id: lead.externalId,
      name: story.isUnknown ? 'Azure Bus from Springfield' : lead.name,
      email: story.isUnknown ? '' : lead.email,
      do_not_track: null,
    },
    assignee: story.isUnassigned
      ? { type: 'nobody_admin', id: null }
      : { type: 'admin', id: admin.id, name: admin.name, email: admin.email },
    conversation_message: {
      type: 'conversation_message',
      id: cast.sourceId.slice(0, 9),
      url: isBegunByAdmin ? null : 'https://propiq.example.com/pricing',
      subject: isBegunByAdmin ? 'Your viewing' : '',
      body: html(isBegunByAdmin ? 'Your viewing is confirmed.' : 'Hello, is the flat still free?'),
      author: isBegunByAdmin ? { type: 'admin', id: admin.id } : { type: 'user', id: lead.id },
      attachments: [],
    },
    conversation_parts: {
      type: 'conversation_part.list',
      conversation_parts: story.part ? [story.part] : [],
      total_count: story.part ? 1 : 0,
    },
    open: state !== 'closed',
    state,
    snoozed_until: state === 'snoozed' ? secondsAgo(scene, -86_400) : null,
    read: story.isRead ?? false,
    metadata: {},
    tags: tagList(),
    tags_added: tagList(),
    links: { conversation_web: `https://app.intercom.io/a/apps/${cast.workspaceId}/conversations/${id}` },
  };
}

function part(scene: Scene, type: string, text: string | null, by: 'admin' | 'lead', isAssigned: boolean): JsonObject {
  const { admin, lead } = scene.cast;
  const at = secondsAgo(scene, 0);
  const teammate = { type: 'admin', id: admin.id, name: admin.name };
  return {
    type: 'conversation_part',
    id: scene.dice.digits(10),
    part_type: type,
    body: text === null ? null : html(text),
    created_at: at,
    updated_at: at,
    notified_at: at,
    assigned_to: isAssigned ? teammate : null,
    author: by === 'admin' ? teammate : { type: 'user', id: lead.id, name: lead.name, email: lead.email },
    attachments: [],
    external_id: null,
  };
}
