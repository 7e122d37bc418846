import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { signNotification } from '../../src/intercom/signature.ts';
import { KEY, PATH } from './receiver.ts';

/** What a server said on one connection. */
export interface RawReply {
  /** 0 where there was no status line. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly all: string;
}

/** A connection that is closed with the test. */
export function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Everything that comes until the other side closes. */
export async function readToEnd(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(parts).toString('latin1');
}

export function parseReply(all: string): RawReply {
  const end = all.indexOf('\r\n\r\n');
  const head = end === -1 ? all : all.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0),
    head,
    body: end === -1 ? '' : all.slice(end + 4),
    all,
  };
}

/** Sends bytes on a connection of their own, and reads until it is closed or one whole answer is there. */
export async function send(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<RawReply> {
  const socket = dial(port);
  let all = '';
  const whole = new Promise<void>((resolve) => {
    socket.on('data', (part: Buffer) => {
      all += part.toString('latin1');
      if (isWhole(all)) resolve();
    });
    socket.once('close', () => resolve());
  });
  for (const part of parts) socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
  await whole;
  socket.destroy();
  return parseReply(all);
}

function isWhole(all: string): boolean {
  const { head, body, status } = parseReply(all);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return all.includes('\r\n\r\n') && status >= 200 && length !== undefined && body.length >= Number(length);
}

/** A POST of a body, rightly signed, with more header lines. */
export function signedPost(body: string | Uint8Array, ...lines: readonly string[]): Buffer {
  const bytes = Buffer.from(body);
  return post(bytes, `X-Hub-Signature: ${signNotification(bytes, KEY)}`, ...lines);
}

export function post(body: string | Uint8Array, ...lines: readonly string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = [`POST ${PATH} HTTP/1.1`, 'Host: 127.0.0.1', `Content-Length: ${bytes.length}`, ...lines, '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), bytes]);
}
