import { createHmac, randomUUID } from 'node:crypto';
import { sendAll } from '../test/support/load.ts';

export const SECRET = 'not-a-real-key';
export const PATH = '/intercom/webhook';
const BODY_BYTES = 2048;

export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly byStatus: Readonly<Record<string, number>>;
}

/** Ready requests of 2 KB with an id and a signature each. Made before the clock runs: the generator must not be the limit. */
export function signedRequests(count: number, secret = SECRET): readonly Buffer[] {
  return Array.from({ length: count }, (_, at) => {
    const head = `{"type":"notification_event","id":"notif_${randomUUID()}","topic":"contact.user.created","data":{"type":"notification_event_data","item":{"type":"contact","id":"${at}","name":"`;
    const tail = '"}},"created_at":1768018948}';
    const body = `${head}${'x'.repeat(BODY_BYTES - head.length - tail.length)}${tail}`;
    const signature = createHmac('sha1', secret).update(body).digest('hex');
    return Buffer.from(
      `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Hub-Signature: sha1=${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  });
}

/** Sends requests over kept connections, one at a time on each, until the time or the requests are over. */
export async function load(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  durationMs: number,
): Promise<Load> {
  const latencies: number[] = [];
  const byStatus: Record<string, number> = {};
  const startedAt = performance.now();
  await sendAll(
    port,
    requests,
    connections,
    ({ status, latencyMs }) => {
      byStatus[status] = (byStatus[status] ?? 0) + 1;
      latencies.push(latencyMs);
    },
    () => performance.now() - startedAt > durationMs,
  );
  const elapsedMs = performance.now() - startedAt;
  latencies.sort((a, b) => a - b);
  const p99Ms = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
  return { perSecond: (latencies.length / elapsedMs) * 1000, p99Ms, byStatus };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
