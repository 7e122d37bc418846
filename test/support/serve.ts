import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { type Running, startCli, temporaryFolder } from './cli.ts';

export const SECRET = 'not-a-real-key';
export const WEBHOOK = '/intercom/webhook';

export interface Served extends Running {
  readonly url: string;
  readonly port: number;
  /** Where it runs, and where its inbox is. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ServeOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly json?: boolean;
  readonly longestMs?: number;
}

/** `serve` on a port of its own, ready; ended with the test. */
export async function startServe(args: readonly string[] = [], options: ServeOptions = {}): Promise<Served> {
  const cwd = options.cwd ?? temporaryFolder();
  const env = { INTERCOM_WEBHOOK_SECRET: SECRET, PROPIQ_INTERCOM_STORE: join(cwd, 'inbox.db'), ...options.env };
  const running = startCli(['serve', '--port', '0', ...(options.json === false ? [] : ['--json']), ...args], {
    cwd,
    env,
    ...(options.longestMs !== undefined && { longestMs: options.longestMs }),
  });
  const said = await running.output(/http:\/\/[^\s"]+/);
  const url = /http:\/\/[^\s"]+/.exec(said)?.[0] ?? '';
  return { ...running, url, port: Number(new URL(url).port), cwd, env };
}

/** Intercom's signature, made here and not by the code under test. */
export function sign(body: string | Uint8Array, algorithm: 'sha1' | 'sha256' = 'sha1', key = SECRET): string {
  return `${algorithm}=${createHmac(algorithm, key).update(body).digest('hex')}`;
}

/** A whole POST request, signed unless its header lines say otherwise. */
export function delivery(body: string | Uint8Array, lines?: readonly string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `POST ${WEBHOOK} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: intercom-parrot-service-client/1.0',
    'Content-Type: application/json',
    ...(lines ?? [`X-Hub-Signature: ${sign(bytes)}`]),
    `Content-Length: ${bytes.length}`,
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), bytes]);
}

export function notification(id: string | null, topic = 'user.created'): string {
  return JSON.stringify({ type: 'notification_event', id, topic, data: { item: { type: 'user', id: 'u1' } } });
}
