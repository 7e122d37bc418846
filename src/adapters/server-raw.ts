import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Reply } from '../base/application.ts';

const TLS_HANDSHAKE = 0x16;
const FAULTS: Readonly<Record<string, { status: number; problem: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, problem: 'its header is too large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, problem: 'its chunk extensions are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, problem: 'it did not come to its end in time' },
};

/** What made Node's parser give up, in our words. */
export function faultOf(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): { status: number; problem: string } {
  const known = FAULTS[error.code ?? ''];
  if (known) return known;
  const isTls = error.rawPacket?.[0] === TLS_HANDSHAKE;
  return { status: 400, problem: isTls ? 'it speaks TLS, and this port speaks plain HTTP' : 'it is not HTTP/1.1' };
}

/** Answers on a connection whose request Node's parser gave up on, and ends it. */
export function endRaw(socket: Socket, reply: Reply, lingerMs: number): void {
  if (socket.destroyed) return;
  socket.on('error', () => undefined);
  const lines = [
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`,
    ...reply.headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(reply.body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${reply.body}`);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}
