import type { JsonObject } from '../../base/json.ts';
import { secondsAgo, type Scene } from './scene.ts';

/**
 * `admin.*`. Structure: deliveries of January 2026, zulip/zulip fixtures admin_added_to_workspace.json and siblings; they differ
 * from the REST model in that `id` is a number and `avatar` an object.
 */
export function adminItem(scene: Scene): JsonObject {
  const { topic, cast, dice } = scene;
  const { id, name, email } = cast.admin;
  if (topic === 'admin.activity_log_event.created') {
    return {
      type: 'admin_activity_log_event',
      id: dice.uuid(),
      performed_by: { type: 'admin', id, email, ip: '192.0.2.1' },
      metadata: { enabled: false },
      created_at: secondsAgo(scene, 0),
      activity_type: 'upfront_email_collection_change',
      activity_description: `${name} disabled the collection of e-mail addresses.`,
    };
  }
  return {
    type: 'admin',
    id: Number(id),
    name,
    email,
    job_title: null,
    away_mode_enabled: topic === 'admin.away_mode_updated',
    away_mode_reassign: false,
    away_status_reason: '',
    has_inbox_seat: true,
    team_ids: topic === 'admin.removed_from_workspace' ? [] : [Number(cast.team.id)],
    avatar: { type: 'avatar', image_url: 'https://static.example.com/avatars/default-admin.png' },
  };
}
