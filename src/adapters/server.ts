import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { AppError } from '../base/errors.ts';
import type { Listen, Listener, ListenLimits } from '../base/application.ts';
import { createAddressGate } from './server-addresses.ts';
import { createExchanges } from './server-exchange.ts';
import { endRaw, faultOf } from './server-raw.ts';

/** What holds unless something else is asked for. */
export const LISTEN_LIMITS: Omit<ListenLimits, 'maxBodyBytes'> = {
  maxHeaderBytes: 16 * 1024,
  maxConnections: 1000,
  maxBufferedBytes: 64 * 1024 * 1024,
  headTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  keepAliveMs: 65_000, // above the 60 s after which common proxies drop an idle connection: they must be the first
  lingerMs: 1000,
};
const CHECK_INTERVAL_MS = 1000;
/** From this share of all connections on, the silent ones make room. */
const CROWDED = 0.75;

/** Listens with `node:http`. Bodies are handed on as the bytes that came, header lines in order and with their repeats. */
export const listen: Listen = async (address, given, application): Promise<Listener> => {
  const limits: ListenLimits = { ...LISTEN_LIMITS, ...given };
  const sockets = new Set<Socket>();
  const gate = limits.perAddress && createAddressGate(limits.perAddress);
  const exchanges = createExchanges(limits, application, gate);
  let turnedAway = 0;
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: Math.max(limits.requestTimeoutMs, limits.headTimeoutMs),
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, limits.headTimeoutMs / 2),
    noDelay: true,
  });
  server.timeout = limits.keepAliveMs + limits.requestTimeoutMs; // a peer that never reads its answers
  server.on('request', exchanges.handle);
  server.on('checkContinue', exchanges.handleExpecting);
  server.on('checkExpectation', exchanges.handle); // an expectation that nobody knows is ignored, as RFC 9110 allows
  server.on('connect', (request, socket: Socket) => {
    const head = { method: 'CONNECT', target: request.url ?? '', headers: [] };
    endRaw(socket, application.early(head) ?? application.unreadable(400, 'CONNECT'), limits.lingerMs);
  });
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    refuseUnreadable(error, socket as Socket);
  });
  server.on('connection', (socket: Socket) => {
    if (sockets.size >= limits.maxConnections || gate?.admits(socket) === false) {
      turnedAway += 1;
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (sockets.size > limits.maxConnections * CROWDED) closeIdle();
  });

  /** Not Node's own way: from version 26 on that ends connections, too, whose first request is still on its way. */
  function closeIdle(): void {
    for (const socket of sockets) if (exchanges.isIdle(socket)) socket.destroy();
  }

  function refuseUnreadable(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, problem } = faultOf(error);
    const reply = application.unreadable(status, problem);
    // Answers to earlier requests of this connection go first: this one must not be taken for theirs. The end of a request
    // in the same packet is told only after this turn.
    setImmediate(() => exchanges.whenQuiet(socket, () => endRaw(socket, reply, limits.lingerMs)));
  }

  await start(server, address);
  return {
    origin: `http://${bracketed(address.host)}:${(server.address() as AddressInfo).port}`,
    connections: () => ({ open: sockets.size, turnedAway }),
    async drain(timeoutMs) {
      exchanges.closeAfterAnswers();
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
      await closed;
      clearTimeout(timer);
    },
  };
};

async function start(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    const listening = once(server, 'listening');
    server.listen({ host, port });
    await listening;
    server.on('error', () => undefined); // accept errors (too many open files) pass; the sockets already open go on
  } catch (cause) {
    throw listenError(cause as NodeJS.ErrnoException, host, port);
  }
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): AppError {
  if (cause.code === 'EADDRINUSE') {
    return new AppError(
      'serve/port-in-use',
      {
        what: `Port ${port} of ${host} is in use`,
        why: 'Another program listens there (EADDRINUSE).',
        hint: 'Stop that program, choose another port (--port 8001), or let the system choose one (--port 0).',
      },
      { cause },
    );
  }
  const isAddress = cause.code !== 'EACCES';
  return new AppError(
    'serve/cannot-listen',
    {
      what: `Cannot listen on ${bracketed(host)}:${port}`,
      why: isAddress
        ? `The address cannot be used on this machine (${cause.code ?? cause.message}).`
        : 'This user may not listen on that port (EACCES).',
      hint: isAddress
        ? 'Use --host 127.0.0.1, or an address of this machine.'
        : 'Choose a port above 1023: --port 8000.',
    },
    { cause },
  );
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
