import type { JsonObject } from '../../base/json.ts';
import { isAtLeast } from '../topics.ts';
import { contact, DAY_MS } from './contact.ts';
import type { Scene } from './scene.ts';
import { ticket, type TicketOptions, ticketPart, type TicketPartOptions } from './ticket-model.ts';

/**
 * `ticket.*`: the ticket itself, the ticket beside its newest part, or another model of it beside a contact.
 * Structure: deliveries of January 2026, zulip/zulip fixtures ticket_created.json, ticket_note_created.json and siblings,
 * ticket_contact_attached.json. That `ticket.closed` nests the ticket since API 2.15: webhook-models.
 */
export function ticketItem(scene: Scene): JsonObject {
  const { topic, version, cast } = scene;
  const byAdmin = (type: string, more: TicketPartOptions = {}): JsonObject => ticketPart(scene, type, 'admin', more);
  const resolved = (): JsonObject =>
    byAdmin('ticket_state_updated_by_admin', { states: { now: 'resolved', before: 'submitted' } });
  switch (topic) {
    case 'ticket.created':
    case 'ticket.state.updated':
      return ticket(scene, { isWholeItem: true });
    case 'ticket.resolved':
      return ticket(scene, { isWholeItem: true, state: 'resolved', parts: [resolved()] });
    case 'ticket.closed':
      return isAtLeast(version, '2.15')
        ? withPart(byAdmin('close'), { isOpen: false, assignee: 'admin' })
        : ticket(scene, {
            isWholeItem: true,
            state: 'resolved',
            isOpen: false,
            assignee: 'admin',
            parts: [byAdmin('close'), resolved()],
          });
    case 'ticket.note.created':
      return withPart(byAdmin('note', { text: 'The image host was down.' }), { assignee: 'admin' });
    case 'ticket.admin.assigned':
      return withPart(byAdmin('assignment', { assignedTo: { type: 'admin', id: cast.admin.id } }), {
        assignee: 'admin',
      });
    case 'ticket.team.assigned':
      return withPart(byAdmin('assignment', { assignedTo: { type: 'team', id: cast.team.id } }), { assignee: 'team' });
    case 'ticket.admin.replied':
      return withPart(
        byAdmin('assignment', {
          text: 'The photos load again.',
          assignedTo: { type: 'admin', id: cast.admin.id },
        }),
        { assignee: 'admin' },
      );
    case 'ticket.contact.replied':
      return withPart(ticketPart(scene, 'comment', 'lead', { text: 'Thank you, I can see them now.' }), {
        assignee: 'admin',
      });
    case 'ticket.attribute.updated':
      return withPart(byAdmin('ticket_attribute_updated_by_admin', { attribute: attributeChange() }), {
        assignee: 'admin',
      });
    case 'ticket.contact.attached':
    case 'ticket.contact.detached':
      return { ticket: flatTicket(scene), contact: participant() };
    case 'ticket.admin.snoozed':
      return withPart(byAdmin('snoozed'), { assignee: 'admin' });
    default: // ticket.admin.unsnoozed
      return withPart(byAdmin('unsnoozed'), { assignee: 'admin' });
  }

  function withPart(part: JsonObject, options: TicketOptions): JsonObject {
    return { type: 'ticket_ticket_part', ticket: ticket(scene, { ...options, parts: [part] }), ticket_part: part };
  }

  function attributeChange(): JsonObject {
    const value = { type: 'value', id: 'iOS', label: 'iOS', previous: '' };
    return { attribute: { type: 'attribute', id: cast.ticket.attributeIds[2], label: 'Platforms' }, value };
  }

  function participant(): JsonObject {
    return contact(scene, { person: cast.user, role: 'user', createdAgoMs: DAY_MS, hasFormattedPhone: true });
  }
}

/** Beside a contact the ticket has a model of its own: a number as id, attributes with their kinds, states as words. */
function flatTicket({ cast }: Scene): JsonObject {
  const attribute = (value: string | null): JsonObject => ({ value, type: 'string' });
  return {
    type: 'ticket',
    id: Number(cast.ticket.id),
    url: `https://app.intercom.com/a/apps/${cast.workspaceId}/conversations/${cast.ticket.id}`,
    custom_attributes: {
      _default_title_: attribute(null),
      _default_description_: attribute(null),
      Platforms: attribute(null),
      'Root cause': attribute(null),
    },
    state: 'submitted',
    ticket_type: 'Tickets',
    ticket_type_description: 'Customer requests that need follow-up.',
    ticket_type_emoji: '🎟',
    ticket_custom_state_admin_label: 'Submitted',
    ticket_custom_state_user_label: 'Submitted',
  };
}
