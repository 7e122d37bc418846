import { connect } from 'node:net';

/** One answer, and which request it belongs to. */
export interface Answered {
  readonly index: number;
  readonly status: number;
  readonly body: string;
  readonly latencyMs: number;
}

const HEAD_END = '\r\n\r\n';

/**
 * Sends whole requests over so many connections that are kept open, the next one as soon as the last was answered.
 * Resolves when all are answered, or it is over; a connection that ends early (the server was killed) takes its request with it.
 */
export async function sendAll(
  port: number,
  requests: readonly Uint8Array[],
  connections: number,
  onAnswer: (answered: Answered) => void,
  isOver: () => boolean = () => false,
): Promise<void> {
  let next = 0;
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let index = -1;
      let sentAt = 0;
      let text = '';
      const send = (): void => {
        const request = requests[next];
        if (request === undefined || isOver()) {
          socket.end();
          return;
        }
        index = next;
        next += 1;
        text = '';
        sentAt = performance.now();
        socket.write(request);
      };
      socket.on('connect', send);
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      socket.on('data', (part: Buffer) => {
        text += part.toString('latin1');
        const end = text.indexOf(HEAD_END);
        if (end === -1) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
        const body = text.slice(end + HEAD_END.length);
        if (body.length < length) return;
        onAnswer({ index, status: Number(text.slice(9, 12)), body, latencyMs: performance.now() - sentAt });
        send();
      });
    });
  await Promise.all(Array.from({ length: connections }, one));
}
