import { connect, type Socket } from 'node:net';
import { createServer, type SecureVersion } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type Certificate, createCertificate } from './certificates.ts';
import { type Behaviour, eachRequest, listenHere } from './hostile-server.ts';

/** A private authority, an intermediate one, and what they issue. */
export interface TlsLab {
  readonly root: Certificate;
  readonly intermediate: Certificate;
}

export function createLab(): TlsLab {
  const root = createCertificate({ commonName: 'Lab Root', isAuthority: true });
  return { root, intermediate: createCertificate({ commonName: 'Lab Intermediate', isAuthority: true, issuer: root }) };
}

export interface TlsServerOptions {
  readonly certificate: Certificate;
  /** Sent along with it. */
  readonly chain?: readonly Certificate[];
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  /** Asks the client for a certificate of its own, and goes on only with one. */
  readonly wantsClientCertificate?: boolean;
  /** Hands everything on to a port of this computer instead of behaving. */
  readonly forwardTo?: number;
}

/** A server that speaks TLS on 127.0.0.1 and behaves as told after that. Gone with the test. */
export async function tlsServer(
  { certificate, chain = [], minVersion, maxVersion, wantsClientCertificate, forwardTo }: TlsServerOptions,
  behave: Behaviour,
): Promise<number> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer(
    {
      key: certificate.keyPem,
      cert: [certificate, ...chain].map(({ pem }) => pem).join(''),
      ...(minVersion ? { minVersion, ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
      ...(maxVersion ? { maxVersion } : {}),
      ...(wantsClientCertificate ? { requestCert: true, rejectUnauthorized: true, ca: certificate.pem } : {}),
    },
    (socket) => {
      socket.on('error', () => undefined);
      if (forwardTo === undefined) return eachRequest(socket, () => behave(socket, count++));
      const onward = connect(forwardTo, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      return void socket.pipe(onward).pipe(socket);
    },
  );
  server.on('tlsClientError', () => undefined); // clients that do not trust it: that is what is tested
  server.on('connection', (socket: Socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listenHere(server);
}
