import type { JsonObject } from '../../base/json.ts';
import { messageText, type Scene, secondsAgo, statisticsTime } from './scene.ts';

/** How long before the notification the conversation began, a teammate took it, and it was closed. */
const BEGAN_AGO = 211;
const TAKEN_AGO = 150;
const CLOSED_AGO = 30;
const PAGE = 'https://propiq.example.com/pricing';

/** What differs from a conversation that a lead began and nobody has answered yet. */
export interface Story {
  readonly beganAgo?: number;
  readonly isBegunByAdmin?: true;
  readonly isAssigned?: true;
  /** A teammate took it and answered: it is in the statistics, and they are among the teammates. */
  readonly isTaken?: true;
  /** Somebody took it, and the contact wrote again since. */
  readonly isWaiting?: true;
  /** It was closed once and is open again. */
  readonly isReopened?: true;
  readonly isRead?: true;
  readonly isPriority?: true;
  readonly state?: 'open' | 'closed' | 'snoozed';
  readonly rating?: JsonObject;
  readonly tags?: readonly JsonObject[];
  readonly parts?: readonly JsonObject[];
}

/**
 * A conversation, API 2.5 and later: times are integers, those of the statistics ISO 8601.
 * Structure: deliveries of January 2026, zulip/zulip fixtures conversation_operator_replied.json, conversation_part_redacted.json,
 * conversation_admin_open_assigned.json.
 */
export function conversation(scene: Scene, story: Story): JsonObject {
  const { cast } = scene;
  const { isTaken, isBegunByAdmin, state = 'open', parts = [] } = story;
  const beganAt = secondsAgo(scene, story.beganAgo ?? BEGAN_AGO);
  return {
    type: 'conversation',
    id: cast.conversationId,
    created_at: beganAt,
    updated_at: secondsAgo(scene, 0),
    waiting_since: story.isWaiting || !(isTaken || isBegunByAdmin) ? beganAt : null,
    snoozed_until: state === 'snoozed' ? secondsAgo(scene, -86_400) : null,
    source: source(scene, story),
    contacts: {
      type: 'contact.list',
      contacts: [{ type: 'contact', id: cast.lead.id, external_id: cast.lead.externalId }],
    },
    first_contact_reply: isBegunByAdmin ? null : { created_at: beganAt, type: 'conversation', url: PAGE },
    admin_assignee_id: isTaken || story.isAssigned ? Number(cast.admin.id) : null,
    team_assignee_id: null,
    open: state !== 'closed',
    state,
    read: story.isRead ?? false,
    tags: { type: 'tag.list', tags: [...(story.tags ?? [])] },
    priority: story.isPriority ? 'priority' : 'not_priority',
    sla_applied: null,
    statistics: statistics(scene, story, isBegunByAdmin ? undefined : beganAt),
    conversation_rating: story.rating ?? null,
    teammates: { type: 'admin.list', admins: isTaken ? [{ type: 'admin', id: cast.admin.id }] : [] },
    title: '',
    custom_attributes: {
      'Has attachments': false,
      'Imported via standalone': false,
      'Auto-translated': false,
      'Fin AI Agent: Preview': false,
      'Fin AI Agent: Image used in reply': false,
      'Copilot used': false,
    },
    topics: { type: 'topic.list', topics: [], total_count: 0 },
    ticket: null,
    linked_objects: { type: 'list', data: [], total_count: 0, has_more: false },
    ai_agent: null,
    ai_agent_participated: false,
    conversation_parts: {
      type: 'conversation_part.list',
      conversation_parts: [...parts],
      total_count: parts.length,
    },
  };
}

function source(scene: Scene, { isBegunByAdmin }: Story): JsonObject {
  const { cast } = scene;
  const { id, name, email } = cast.admin;
  return {
    type: 'conversation',
    id: cast.sourceId,
    delivered_as: isBegunByAdmin ? 'admin_initiated' : 'customer_initiated',
    subject: '',
    body: messageText(scene, isBegunByAdmin ? 'Your viewing is confirmed.' : 'Hello, is the flat still free?'),
    author: isBegunByAdmin
      ? { type: 'admin', id, name, email }
      : { type: 'lead', id: cast.lead.id, name: null, email: '' },
    attachments: [],
    url: isBegunByAdmin ? null : PAGE,
    redacted: false,
  };
}

/** Null wherever nothing of the kind has happened; spans are seconds. */
function statistics(scene: Scene, story: Story, contactReplied: number | undefined): JsonObject {
  const { isTaken, isReopened, parts = [], beganAgo = BEGAN_AGO } = story;
  const time = (ago: number): string => statisticsTime(secondsAgo(scene, ago));
  const contactReply = contactReplied === undefined ? null : statisticsTime(contactReplied);
  const taken = isTaken ? time(TAKEN_AGO) : null;
  const takenAfter = isTaken ? beganAgo - TAKEN_AGO : null;
  const closed = isReopened ? time(CLOSED_AGO) : null;
  const closedAfter = isReopened ? beganAgo - CLOSED_AGO : null;
  return {
    type: 'conversation_statistics',
    time_to_assignment: takenAfter,
    time_to_admin_reply: takenAfter,
    time_to_first_close: closedAfter,
    time_to_last_close: closedAfter,
    median_time_to_reply: takenAfter,
    first_contact_reply_at: contactReply,
    first_assignment_at: taken,
    first_admin_reply_at: taken,
    first_close_at: closed,
    last_assignment_at: taken,
    last_assignment_admin_reply_at: taken,
    last_contact_reply_at: contactReply,
    last_admin_reply_at: taken,
    last_close_at: closed,
    last_closed_by_id: isReopened ? Number(scene.cast.admin.id) : null,
    count_reopens: isReopened ? 1 : 0,
    count_assignments: isTaken ? 1 : 0,
    count_conversation_parts: 1 + (isTaken ? 1 : 0) + parts.length,
    assigned_team_first_response_time: [],
    assigned_team_first_response_time_in_office_hours: [],
    handling_time: closedAfter,
  };
}
