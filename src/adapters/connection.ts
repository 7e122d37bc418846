import { request as httpRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Deadline } from './deadline.ts';
import type { Names } from './names.ts';
import type { NetPhase } from './net-failure.ts';
import { bare, portOf, type Proxy } from './proxy.ts';
import { ProxyRefusal } from './proxy-errors.ts';
import type { Trust } from './trust.ts';

/** Where a request goes, and through what. */
export interface Route {
  readonly url: URL;
  readonly proxy?: Proxy | undefined;
  readonly names: Names;
  readonly trust: Trust;
  /** Of the host, where one is to be used and no other. */
  readonly address?: string | undefined;
  /** For the name look-up, which goes on for others when one who asked has given up. */
  readonly timeoutMs: number;
}

/** How far an attempt came: what an error message needs to know. */
export interface Progress {
  phase: NetPhase;
  certificate?: PeerCertificate;
  /** What the steps took so far, in ms. */
  readonly spent: { dns: number | null; connect: number | null; tls: number | null };
}

export function startProgress(): Progress {
  return { phase: 'connect', spent: { dns: null, connect: null, tls: null } };
}

export interface Connection {
  readonly socket: Socket;
  /** Of the peer: the proxy's where there is one. */
  readonly address: string;
}

/** Node's 250 ms is shorter than a round trip around the world, and then no address of a far host would ever be reached. */
const NEXT_ADDRESS_AFTER_MS = 500;
const LONGEST_PROXY_HEADER = 16 * 1024;

/**
 * A connection over which HTTP/1.1 can be spoken: name, TCP, the proxy's tunnel, TLS.
 * `progress` tells at any time, also after a failure, what was being done.
 * @throws the raw error of the step that failed, or the deadline's reason
 */
export async function openConnection(route: Route, progress: Progress, deadline: Deadline): Promise<Connection> {
  const { url, trust } = route;
  const opened = await openSocket(route, progress, deadline);
  if (url.protocol !== 'https:') return opened;
  progress.phase = 'tls';
  const startedAt = performance.now();
  const options = { rejectUnauthorized: !trust.isInsecure, secureContext: trust.context() };
  const socket = await startTls(opened.socket, bare(url.hostname), options, progress, deadline);
  progress.spent.tls = performance.now() - startedAt;
  return { socket, address: opened.address };
}

/** The same without TLS to the host of the URL: for https the socket leads to it, through the proxy's tunnel where there is one. */
export async function openSocket(route: Route, progress: Progress, deadline: Deadline): Promise<Connection> {
  const { url, proxy, trust } = route;
  const startedAt = performance.now();
  if (!proxy) {
    const socket = await openTcp(route.address ?? bare(url.hostname), portOf(url), route, deadline, progress);
    return { socket, address: addressOf(socket) };
  }
  progress.phase = 'proxy';
  const tcp = await openTcp(proxy.host, proxy.port, route, deadline);
  const address = addressOf(tcp);
  // --insecure is about the receiver: a proxy gets credentials, so its certificate must be right
  const options = { secureContext: trust.context() };
  const socket = proxy.isTls ? await startTls(tcp, proxy.host, options, { ...progress }, deadline) : tcp;
  if (url.protocol === 'https:') await openTunnel(socket, url, proxy, deadline);
  progress.spent.connect = performance.now() - startedAt;
  return { socket, address };
}

/** `progress` is left alone where it is the proxy that is connected to. */
async function openTcp(
  host: string,
  port: number,
  { names, timeoutMs }: Route,
  deadline: Deadline,
  progress?: Progress,
): Promise<Socket> {
  const isName = isIP(host) === 0;
  if (progress) progress.phase = isName ? 'name' : 'connect';
  const startedAt = performance.now();
  let foundAt = startedAt;
  const socket = connectTcp({
    host,
    port,
    noDelay: true,
    lookup: names.forSockets(timeoutMs),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
  });
  socket.once('lookup', (error: Error | null) => {
    if (error !== null) return;
    foundAt = performance.now();
    if (progress) progress.phase = 'connect';
  });
  await opened(socket, 'connect', deadline);
  if (progress) {
    progress.spent.dns = isName ? foundAt - startedAt : null;
    progress.spent.connect = performance.now() - foundAt;
  }
  return socket;
}

export async function startTls(
  socket: Socket,
  host: string,
  options: ConnectionOptions,
  progress: Pick<Progress, 'certificate'>,
  deadline: Deadline,
): Promise<TLSSocket> {
  const secured = connectTls({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    ...options,
  });
  // Before Node judges the certificate and drops it with the connection: its dates and issuer are what a person needs to know.
  secured.prependOnceListener('secure', () => {
    progress.certificate = secured.getPeerCertificate();
  });
  await opened(secured, 'secureConnect', deadline);
  return secured;
}

/** Waits for a socket's own "it stands" event; a socket that fails or is given up is destroyed. */
function opened(socket: Socket, event: 'connect' | 'secureConnect', deadline: Deadline): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const settle = (): void => {
      deadline.rest();
      socket.off('close', onClose).off('error', fail);
    };
    const onClose = (): void => fail(new Error('closed'));
    // stays for good: after the handshake Node tells of an alert without ending the connection, and that error is the cause
    socket.on('error', () => void socket.destroy());
    socket.once('error', fail).once('close', onClose);
    socket.once(event, () => {
      settle();
      resolve();
    });
    deadline.onEnd(() => fail(deadline.reason));
  });
}

/** CONNECT, spoken by Node's own client, which has the stricter parser. */
function openTunnel(socket: Socket, url: URL, proxy: Proxy, deadline: Deadline): Promise<void> {
  const target = `${url.hostname}:${portOf(url)}`;
  return new Promise((resolve, reject) => {
    const asking = httpRequest({
      method: 'CONNECT',
      path: target,
      headers: { Host: target, ...(proxy.authorization ? { 'Proxy-Authorization': proxy.authorization } : {}) },
      createConnection: () => socket,
      maxHeaderSize: LONGEST_PROXY_HEADER,
    });
    const fail = (error: unknown): void => {
      deadline.rest();
      socket.destroy();
      reject(error);
    };
    asking.once('connect', (answer, _socket, head) => {
      deadline.rest();
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 299) return fail(new ProxyRefusal(status, answer.statusMessage ?? ''));
      if (head.length > 0) socket.unshift(head);
      resolve();
    });
    asking.on('error', fail);
    asking.end();
    deadline.onEnd(() => fail(deadline.reason));
  });
}

function addressOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
