import { showDuration } from '../base/quantity.ts';
import { cleanLine, shorten } from '../base/text.ts';
import {
  bracketed,
  detail,
  isClosed,
  mainCode,
  type NetContext,
  type NetFailure,
  type NetFinding,
  type NetTrouble,
  peerOf,
  TimedOut,
} from './net-failure.ts';
import { explainTls } from './tls-errors.ts';

const MOST_QUOTED = 40;

/** The connection stands, but TLS does not. */
export function explainHandshake({ error, failures, context }: NetTrouble): NetFinding {
  const peer = peerOf(context);
  if (error instanceof TimedOut)
    return {
      code: 'net/no-answer',
      what: `${peer} took the connection and did not answer`,
      why: `The TLS handshake was not finished within ${showDuration(context.timeoutMs)} [ETIMEDOUT].`,
      hint: 'Look at what listens on that port: it may be stuck, or not speak TLS at all.',
    };
  const code = mainCode(failures);
  const what = `Cannot make a TLS connection to ${peer}`;
  if (isClosed(code))
    return {
      code: 'net/reset',
      what,
      why: `The other side took the connection and closed it during the TLS handshake [${code}].`,
      hint: `Check that a certificate for ${context.host} is installed and bound there, and that the port is one for https.`,
    };
  const { why, hint } = explainTls(code, context, context.certificate) ?? {
    why: detail(failures),
    hint: `See what is served there: openssl s_client -connect ${peer} -servername ${context.host}`,
  };
  return { code: 'net/tls', what, why: `${why} [${code}].`, hint };
}

/** The connection stands, but no header of an answer came. */
export function explainAnswer(trouble: NetTrouble): NetFinding {
  const { error, failures, context } = trouble;
  const code = mainCode(failures);
  if (error instanceof TimedOut) return noAnswer(context);
  const tls = code.startsWith('ERR_SSL_') ? explainTls(code, context, context.certificate) : undefined;
  if (tls)
    return {
      code: 'net/tls',
      what: `Cannot make a TLS connection to ${peerOf(context)}`,
      why: `${tls.why} [${code}].`,
      hint: tls.hint,
    };
  const isCut = isClosed(code) && !isRefusedByParser(failures);
  return isCut || isEmpty(context) ? closed(code, context) : notHttp(code, failures, context);
}

function noAnswer(context: NetContext): NetFinding {
  const began = isEmpty(context) ? '' : ` It began with ${opening(context)}, but the header never ended.`;
  return {
    code: 'net/no-answer',
    what: `${peerOf(context)} took the connection and did not answer`,
    why: `No answer came within ${showDuration(context.timeoutMs)} [ETIMEDOUT].${began}`,
    hint: "Look for the request in the receiver's log: it may be working before it answers. Intercom itself waits 5 s.",
  };
}

function closed(code: string, context: NetContext): NetFinding {
  const peer = peerOf(context);
  const where = isEmpty(context) ? 'without a byte of an answer' : `within the header, after ${opening(context)}`;
  const isPerhapsTls = isEmpty(context) && !context.isHttps;
  return {
    code: 'net/reset',
    what: `${peer} closed the connection before it answered`,
    why: `It took the connection and closed it ${where} [${code}].`,
    hint: isPerhapsTls
      ? `Look into the receiver's log for a crash. If that port serves https: use https://${peer}.`
      : "Look into the receiver's log: a crash, or the limit of a proxy in front of it, is the usual reason.",
  };
}

function notHttp(code: string, failures: readonly NetFailure[], context: NetContext): NetFinding {
  const peer = peerOf(context);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return {
      code: 'net/protocol',
      what: `The answer of ${peer} cannot be read`,
      why: `Its header is longer than 64 kB [${code}].`,
      hint: "Look at what writes the headers of the receiver's answers.",
    };
  const isHttp = /^HTTP\/1\.[01] \d{3}/.test(textOf(context));
  return {
    code: 'net/protocol',
    what: isHttp ? `The answer of ${peer} cannot be read` : `The answer of ${peer} is not HTTP`,
    why: `It began with ${opening(context)}${isHttp ? `, and then: ${reason(failures)}` : ''} [${code}].`,
    hint: isHttp
      ? 'Look at what writes the answer: the receiver itself, or a proxy in front of it, breaks the rules of HTTP.'
      : protocolHint(context),
  };
}

/** undici calls these socket errors, though the other side sent something that no client can take. */
function isRefusedByParser(failures: readonly NetFailure[]): boolean {
  return failures.some(({ error }) => /^bad (?:upgrade|response)$/.test(error.message));
}

function reason(failures: readonly NetFailure[]): string {
  const message = failures[0]?.error.message ?? '';
  if (message === 'bad upgrade') return 'it went over to another protocol, though nobody asked for that';
  return shorten(cleanLine(/\(([^)]+)\)/.exec(message)?.[1] ?? message), 80) || 'something that is not HTTP';
}

function protocolHint(context: NetContext): string {
  const [first = 0, second = 0, , fourth = 0] = context.opening ?? [];
  if (!context.isHttps && second === 3 && (first === 0x15 || first === 0x16))
    return `That port speaks TLS: use https://${bracketed(context.host)}:${context.port}`;
  if (textOf(context).startsWith('SSH-')) return 'That is an SSH server: use the port of the receiver.';
  if (first === 0 && fourth === 4) return 'That port speaks HTTP/2 only: let it speak HTTP/1.1 as well.';
  return 'Check the port: something else may listen there. Else look at what the receiver writes before its status line.';
}

function isEmpty({ opening }: NetContext): boolean {
  return opening === undefined || opening.length === 0;
}

function textOf({ opening }: NetContext): string {
  return Buffer.from(opening ?? []).toString('latin1');
}

/** The first line, in quotes; what is not printable ASCII as `\x16`. */
function opening(context: NetContext): string {
  const text = textOf(context);
  const line = text.slice(0, Math.max(1, text.search(/[\r\n]|$/)));
  const shown = line
    .slice(0, MOST_QUOTED)
    .replace(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${shown}${line.length > MOST_QUOTED ? '…' : ''}"`;
}
