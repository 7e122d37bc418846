import type { Clock } from '../base/ports.ts';
import type { Reply } from '../base/application.ts';
import { jsonReply } from './replies.ts';

/** After a failure the inbox counts as down for this long, unless it stores something earlier. */
const DOWN_FOR_MS = 10_000;

/** What the health routes know: whether there is a secret, and whether the inbox took the last event. */
export interface Health {
  stored(): void;
  storeFailed(): void;
  app(): Reply;
  intercom(): Reply;
}

export function createHealth(facts: { isConfigured: () => boolean; apiBase: string }, clock: Clock): Health {
  let failedAt: number | undefined;
  return {
    stored: () => (failedAt = undefined),
    storeFailed: () => (failedAt = clock.monotonic()),
    app() {
      const isDown = failedAt !== undefined && clock.monotonic() - failedAt < DOWN_FOR_MS;
      return isDown
        ? jsonReply(503, { status: 'unhealthy', detail: 'The inbox cannot be written' })
        : jsonReply(200, { status: 'healthy' });
    },
    intercom() {
      const isConfigured = facts.isConfigured();
      return jsonReply(200, {
        status: isConfigured ? 'healthy' : 'degraded',
        intercom_configured: isConfigured,
        api_base: facts.apiBase,
      });
    },
  };
}
