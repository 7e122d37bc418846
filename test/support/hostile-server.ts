import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** Servers that do what no receiver should. Each listens on a free port of this computer and goes with its test. */
export interface HostileServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` (no path). */
  readonly url: string;
  /** How many connections were made so far. */
  connections(): number;
  /** Everything that was received, one entry a request. */
  readonly requests: Buffer[];
  /** Resolves when a request is there. */
  requested(): Promise<void>;
  /** Resolves when all connections that were made are closed again. */
  allClosed(): Promise<void>;
}

/** What is done with each request, once its header and the body it announces are there. `nth` counts requests from 0. */
export type Behaviour = (socket: Socket, nth: number) => void;

export interface HostileOptions {
  readonly host?: string;
  /** Called as soon as a connection stands, before anything is read. */
  readonly onConnection?: (socket: Socket) => void;
}

export async function hostileServer(behave: Behaviour, options: HostileOptions = {}): Promise<HostileServer> {
  const requests: Buffer[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined); // clients go away: that is what is tested
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) server.emit('quiet');
    });
    options.onConnection?.(socket);
    eachRequest(socket, (bytes) => {
      requests.push(bytes);
      server.emit('asked');
      behave(socket, requests.length - 1);
    });
  });
  const port = await listenHere(server, options.host);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port,
    url: `http://${options.host === '::1' ? '[::1]' : '127.0.0.1'}:${port}`,
    connections: () => count,
    requests,
    requested: async () => void (requests.length === 0 && (await once(server, 'asked'))),
    allClosed: async () => void (sockets.size > 0 && (await once(server, 'quiet'))),
  };
}

/** Listens on a free port of this computer. */
export async function listenHere(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port of this computer on which nothing listens. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  const port = await listenHere(server, host);
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A port of this computer that takes no more connections, nor refuses them: its queue is full and its process asleep. To a
 * client it looks like a firewall that drops packets.
 */
export async function portThatIgnores(): Promise<number> {
  const sleeper = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const [port] = (await once(sleeper, 'message')) as [number];
  const queue = Array.from({ length: 16 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  onTestFinished(async () => {
    for (const socket of queue) socket.destroy();
    await sleeper.terminate();
  });
  await Promise.race(queue.map((socket) => once(socket, 'connect')));
  return port;
}

/** Whole requests by Content-Length; no other framing is needed here. */
export function eachRequest(socket: Socket, take: (request: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (part: Buffer) => {
    rest = Buffer.concat([rest, part]);
    for (;;) {
      const headEnd = rest.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(rest.toString('latin1', 0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (rest.length < end) return;
      const request = rest.subarray(0, end);
      rest = rest.subarray(end);
      take(request);
    }
  });
}

/** Writes a fixed text (Latin-1) and leaves the connection open. */
export function says(text: string): Behaviour {
  return (socket) => void socket.write(text, 'latin1');
}

/** Writes a fixed text (Latin-1) and closes. */
export function saysAndCloses(text: string): Behaviour {
  return (socket) => void socket.end(text, 'latin1');
}

/** A right answer, kept alive. */
export const answersOk: Behaviour = says('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');

/** Takes the request and never says a word. */
export const neverAnswers: Behaviour = () => undefined;

/** Closes in order instead of answering. */
export const closesAtOnce: Behaviour = (socket) => void socket.end();

/** Resets the connection (RST) instead of answering. */
export const resetsAtOnce: Behaviour = (socket) => void socket.resetAndDestroy();

/** Stops in the middle of the header. */
export const halfAHeader: Behaviour = says('HTTP/1.1 200 OK\r\nContent-Ty');

/** Another protocol altogether. */
export const garbage: Behaviour = says('SSH-2.0-OpenSSH_9.2\r\n\x00\x01\x02');

/** What an HTTP/2 server sends first: an empty SETTINGS frame. */
export const speaksHttp2: Behaviour = says('\x00\x00\x00\x04\x00\x00\x00\x00\x00');

/** A header that goes on as long as somebody listens. */
export const endlessHeader: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\n');
  pour(socket, Buffer.from(`X-More: ${'m'.repeat(1000)}\r\n`));
};

/** A body that goes on as long as somebody listens, in chunks. */
export const endlessBody: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  pour(socket, Buffer.from(`1000\r\n${'b'.repeat(4096)}\r\n`));
};

/** Announces 10 GB and starts to send them. */
export const tenGigabytes: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n');
  pour(socket, Buffer.alloc(64 * 1024, 0x62));
};

/** A right answer, one byte at a time; `everyMs` apart, or as fast as the socket takes them. */
export function byteByByte(text: string, everyMs = 0): Behaviour {
  return (socket) => {
    const bytes = Buffer.from(text, 'latin1');
    let at = 0;
    const next = (): void => {
      if (at >= bytes.length || socket.destroyed) return;
      socket.write(bytes.subarray(at, ++at), () => (everyMs > 0 ? setTimeout(next, everyMs) : setImmediate(next)));
    };
    next();
  };
}

/** 100 MB of zeros in 100 kB of gzip, made beforehand. */
export function gzipBomb(): Behaviour {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
  return (socket) => {
    socket.write(head);
    socket.write(bomb);
  };
}

/** Resets the connection in the middle of the body. */
export const resetMidBody: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this', () => socket.resetAndDestroy());
};

/** Announces more than it sends, then closes. */
export const shorterThanAnnounced: Behaviour = saysAndCloses('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this');

/** Sends more than it announces. */
export const longerThanAnnounced: Behaviour = says('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nthisand that');

/** Escape sequences, bells and high bytes where a terminal would obey them. */
export const escapeSequences: Behaviour = says(
  'HTTP/1.1 200 \x9b31mOK\r\nServer: a\x9b2Jb\r\nX-Title: \xff\xfe\r\nContent-Length: 12\r\n\r\n\x1b[2J\x1b]0;x\x07ok',
);

/** Interim answers that nobody asked for, then the real one. */
export const interimFirst: Behaviour = says(
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok',
);

/** Writes the same bytes until the other side is gone, minding back-pressure. */
function pour(socket: Socket, bytes: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}
