import type { Clock } from '../../src/base/ports.ts';
import { Secret } from '../../src/base/secret.ts';
import { signNotification } from '../../src/intercom/signature.ts';
import type { ReceivedRequest } from '../../src/base/application.ts';
import type { Added, IncomingEvent } from '../../src/receive/inbox.ts';
import { createKeyring } from '../../src/receive/keyring.ts';
import { createReceiver, type Receiver, type ReceiverParts } from '../../src/receive/receive.ts';

export const KEY = 'not-a-real-key';
export const PATH = '/intercom/webhook';
export const PING = '{"type":"notification_event","topic":"ping","id":null}';

/** A clock that only moves when told. */
export function stoppedClock(): Clock & { advance(ms: number): void } {
  let now = 1_768_015_702_000;
  return {
    now: () => now,
    monotonic: () => now,
    sleep: () => Promise.resolve(),
    advance: (ms) => void (now += ms),
  };
}

/** An inbox that remembers what it was given and answers as told. */
export function recordingInbox(
  answer: (event: IncomingEvent) => Promise<Added> | Added,
  ping: () => Promise<void> = async () => undefined,
) {
  const events: IncomingEvent[] = [];
  return {
    events,
    ping,
    async add(event: IncomingEvent) {
      events.push(event);
      return answer(event);
    },
  };
}

export function receiver(changed: Partial<ReceiverParts> = {}): Receiver {
  return createReceiver({
    inbox: recordingInbox(() => ({ outcome: 'added', id: 'evt_000000000001' })),
    keyring: createKeyring({ current: new Secret(KEY) }),
    webhookPath: PATH,
    apiBase: 'https://api.intercom.io',
    clock: stoppedClock(),
    ...changed,
  });
}

export function request(changed: Partial<ReceivedRequest> = {}): ReceivedRequest {
  return { method: 'POST', target: PATH, headers: [], body: new Uint8Array(), ...changed };
}

export function signed(body: string | Uint8Array, algorithm: 'sha1' | 'sha256' = 'sha1', key = KEY): ReceivedRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return request({ body: bytes, headers: [['X-Hub-Signature', signNotification(bytes, key, algorithm)]] });
}
