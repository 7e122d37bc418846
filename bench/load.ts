import { createHmac } from 'node:crypto';
import { connect } from 'node:net';

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
    const head = `{"type":"notification_event","id":"notif_${at}","topic":"contact.user.created","data":{"type":"notification_event_data","item":{"type":"contact","id":"${at}","name":"`;
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
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, () => lane()));
  const elapsedMs = performance.now() - startedAt;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (latencies.length / elapsedMs) * 1000,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    byStatus,
  };

  function lane(): Promise<void> {
    return new Promise((done, failed) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      let seen = '';
      const send = (): void => {
        const request = requests[next];
        if (request === undefined || performance.now() - startedAt > durationMs) {
          socket.destroy();
          return done();
        }
        next += 1;
        sentAt = performance.now();
        socket.write(request);
      };
      socket.once('connect', send);
      socket.on('data', (part) => {
        seen += part.toString('latin1');
        const end = seen.indexOf('\r\n\r\n');
        if (end === -1) return;
        const length = Number(/content-length: *(\d+)/i.exec(seen.slice(0, end))?.[1] ?? 0);
        if (seen.length < end + 4 + length) return;
        const status = seen.slice(9, 12);
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        latencies.push(performance.now() - sentAt);
        seen = '';
        send();
      });
      socket.once('error', failed);
    });
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
