import { isIP } from 'node:net';
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { AppError } from '../base/errors.ts';
import type { LookLimits, TlsFacts } from '../verify/ports.ts';
import { certificateChain, isAnchored } from './certificate-facts.ts';
import { openSocket, type Progress, type Route, startProgress, startTls } from './connection.ts';
import { startDeadline } from './deadline.ts';
import { classifyNetError } from './net-errors.ts';
import { isClosed, mainCode, failuresIn, TimedOut } from './net-failure.ts';
import { bare, portOf } from './proxy.ts';
import { explainTls } from './tls-errors.ts';

/** Codes with which a server, or OpenSSL here, says that the two have no version or cipher in common. */
const NOTHING_IN_COMMON =
  /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|INSUFFICIENT_SECURITY|HANDSHAKE_FAILURE|KEY_TOO_SMALL|MD_TOO_WEAK|NO_SHARED_CIPHER|WRONG_SSL_VERSION|INTERNAL_ERROR/;
const DATES = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * One handshake, hung up at once: nothing is sent over it, so the certificate may be anything.
 * @throws AppError `net/*` when there is no connection to speak TLS on; the signal's reason when it is aborted
 */
export async function shakeHands(route: Route, limits: LookLimits): Promise<TlsFacts> {
  const startedAt = performance.now();
  const deadline = startDeadline(limits.timeoutMs, limits.signal);
  const progress = startProgress();
  const { url, proxy, trust } = route;
  const host = bare(url.hostname);
  const context = { host, port: portOf(url), isHttps: true, timeoutMs: limits.timeoutMs, proxy: proxy?.shown };
  let address = '';
  const told = (): Pick<TlsFacts, 'address' | 'proxy' | 'durationMs'> => ({
    address,
    ...(proxy ? { proxy: proxy.shown } : {}),
    durationMs: performance.now() - startedAt,
  });
  try {
    const opened = await openSocket(route, progress, deadline);
    address = opened.address;
    progress.phase = 'tls';
    const open = { rejectUnauthorized: false, checkServerIdentity: () => undefined, secureContext: trust.context() };
    const socket = await startTls(opened.socket, host, open, progress, deadline);
    try {
      return { ...told(), ...factsOf(socket, host, route) };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (limits.signal.aborted) throw limits.signal.reason;
    const failure = classifyNetError(error, { ...context, ...progress });
    if (progress.phase !== 'tls') throw failure;
    const old = NOTHING_IN_COMMON.test(failure.why) ? await oldVersion(route, limits) : undefined;
    return { ...told(), ...NOTHING_SHOWN, outcome: old ?? failed(error, failure) };
  } finally {
    deadline.stop();
  }
}

const NOTHING_SHOWN = { chain: [], trust: { isTrusted: true }, isForHost: true } as const;

function failed(error: unknown, { what, why, hint }: AppError): TlsFacts['outcome'] {
  const isSilent = error instanceof TimedOut;
  return { kind: 'failed', isSilent, isCut: !isSilent && isClosed(mainCode(failuresIn(error))), what, why, hint };
}

function factsOf(socket: TLSSocket, host: string, { trust, url }: Route): Omit<TlsFacts, 'address' | 'durationMs'> {
  const certificate = socket.getPeerCertificate(true);
  const code = (socket.authorizationError as unknown as string | null) ?? undefined;
  const isTrusted = code === undefined || (DATES.has(code) && isAnchored(certificate, trust));
  const words = code === undefined ? undefined : explainUntrusted(code, certificate, host, portOf(url));
  return {
    outcome: { kind: 'agreed', protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().standardName },
    chain: certificateChain(certificate),
    trust: isTrusted || words === undefined ? { isTrusted: true } : { isTrusted: false, ...words },
    isForHost: checkServerIdentity(host, certificate) === undefined,
  };
}

function explainUntrusted(
  code: string,
  certificate: DetailedPeerCertificate,
  host: string,
  port: number,
): { code: string; why: string; hint: string } {
  // a date stands in front of what else is wrong: then the chain does not lead anywhere either
  const isLone = certificate.issuerCertificate === undefined;
  const isOwn = certificate.issuerCertificate?.fingerprint256 === certificate.fingerprint256;
  const beneath = isLone
    ? 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
    : isOwn
      ? 'DEPTH_ZERO_SELF_SIGNED_CERT'
      : 'SELF_SIGNED_CERT_IN_CHAIN';
  const shown = DATES.has(code) ? beneath : code;
  const known = explainTls(shown, { host, port }, certificate);
  return {
    code: shown,
    why: known?.why ?? 'The certificate is not trusted',
    hint: known?.hint ?? `See what is served there: openssl s_client -connect ${host}:${port} -servername ${host}`,
  };
}

/** Tries what nobody should speak any more, so that it can be named. Nothing is sent on it either. */
async function oldVersion(route: Route, limits: LookLimits): Promise<TlsFacts['outcome'] | undefined> {
  const deadline = startDeadline(limits.timeoutMs, limits.signal);
  const progress: Progress = startProgress();
  const host = bare(route.url.hostname);
  try {
    const { socket: plain } = await openSocket(route, progress, deadline);
    const socket = connect({
      socket: plain,
      servername: isIP(host) === 0 ? host : '',
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    return await new Promise((done) => {
      const end = (outcome: TlsFacts['outcome'] | undefined): void => {
        socket.destroy();
        done(outcome);
      };
      socket.once('secureConnect', () => end({ kind: 'old', protocol: socket.getProtocol() ?? 'TLSv1' }));
      socket.on('error', () => end(undefined));
      socket.once('close', () => end(undefined));
      deadline.onEnd(() => end(undefined));
    });
  } catch {
    limits.signal.throwIfAborted();
    return undefined; // then the first failure is all that is known
  } finally {
    deadline.stop();
  }
}
