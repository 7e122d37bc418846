import type { JsonObject } from '../../base/json.ts';
import type { Random } from '../../base/ports.ts';
import type { ApiVersion } from '../topics.ts';
import { adminItem } from './admin.ts';
import { type Cast, createCast } from './cast.ts';
import { companyItem } from './company.ts';
import { contactItem } from './contact.ts';
import { conversationContactItem } from './conversation-contact.ts';
import { legacyConversationItem } from './conversation-legacy.ts';
import { conversationItem } from './conversation.ts';
import { createDice, type Dice } from './dice.ts';
import { eventItem } from './event.ts';
import { legacyPersonItem } from './legacy-person.ts';
import { pingItem } from './ping.ts';
import type { Scene } from './scene.ts';
import type { ItemName, Shape } from './shapes.ts';
import { subscriptionItem } from './subscription.ts';
import { tagItem } from './tag.ts';
import { ticketItem } from './ticket.ts';

/** Who builds `data.item`, by the name of the file. */
export const ITEM_BUILDERS: Readonly<Record<ItemName, (scene: Scene) => JsonObject>> = {
  ping: pingItem,
  contact: contactItem,
  subscription: subscriptionItem,
  tag: tagItem,
  'legacy-person': legacyPersonItem,
  conversation: conversationItem,
  'conversation-legacy': legacyConversationItem,
  'conversation-contact': conversationContactItem,
  company: companyItem,
  ticket: ticketItem,
  admin: adminItem,
  event: eventItem,
};

/** People, things and the moment that all samples of one run share. */
export interface Stage {
  readonly cast: Cast;
  readonly nowMs: number;
}

/**
 * @param random the system's, or a seeded one: then everything but the time repeats
 * @param workspaceId the workspace that receivers may expect in `app_id`; invented when it is not known
 */
export function createStage(random: Random, nowMs: number, workspaceId?: string): Stage {
  return { cast: createCast(createDice(random), nowMs, workspaceId), nowMs };
}

/** A topic in the shape that it has in an API version. */
export interface SampleRequest {
  readonly shape: Shape;
  readonly version: ApiVersion;
  /** For what belongs to this notification alone: its id, the ids of its parts. */
  readonly random: Random;
}

/** A notification as Intercom sends it, with the fields in the order of the captures. */
export function buildSample(stage: Stage, { shape, version, random }: SampleRequest): JsonObject {
  const dice = createDice(random);
  const id = notificationId(dice);
  const scene: Scene = { topic: shape.topic, version, cast: stage.cast, dice, nowMs: stage.nowMs };
  return envelope(scene, id, ITEM_BUILDERS[shape.item](scene));
}

/** `notif_` and a UUID. */
function notificationId(dice: Dice): string {
  return `notif_${dice.uuid()}`;
}

/**
 * Source: developers.intercom.com, webhook-models; nulls and order: captures in zulip/zulip zerver/webhooks/intercom/fixtures.
 * A ping has neither an id nor a delivery status.
 */
function envelope({ topic, cast, nowMs }: Scene, id: string, item: JsonObject): JsonObject {
  const isPing = topic === 'ping';
  const seconds = Math.floor(nowMs / 1000);
  return {
    type: 'notification_event',
    app_id: cast.workspaceId,
    data: { type: 'notification_event_data', item },
    links: {},
    id: isPing ? null : id,
    topic,
    delivery_status: isPing ? null : 'pending',
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: seconds,
    created_at: seconds,
    self: null,
  };
}
