import type { JsonObject } from '../../base/json.ts';

/** `ping`. Structure and words: a delivery of January 2026, zulip/zulip fixture ping.json. */
export function pingItem(): JsonObject {
  return { type: 'ping', message: 'This is a ping notification test message.' };
}
