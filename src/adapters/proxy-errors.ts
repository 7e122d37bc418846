import { showDuration } from '../base/quantity.ts';
import { cleanLine, shorten } from '../base/text.ts';
import { isConnectCode, tellTries } from './connect-errors.ts';
import {
  detail,
  isClosed,
  isParserCode,
  mainCode,
  type NetFinding,
  type NetTrouble,
  peerOf,
  TimedOut,
} from './net-failure.ts';

/** A proxy's answer that is not the way through: to CONNECT anything but 2xx, to any request 407. */
export class ProxyRefusal extends Error {
  readonly status: number;
  readonly statusText: string;

  constructor(status: number, statusText: string) {
    super(`the proxy answered ${status}`);
    this.status = status;
    this.statusText = statusText;
  }
}

/** The proxy could not be reached, or did not let the request through. */
export function explainProxy(trouble: NetTrouble): NetFinding {
  const { error, context } = trouble;
  const variable = context.isHttps ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const around = `Or go around it: NO_PROXY=${context.host}`;
  if (error instanceof ProxyRefusal)
    return {
      code: 'net/proxy',
      what: `The proxy ${context.proxy ?? ''} does not let the request through to ${peerOf(context)}`,
      why: `It answered ${`${error.status} ${shorten(cleanLine(error.statusText), 60)}`.trim()}.`,
      hint: `${refusalHint(error.status, variable)} ${around}`,
    };
  return {
    code: 'net/proxy',
    what: `Cannot reach ${peerOf(context)} through the proxy ${context.proxy ?? ''}`,
    why: failed(trouble),
    hint: `Check the proxy, and the variable ${variable}. ${around}`,
  };
}

function failed({ error, failures, context }: NetTrouble): string {
  if (error instanceof TimedOut)
    return `The proxy did not answer within ${showDuration(context.timeoutMs)} [ETIMEDOUT].`;
  const code = mainCode(failures);
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return `The name of the proxy does not resolve [${code}].`;
  if (isParserCode(code)) return `What answers there does not speak HTTP, so it is no proxy [${code}].`;
  if (isConnectCode(code) && failures.some(({ address }) => address !== undefined))
    return tellTries(failures, 'The proxy');
  if (isClosed(code)) return `The proxy closed the connection before it answered [${code}].`;
  return `${detail(failures)} [${code}].`;
}

function refusalHint(status: number, variable: string): string {
  if (status === 407) return `Put name and password into the variable: ${variable}=http://NAME:PASSWORD@HOST:PORT.`;
  if (status >= 500) return 'It cannot reach the host itself: check the name, or ask who runs the proxy.';
  return 'Ask who runs it to allow this host and port.';
}
