import { spawnSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { sendAll } from '../test/support/load.ts';

export const SECRET = 'not-a-real-key';
export const PATH = '/intercom/webhook';
const BODY_BYTES = 2048;
const THREADS = 2;

export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx, and connections that broke. */
  readonly refused: number;
  readonly broken: number;
  readonly requests: number;
}

/** A body of 2 KB with an id of its own. */
export function notificationBody(): string {
  const head = `{"type":"notification_event","id":"notif_${randomUUID()}","topic":"contact.user.created","data":{"type":"notification_event_data","item":{"type":"contact","id":"1","name":"`;
  const tail = '"}},"created_at":1768018948}';
  return `${head}${'x'.repeat(BODY_BYTES - head.length - tail.length)}${tail}`;
}

/** Made before the clock runs: the generator must not be the limit. */
export function* signedRequests(count: number, secret = SECRET): Generator<Buffer> {
  for (let at = 0; at < count; at += 1) {
    const body = notificationBody();
    const signature = createHmac('sha1', secret).update(body).digest('hex');
    yield Buffer.from(
      `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Hub-Signature: sha1=${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
}

/** Ready requests in a file, as `wrk.lua` reads them. */
export function writeRequests(file: string, requests: Iterable<Buffer>): void {
  const handle = openSync(file, 'w');
  for (const request of requests) writeSync(handle, Buffer.concat([Buffer.from(`${request.length}\n`), request]));
  closeSync(handle);
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** Sends what is in a file over kept connections, one at a time on each, for so many seconds. */
export function loadWithWrk(port: number, file: string, connections: number, seconds: number): Load {
  const script = resolve(import.meta.dirname, '../../../../bench/wrk.lua');
  const args = [`-t${THREADS}`, `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}${PATH}`];
  const { stdout, stderr, status } = spawnSync('wrk', [...args, '--', file, String(THREADS)], { encoding: 'utf8' });
  const line = /^\{.*\}$/m.exec(stdout)?.[0];
  if (status !== 0 || line === undefined) throw new Error(`wrk: ${stdout}${stderr}`);
  const told = JSON.parse(line) as Omit<Load, 'perSecond'> & { durationMs: number };
  return { ...told, perSecond: (told.requests / told.durationMs) * 1000 };
}

/** The same with our own generator, for all requests given; slower, and on the processor that the receiver needs. */
export async function loadAll(port: number, requests: readonly Buffer[], connections: number): Promise<Load> {
  const latencies: number[] = [];
  let refused = 0;
  const startedAt = performance.now();
  await sendAll(port, requests, connections, ({ status, latencyMs }) => {
    if (status >= 300) refused += 1;
    latencies.push(latencyMs);
  });
  const elapsedMs = performance.now() - startedAt;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (latencies.length / elapsedMs) * 1000,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    refused,
    broken: requests.length - latencies.length,
    requests: latencies.length,
  };
}
