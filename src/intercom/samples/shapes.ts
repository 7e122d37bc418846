import { type ApiVersion, isAtLeast } from '../topics.ts';

/** The files beside this one that build items. */
export type ItemName =
  | 'ping'
  | 'contact'
  | 'subscription'
  | 'tag'
  | 'legacy-person'
  | 'conversation'
  | 'conversation-legacy'
  | 'conversation-contact'
  | 'company'
  | 'ticket'
  | 'admin'
  | 'event';

/** `captured`: somebody published a delivery; `documented`: Intercom's reference prints it; `composed`: put together from siblings. */
export type Origin = 'captured' | 'documented' | 'composed';

/** How much is known about the shape of a topic, and from which API version on, up to which, it holds. */
export interface Shape {
  readonly topic: string;
  readonly item: ItemName;
  readonly origin: Origin;
  /** A sentence: what the shape rests on. */
  readonly basis: string;
  readonly from?: ApiVersion;
  /** The first version that it no longer holds for. */
  readonly before?: ApiVersion;
}

type Range = Pick<Shape, 'from' | 'before'>;

const FIXTURES = 'zulip/zulip zerver/webhooks/intercom/fixtures';

function captured(topic: string, item: ItemName, year: 2019 | 2026, file: string, range: Range = {}): Shape {
  const when = year === 2026 ? 'January 2026' : 'March 2019';
  return {
    topic,
    item,
    origin: 'captured',
    basis: `Seen in a delivery of ${when}: ${FIXTURES}/${file}.json.`,
    ...range,
  };
}

function composed(topic: string, item: ItemName, like: string, range: Range = {}): Shape {
  return { topic, item, origin: 'composed', basis: `Never captured. It has the form of ${like}.`, ...range };
}

function documented(topic: string, item: ItemName, basis: string): Shape {
  return { topic, item, origin: 'documented', basis };
}

/** Texts became plain text with API 2.15, so what was seen before has never been seen as a whole in its new form. */
function untilPlainText(shape: Shape): readonly Shape[] {
  const basis = `Never captured. It has the form of API 2.14, with plain text instead of HTML, as Intercom documents for 2.15. Before: ${lowerFirst(shape.basis)}`;
  return [
    { ...shape, before: '2.15' },
    { ...shape, origin: 'composed', basis, from: '2.15' },
  ];
}

const PLAIN = 'webhook-models prints {created_at, tag, contact}; deliveries of January 2026 lack created_at.';
const LEGACY_TAG = `webhook-models prints it; seen in a delivery of March 2019: ${FIXTURES}`;
const LATER_COMPANY = 'later versions, without the four fields that the changelog of 2.10 adds';
const OLD: Range = { before: '2.5' };
const NEW: Range = { from: '2.5' };

function conversationTopic(name: string, legacy: string | undefined, current: Shape): readonly Shape[] {
  const topic = `conversation.${name}`;
  const old = legacy === undefined ? [] : [captured(topic, 'conversation-legacy', 2019, legacy, OLD)];
  return [...old, ...untilPlainText({ ...current, ...NEW })];
}

const likeConversation = (name: string, like = 'conversation.operator.replied, a delivery of January 2026'): Shape =>
  composed(`conversation.${name}`, 'conversation', like);
const seenConversation = (name: string, file: string): Shape =>
  captured(`conversation.${name}`, 'conversation', 2026, file);

/**
 * Every topic whose shape is known. A topic that is not here has no sample: `topic/unknown-shape`.
 * Left out on purpose: what only the reference's tables name (call, audience, content_stat, content_snippet, job…), what carries
 * something nobody has seen (translations, ratings of tickets), and articles, whose catalogue entry is an assumption.
 */
export const SHAPES: readonly Shape[] = [
  captured('ping', 'ping', 2026, 'ping'),

  captured('user.created', 'legacy-person', 2019, 'user_created'),
  captured('user.deleted', 'legacy-person', 2019, 'user_deleted'),
  captured('user.unsubscribed', 'legacy-person', 2019, 'user_unsubscribed'),
  composed('user.email.updated', 'legacy-person', 'user.created (a delivery for a lead has item type contact)'),
  documented('user.tag.created', 'tag', `${LEGACY_TAG}/user_tag_created.json.`),
  documented('user.tag.deleted', 'tag', `${LEGACY_TAG}/user_tag_deleted.json.`),
  composed('user.unsubscribed_from_sms', 'legacy-person', 'user.created'),
  captured('contact.created', 'legacy-person', 2019, 'contact_created'),
  captured('contact.signed_up', 'legacy-person', 2019, 'contact_signed_up'),
  captured('contact.added_email', 'legacy-person', 2019, 'contact_added_email'),
  composed('contact.updated', 'legacy-person', 'contact.created'),
  documented('contact.tag.created', 'tag', `${LEGACY_TAG}/contact_tag_created.json.`),
  documented('contact.tag.deleted', 'tag', `${LEGACY_TAG}/contact_tag_deleted.json.`),

  captured('contact.user.created', 'contact', 2026, 'contact_user_created'),
  captured('contact.user.updated', 'contact', 2026, 'contact_user_updated'),
  captured('contact.lead.created', 'contact', 2026, 'contact_lead_created'),
  captured('contact.lead.updated', 'contact', 2026, 'contact_lead_updated'),
  captured('contact.lead.added_email', 'contact', 2026, 'contact_lead_added_email'),
  composed('contact.lead.signed_up', 'contact', 'contact.user.created'),
  captured('contact.email.updated', 'contact', 2026, 'conatct_email_updated'),
  captured('contact.deleted', 'contact', 2026, 'contact_deleted'),
  captured('contact.archived', 'contact', 2026, 'contact_archived'),
  composed('contact.archive', 'contact', 'contact.archived, the later spelling'),
  captured('contact.unarchived', 'contact', 2026, 'contact_unarchived'),
  composed('contact.unarchive', 'contact', 'contact.unarchived, the spelling that was seen'),
  captured('contact.merged', 'contact', 2026, 'contacts_merged'),
  captured('contact.subscribed', 'subscription', 2026, 'contact_subscribed'),
  composed(
    'contact.unsubscribed',
    'contact',
    'contact.user.created; the changelog of 2.7 says that it was the contact',
    {
      before: '2.7',
    },
  ),
  captured('contact.unsubscribed', 'subscription', 2026, 'contact_unsubscribed', { from: '2.7' }),
  composed('contact.unsubscribed_from_sms', 'contact', 'contact.user.created'),
  documented('contact.user.tag.created', 'tag', PLAIN),
  documented('contact.user.tag.deleted', 'tag', PLAIN),
  documented('contact.lead.tag.created', 'tag', PLAIN),
  documented('contact.lead.tag.deleted', 'tag', PLAIN),
  captured('granular.subscribe', 'subscription', 2026, 'granular_subscribe'),
  captured('granular.unsubscribe', 'subscription', 2026, 'granular_unsubscribe'),
  captured('visitor.signed_up', 'legacy-person', 2026, 'visitor_signed_up'),

  ...conversationTopic('user.created', 'conversation_user_created', likeConversation('user.created')),
  ...conversationTopic('user.replied', 'conversation_user_replied', likeConversation('user.replied')),
  ...conversationTopic('admin.replied', 'conversation_admin_replied', likeConversation('admin.replied')),
  ...conversationTopic(
    'admin.single.created',
    'conversation_admin_single_created',
    likeConversation('admin.single.created'),
  ),
  ...conversationTopic('admin.assigned', 'conversation_admin_assigned', likeConversation('admin.assigned')),
  ...conversationTopic(
    'admin.open.assigned',
    undefined,
    seenConversation('admin.open.assigned', 'conversation_admin_open_assigned'),
  ),
  ...conversationTopic('admin.noted', 'conversation_admin_noted', likeConversation('admin.noted')),
  ...conversationTopic('admin.closed', 'conversation_admin_closed', likeConversation('admin.closed')),
  ...conversationTopic('admin.opened', 'conversation_admin_opened', likeConversation('admin.opened')),
  ...conversationTopic('admin.snoozed', 'conversation_admin_snoozed', likeConversation('admin.snoozed')),
  ...conversationTopic('admin.unsnoozed', 'conversation_admin_unsnoozed', likeConversation('admin.unsnoozed')),
  ...conversationTopic(
    'operator.replied',
    undefined,
    seenConversation('operator.replied', 'conversation_operator_replied'),
  ),
  ...conversationTopic(
    'priority.updated',
    undefined,
    seenConversation('priority.updated', 'conversation_priority_updated'),
  ),
  ...conversationTopic('read', undefined, seenConversation('read', 'conversation_read')),
  ...conversationTopic(
    'rating.added',
    undefined,
    likeConversation(
      'rating.added',
      'conversation.operator.replied, with the conversation_rating of the OpenAPI description',
    ),
  ),
  ...conversationTopic('company.updated', undefined, likeConversation('company.updated')),
  captured('conversation.deleted', 'conversation', 2026, 'conversation_deleted'),
  captured('conversation.contact.attached', 'conversation-contact', 2026, 'conversation_contact_attached'),
  captured('conversation.contact.detached', 'conversation-contact', 2026, 'conversation_contact_detached'),
  composed('conversation_part.redacted', 'conversation-legacy', 'conversation.admin.replied of API 2.4', OLD),
  ...untilPlainText(captured('conversation_part.redacted', 'conversation', 2026, 'conversation_part_redacted', NEW)),
  captured('conversation_part.tag.created', 'conversation-legacy', 2019, 'conversation_part_tag_created', OLD),
  ...untilPlainText(
    composed(
      'conversation_part.tag.created',
      'conversation',
      'conversation_part.redacted: the reference says Conversation Part of both, and there the item was the conversation',
      NEW,
    ),
  ),

  composed('company.created', 'company', LATER_COMPANY, { before: '2.10' }),
  captured('company.created', 'company', 2026, 'company_created', { from: '2.10' }),
  composed('company.updated', 'company', LATER_COMPANY, { before: '2.10' }),
  captured('company.updated', 'company', 2026, 'company_updated', { from: '2.10' }),
  captured('company.deleted', 'company', 2026, 'company_deleted'),
  captured('company.contact.attached', 'company', 2026, 'company_contact_attached'),
  captured('company.contact.detached', 'company', 2026, 'company_contact_detached'),

  ...untilPlainText(captured('ticket.created', 'ticket', 2026, 'ticket_created')),
  ...untilPlainText(captured('ticket.state.updated', 'ticket', 2026, 'ticket_state_updated')),
  ...untilPlainText(captured('ticket.note.created', 'ticket', 2026, 'ticket_note_created')),
  ...untilPlainText(captured('ticket.admin.assigned', 'ticket', 2026, 'ticket_admin_assigned')),
  ...untilPlainText(captured('ticket.team.assigned', 'ticket', 2026, 'ticket_team_assigned')),
  ...untilPlainText(captured('ticket.attribute.updated', 'ticket', 2026, 'ticket_attribute_updated')),
  ...untilPlainText(captured('ticket.admin.replied', 'ticket', 2026, 'ticket_admin_replied')),
  ...untilPlainText(captured('ticket.contact.replied', 'ticket', 2026, 'ticket_conatct_replied')),
  captured('ticket.contact.attached', 'ticket', 2026, 'ticket_contact_attached'),
  captured('ticket.contact.detached', 'ticket', 2026, 'ticket_contact_detached'),
  captured('ticket.closed', 'ticket', 2026, 'ticket_closed', { before: '2.15' }),
  composed(
    'ticket.closed',
    'ticket',
    'ticket.note.created: webhook-models says that the ticket is nested as data.item.ticket since 2.15',
    { from: '2.15' },
  ),
  composed('ticket.resolved', 'ticket', 'ticket.state.updated: webhook-models says that the ticket is the item'),
  composed('ticket.admin.snoozed', 'ticket', 'ticket.note.created'),
  composed('ticket.admin.unsnoozed', 'ticket', 'ticket.note.created'),

  captured('admin.added_to_workspace', 'admin', 2026, 'admin_added_to_workspace'),
  captured('admin.removed_from_workspace', 'admin', 2026, 'admin_removed_from_workspace'),
  captured('admin.away_mode_updated', 'admin', 2026, 'admin_away_mode_updated'),
  captured('admin.logged_in', 'admin', 2026, 'admin_logged_in'),
  captured('admin.logged_out', 'admin', 2026, 'admin_logged_out'),
  captured('admin.activity_log_event.created', 'admin', 2026, 'admin_activity_log_event_created'),

  captured('event.created', 'event', 2019, 'event_created', OLD),
  composed('event.created', 'event', 'the deliveries of API 2.4; no later one was seen', NEW),
];

const byTopic = new Map<string, Shape[]>();
for (const shape of SHAPES) {
  const known = byTopic.get(shape.topic);
  if (known) known.push(shape);
  else byTopic.set(shape.topic, [shape]);
}

/** The shape that a topic has in an API version; undefined where none is known. */
export function findShape(topic: string, version: ApiVersion): Shape | undefined {
  return byTopic
    .get(topic)
    ?.find(
      ({ from, before }) =>
        (from === undefined || isAtLeast(version, from)) && (before === undefined || !isAtLeast(version, before)),
    );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
