import { request as httpRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, rootCertificates, type TLSSocket } from 'node:tls';
import type { Deadline } from './deadline.ts';
import type { NetPhase } from './net-failure.ts';
import { bare, portOf, type Proxy } from './proxy.ts';
import { ProxyRefusal } from './proxy-errors.ts';

/** Where a request goes, and through what. */
export interface Route {
  readonly url: URL;
  readonly proxy?: Proxy | undefined;
  /** Authorities that are trusted as well, in PEM. */
  readonly trust?: readonly string[] | undefined;
}

/** How far an attempt came: what an error message needs to know. */
export interface Progress {
  phase: NetPhase;
  certificate?: PeerCertificate;
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
  const { url, proxy, trust } = route;
  const isHttps = url.protocol === 'https:';
  const host = bare(url.hostname);
  if (!proxy) {
    const tcp = await openTcp(host, portOf(url), deadline, (phase) => (progress.phase = phase));
    const address = addressOf(tcp);
    if (!isHttps) return { socket: tcp, address };
    progress.phase = 'tls';
    return { socket: await startTls(tcp, host, trust, progress, deadline), address };
  }
  progress.phase = 'proxy';
  const tcp = await openTcp(proxy.host, proxy.port, deadline);
  const address = addressOf(tcp);
  const toProxy = proxy.isTls ? await startTls(tcp, proxy.host, trust, { phase: 'proxy' }, deadline) : tcp;
  if (!isHttps) return { socket: toProxy, address };
  await openTunnel(toProxy, url, proxy, deadline);
  progress.phase = 'tls';
  return { socket: await startTls(toProxy, host, trust, progress, deadline), address };
}

async function openTcp(
  host: string,
  port: number,
  deadline: Deadline,
  entered: (phase: NetPhase) => void = () => undefined,
): Promise<Socket> {
  entered(isIP(host) === 0 ? 'name' : 'connect');
  const socket = connectTcp({
    host,
    port,
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
  });
  socket.once('lookup', (error: Error | null) => {
    if (error === null) entered('connect');
  });
  await opened(socket, 'connect', deadline);
  return socket;
}

async function startTls(
  socket: Socket,
  host: string,
  trust: readonly string[] | undefined,
  progress: Progress,
  deadline: Deadline,
): Promise<TLSSocket> {
  const secured = connectTls({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    // left out, the default holds, NODE_EXTRA_CA_CERTS included
    ...(trust ? { ca: [...rootCertificates, ...trust] } : {}),
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
