import { isIP } from 'node:net';
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { AppError } from '../base/errors.ts';
import type { CertificateFact, LookLimits, TlsFacts } from '../verify/ports.ts';
import { certificateChain, isAnchored } from './certificate-facts.ts';
import { openSocket, type Progress, type Route, startProgress, startTls } from './connection.ts';
import { startDeadline } from './deadline.ts';
import { classifyNetError } from './net-errors.ts';
import { isClosed, mainCode, failuresIn, TimedOut } from './net-failure.ts';
import { bare, portOf } from './proxy.ts';
import { explainTls } from './tls-errors.ts';
import type { Trust } from './trust.ts';

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
  const peer = { host, port: portOf(url) };
  const words = code === undefined ? undefined : explainUntrusted(code, certificate, peer, trust);
  return {
    outcome: { kind: 'agreed', protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().standardName },
    chain: certificateChain(certificate),
    trust: words === undefined ? { isTrusted: true } : { isTrusted: false, ...words },
    isForHost: checkServerIdentity(host, certificate) === undefined,
  };
}

/** Undefined where all that is wrong is the date of the host's own certificate, which is another question. */
function explainUntrusted(
  code: string,
  certificate: DetailedPeerCertificate,
  peer: { readonly host: string; readonly port: number },
  trust: Trust,
): { code: string; why: string; hint: string } | undefined {
  let shown = code;
  if (DATES.has(code)) {
    const chain = certificateChain(certificate);
    const now = Date.now();
    const late = chain.slice(1).find(({ validFrom, validTo }) => !(validFrom <= now && now < validTo));
    if (late && isAnchored(certificate, trust)) return { code, ...explainLate(late, now) };
    if (isAnchored(certificate, trust)) return undefined;
    // the date stood in front of what else is wrong: the chain leads nowhere either
    shown = LEADS_NOWHERE[chain.length === 1 ? (chain[0]?.issuer === chain[0]?.subject ? 'self' : 'lone') : 'chain'];
  }
  const known = explainTls(shown, peer, certificate);
  return {
    code: shown,
    why: known?.why ?? 'The certificate is not trusted',
    hint:
      known?.hint ??
      `See what is served there: openssl s_client -connect ${peer.host}:${peer.port} -servername ${peer.host}`,
  };
}

const LEADS_NOWHERE = {
  self: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  lone: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  chain: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
} as const;

function explainLate({ subject, validFrom, validTo }: CertificateFact, now: number): { why: string; hint: string } {
  const isOver = validTo <= now;
  const day = new Date(isOver ? validTo : validFrom).toISOString().slice(0, 10);
  return {
    why: `A certificate above the host's own, ${subject}, ${isOver ? `has expired: it was valid until ${day}` : `is not valid yet: it begins on ${day}`}`,
    hint: 'Get the newest chain of the authority, or renew the certificate with it, and serve all of it (fullchain.pem).',
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
