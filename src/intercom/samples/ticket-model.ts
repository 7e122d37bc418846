import type { JsonObject } from '../../base/json.ts';
import { messageText, type Scene, secondsAgo } from './scene.ts';

type TicketState = 'submitted' | 'resolved';

export interface TicketOptions {
  readonly state?: TicketState;
  readonly isOpen?: boolean;
  readonly assignee?: 'admin' | 'team';
  /** Delivered as the item itself a ticket has two fields more than inside an item. */
  readonly isWholeItem?: true;
  readonly snoozedUntil?: number;
  /** After the parts that every ticket begins with. */
  readonly parts?: readonly JsonObject[];
}

const MADE_AGO = 480;
const ATTRIBUTES = ['_default_title_', '_default_description_', 'Platforms', 'Root cause'] as const;
const LABELS = { submitted: 'Submitted', resolved: 'Resolved' } as const;

/**
 * A ticket with its whole history. Assignees are texts here, and `0` is nobody.
 * Structure: deliveries of January 2026, zulip/zulip fixtures ticket_created.json, ticket_admin_assigned.json.
 */
export function ticket(scene: Scene, options: TicketOptions): JsonObject {
  const { cast } = scene;
  const { state = 'submitted', isOpen = true, assignee } = options;
  const parts = [...firstParts(scene), ...(options.parts ?? [])];
  return {
    type: 'ticket',
    id: cast.ticket.id,
    ticket_id: cast.ticket.shortId,
    ticket_attributes: {
      _default_title_: 'Photos of a listing do not load',
      _default_description_: 'The photos of a listing do not load; the customer waits for an answer by e-mail.',
      Platforms: null,
      'Root cause': null,
    },
    ticket_state: {
      type: 'ticket_state',
      id: cast.ticket.stateIds[state],
      category: state,
      internal_label: LABELS[state],
      external_label: LABELS[state],
    },
    ticket_type: ticketType(scene),
    contacts: {
      type: 'contact.list',
      contacts: [{ type: 'contact', id: cast.lead.id, external_id: cast.lead.externalId }],
    },
    admin_assignee_id: assignee === 'admin' ? cast.admin.id : '0',
    team_assignee_id: assignee === 'team' ? cast.team.id : '0',
    created_at: secondsAgo(scene, MADE_AGO),
    updated_at: secondsAgo(scene, 0),
    ticket_parts: { type: 'ticket_part.list', ticket_parts: parts, total_count: parts.length },
    open: isOpen,
    ...(options.isWholeItem && { snoozed_until: options.snoozedUntil ?? null }),
    linked_objects: { type: 'list', data: [], total_count: 0, has_more: false },
    category: 'Customer',
    is_shared: true,
    ...(options.isWholeItem && { company_id: null }),
    channel: 'messenger',
  };
}

/** What only some kinds of parts have. */
export interface TicketPartOptions {
  readonly ago?: number;
  readonly text?: string;
  readonly states?: { readonly now: TicketState; readonly before: TicketState };
  readonly assignedTo?: JsonObject;
  readonly attribute?: JsonObject;
}

/** One part of a ticket: fields that do not apply are absent, not null. */
export function ticketPart(
  scene: Scene,
  type: string,
  by: 'admin' | 'bot' | 'lead',
  { ago = 0, text, states, assignedTo, attribute }: TicketPartOptions = {},
): JsonObject {
  const { id, name, email } = scene.cast[by];
  const at = secondsAgo(scene, ago);
  return {
    type: 'ticket_part',
    id: scene.dice.digits(11),
    part_type: type,
    ...(text !== undefined && { body: messageText(scene, text) }),
    ...(states && { ticket_state: states.now, previous_ticket_state: states.before }),
    created_at: at,
    updated_at: at,
    ...(assignedTo && { assigned_to: assignedTo }),
    author: { id, type: by === 'lead' ? 'user' : by, name, email },
    attachments: [],
    redacted: false,
    ...(attribute && { updated_attribute_data: attribute }),
  };
}

function firstParts(scene: Scene): readonly JsonObject[] {
  const promise = `You’ll get replies here and in your email (${scene.cast.lead.email}). The team will reply as soon as they can.`;
  return [
    ticketPart(scene, 'attribute_collected', 'bot', { ago: MADE_AGO }),
    ticketPart(scene, 'language_detection_details', 'bot', { ago: MADE_AGO - 1 }),
    ticketPart(scene, 'channel_and_reply_time_expectation', 'bot', { ago: MADE_AGO - 4, text: promise }),
    ticketPart(scene, 'ticket_state_updated_by_admin', 'admin', {
      ago: 98,
      states: { now: 'submitted', before: 'submitted' },
    }),
  ];
}

function ticketType({ cast, nowMs }: Scene): JsonObject {
  const { typeId, attributeIds } = cast.ticket;
  const madeAt = Math.floor(nowMs / 1000) - 12 * 86_400;
  return {
    type: 'ticket_type',
    id: typeId,
    name: 'Tickets',
    description: 'Customer requests that need follow-up.',
    icon: '🎟',
    workspace_id: cast.workspaceId,
    archived: false,
    created_at: madeAt,
    updated_at: madeAt,
    is_internal: false,
    ticket_type_attributes: {
      type: 'list',
      data: ATTRIBUTES.map((name, order) => ({
        type: 'ticket_type_attribute',
        id: attributeIds[order] ?? '',
        workspace_id: cast.workspaceId,
        name,
        description: '',
        data_type: 'string',
        input_options: { multiline: name === '_default_description_' },
        order,
        required_to_create: false,
        required_to_create_for_contacts: false,
        visible_on_create: true,
        visible_to_contacts: true,
        default: name.startsWith('_default_'),
        ticket_type_id: Number(typeId),
        archived: false,
        created_at: madeAt,
        updated_at: madeAt,
      })),
    },
    category: 'Customer',
  };
}
