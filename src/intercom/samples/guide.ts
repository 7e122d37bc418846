/** The two notifications that PropIQ's guide prints: shorter than any real one, and known to its readers. */
export const GUIDE_TOPICS = ['user.created', 'conversation.user.created'] as const;
export type GuideTopic = (typeof GUIDE_TOPICS)[number];

const USER_CREATED = `{
  "type": "notification_event",
  "app_id": "<APP_ID>",
  "data": {
    "type": "notification_event_data",
    "item": {
      "type": "user",
      "id": "123456",
      "user_id": "abc-123",
      "email": "user@example.com",
      "name": "John Doe",
      "created_at": 1729526400
    }
  },
  "id": "notif_abc123",
  "topic": "user.created",
  "created_at": 1729526400
}`;

const CONVERSATION_USER_CREATED = `{
  "type": "notification_event",
  "app_id": "<APP_ID>",
  "data": {
    "type": "notification_event_data",
    "item": {
      "type": "conversation",
      "id": "789012",
      "created_at": 1729526400,
      "user": {
        "type": "user",
        "id": "123456",
        "email": "user@example.com"
      }
    }
  },
  "id": "notif_xyz789",
  "topic": "conversation.user.created",
  "created_at": 1729526400
}`;

/**
 * The guide's sample, to the byte, ids and times included.
 * @param appId stands where the guide has the workspace's id
 */
export function guideSample(topic: GuideTopic, appId: string): string {
  const printed = topic === 'user.created' ? USER_CREATED : CONVERSATION_USER_CREATED;
  return printed.replace('"<APP_ID>"', () => JSON.stringify(appId));
}
