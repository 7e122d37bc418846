import type { Clock } from '../base/ports.ts';
import type { Reply } from '../base/application.ts';
import { jsonReply } from './replies.ts';

/** What the inbox said counts as true for so long; then it is asked again. */
const FRESH_MS = 2000;

/** What the health routes know: whether there is a secret, and whether the inbox can be written. */
export interface Health {
  /** The inbox took an event, or failed to. */
  heard(isWritable: boolean): void;
  /** Asks the inbox where nothing was heard of it lately; many who ask at once are answered by one question. */
  app(): Promise<Reply>;
  intercom(): Reply;
}

interface Facts {
  readonly isConfigured: () => boolean;
  readonly apiBase: string;
  /** @throws when the inbox cannot be written */
  readonly ping: () => Promise<void>;
}

const HEALTHY = jsonReply(200, { status: 'healthy' });
const UNHEALTHY = jsonReply(503, { status: 'unhealthy', detail: 'The inbox cannot be written' });

export function createHealth({ isConfigured, apiBase, ping }: Facts, clock: Clock): Health {
  let heardAt: number | undefined;
  let isWritable = true;
  let asking: Promise<void> | undefined;

  function heard(now: boolean): void {
    isWritable = now;
    heardAt = clock.monotonic();
  }

  async function ask(): Promise<void> {
    try {
      await ping();
      heard(true);
    } catch {
      heard(false); // why is told by the event that cannot be stored
    }
    asking = undefined;
  }

  return {
    heard,
    async app() {
      // A failure is never taken on trust: whoever asks wants to know whether it is over.
      const isFresh = isWritable && heardAt !== undefined && clock.monotonic() - heardAt < FRESH_MS;
      if (!isFresh) await (asking ??= ask());
      return isWritable ? HEALTHY : UNHEALTHY;
    },
    intercom() {
      const isReady = isConfigured();
      return jsonReply(200, {
        status: isReady ? 'healthy' : 'degraded',
        intercom_configured: isReady,
        api_base: apiBase,
      });
    },
  };
}
