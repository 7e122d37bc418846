import type { JsonObject } from '../../base/json.ts';
import { messageText, type Scene, secondsAgo } from './scene.ts';

export interface PartOptions {
  readonly type: string;
  readonly by: 'admin' | 'lead' | 'bot';
  readonly text?: string;
  readonly assignedTo?: JsonObject;
  readonly createdAgo?: number;
  /** What was in it is gone; the text says so. */
  readonly isRedacted?: true;
  readonly state?: 'open' | 'closed' | 'snoozed';
  readonly tags?: readonly JsonObject[];
}

/**
 * One part of a conversation, API 2.5 and later.
 * Structure: deliveries of January 2026, zulip/zulip fixtures conversation_operator_replied.json, conversation_part_redacted.json.
 */
export function part(scene: Scene, options: PartOptions): JsonObject {
  const at = secondsAgo(scene, options.createdAgo ?? 0);
  return {
    type: 'conversation_part',
    id: scene.dice.digits(11),
    part_type: options.type,
    body: options.text === undefined ? null : messageText(scene, options.text),
    created_at: at,
    updated_at: secondsAgo(scene, 0),
    notified_at: at,
    assigned_to: options.assignedTo ?? null,
    author: author(scene, options.by),
    attachments: [],
    external_id: null,
    redacted: options.isRedacted ?? false,
    metadata: {},
    email_message_metadata: null,
    state: options.state ?? 'open',
    tags: [...(options.tags ?? [])],
    event_details: {},
    app_package_code: null,
  };
}

function author({ cast }: Scene, by: PartOptions['by']): JsonObject {
  const { id, name, email } = cast[by];
  return { id, type: by, name, email, from_ai_agent: false, is_ai_answer: false };
}
