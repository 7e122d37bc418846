import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenHere } from './hostile-server.ts';

export interface LabProxy {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The request lines that came, with the credentials that they brought: `CONNECT a:443 HTTP/1.1 Basic …`. */
  readonly asked: string[];
  /** The header lines of the newest request, as they came. */
  headers(): readonly string[];
}

export interface ProxyOptions {
  /** Where everything is sent, whatever host was asked for: no test leaves this computer. */
  readonly to: number;
  /** The credentials that are wanted: `name:password`. */
  readonly credentials?: string;
  /** Answers every request with this status instead. */
  readonly refuses?: number;
}

/** A forward proxy: CONNECT for tunnels, absolute addresses for plain http. Gone with the test. */
export async function labProxy({ to, credentials, refuses }: ProxyOptions): Promise<LabProxy> {
  const asked: string[] = [];
  let headers: readonly string[] = [];
  const sockets = new Set<Socket>();
  const wanted = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const statusFor = (given: string | undefined): number =>
    refuses ?? (wanted !== undefined && given !== wanted ? 407 : 200);
  const server = createServer((request, answer) => {
    const given = request.headers['proxy-authorization'];
    asked.push(`${request.method} ${request.url} HTTP/1.1${given === undefined ? '' : ` ${given}`}`);
    headers = request.rawHeaders;
    const status = statusFor(given);
    if (status !== 200) return void answer.writeHead(status).end('refused by the proxy');
    const { pathname, search } = new URL(request.url ?? '');
    const onward = httpRequest(
      { port: to, host: '127.0.0.1', method: request.method, path: pathname + search, headers: request.headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
        reply.pipe(answer);
      },
    );
    return void request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    const given = request.headers['proxy-authorization'];
    asked.push(`CONNECT ${request.url} HTTP/1.1${given === undefined ? '' : ` ${given}`}`);
    headers = request.rawHeaders;
    socket.on('error', () => undefined);
    const status = statusFor(given);
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\x1b[31m\r\nContent-Length: 0\r\n\r\n`);
    return void tunnel(socket, to);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  const port = await listenHere(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, url: `http://127.0.0.1:${port}`, asked, headers: () => headers };
}

async function tunnel(socket: Socket, to: number): Promise<void> {
  const onward = connect(to, '127.0.0.1');
  onward.on('error', () => socket.destroy());
  await once(onward, 'connect');
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  socket.pipe(onward).pipe(socket);
  socket.on('close', () => onward.destroy());
}
