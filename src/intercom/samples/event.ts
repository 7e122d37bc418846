import type { JsonObject } from '../../base/json.ts';
import { secondsAgo, type Scene } from './scene.ts';

/** `event.created`. Structure: a delivery of 2019, zulip/zulip fixture event_created.json; later ones were not seen. */
export function eventItem(scene: Scene): JsonObject {
  const { cast, dice } = scene;
  return {
    type: 'event',
    event_name: 'invited-friend',
    id: dice.uuid(),
    intercom_user_id: cast.user.id,
    user_id: cast.user.externalId,
    email: cast.user.email,
    metadata: {},
    created_at: secondsAgo(scene, 1),
    ext_metadata: {},
  };
}
