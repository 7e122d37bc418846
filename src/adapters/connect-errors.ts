import type { ErrorCode } from '../base/errors.ts';
import { showDuration } from '../base/quantity.ts';
import {
  mainCode,
  type NetContext,
  type NetFailure,
  type NetFinding,
  type NetTrouble,
  peerOf,
  TimedOut,
} from './net-failure.ts';

const MOST_TOLD = 4;

/** The name has no address, or nobody could be asked for it. */
export function explainName({ error, failures, context: { host, timeoutMs } }: NetTrouble): NetFinding {
  const code = mainCode(failures);
  const finding = (why: string, hint: string): NetFinding => ({
    code: 'net/dns',
    what: `Cannot find the address of ${host}`,
    why: `${why} [${code}].`,
    hint: `${hint}: nslookup ${host}`,
  });
  if (error instanceof TimedOut)
    return finding(`The DNS did not answer within ${showDuration(timeoutMs)}`, 'Check the network of this computer');
  if (code === 'ENOTFOUND')
    return finding('The DNS knows no address for this name', 'Check the spelling, and the DNS records of the name');
  if (code === 'EAI_AGAIN')
    return finding(
      'The DNS could not be asked, or has no answer for now',
      'Check the network of this computer, and try again in a minute',
    );
  if (code === 'EAI_FAIL')
    return finding(
      'The DNS answered that it failed',
      'Check the DNS records of the name: its name servers may be down',
    );
  return finding('Looking the name up failed', 'Check the spelling, and the DNS records of the name');
}

/** No address of the host took the connection. */
export function explainConnect({ error, failures, context }: NetTrouble): NetFinding {
  const peer = peerOf(context);
  const what = `Cannot connect to ${peer}`;
  if (error instanceof TimedOut)
    return {
      code: 'net/timeout',
      what,
      why: `Nothing answered the attempt to connect within ${showDuration(context.timeoutMs)} [ETIMEDOUT].`,
      hint: 'Check the address and the firewall: one that drops packets looks like this. --timeout allows more.',
    };
  const code = connectCode(failures);
  return { code, what, why: tellTries(failures, peer), hint: connectHint(code, context) };
}

const CODES: readonly (readonly [ErrorCode, readonly string[]])[] = [
  ['net/refused', ['ECONNREFUSED']],
  ['net/timeout', ['ETIMEDOUT']],
];

/** Of several tries the one that came furthest says most. */
function connectCode(failures: readonly NetFailure[]): ErrorCode {
  const known = CODES.find(([, codes]) => failures.some(({ code }) => codes.includes(code)));
  return known?.[0] ?? 'net/unreachable';
}

function connectHint(code: ErrorCode, { host, port }: NetContext): string {
  const isHere = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (code === 'net/refused' && isHere)
    return `Start the receiver, or correct the port. Ours: propiq-intercom serve --port ${port}`;
  if (code === 'net/refused') return 'Check that the receiver runs there, and that the port is right.';
  if (code === 'net/timeout') return 'Check the address and the firewall: one that drops packets looks like this.';
  return `Check the network, the VPN and the firewall of this computer: ping ${host}`;
}

const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ECONNREFUSED: 'refused the connection',
    ETIMEDOUT: 'did not answer',
    ECONNRESET: 'broke the connection off',
    ECONNABORTED: 'broke the connection off',
    EHOSTUNREACH: 'cannot be reached, no way leads to that host',
    EHOSTDOWN: 'cannot be reached, the host is down',
    ENETUNREACH: 'cannot be reached, no way leads to that network',
    ENETDOWN: 'cannot be reached, the network is down',
    EADDRNOTAVAIL: 'cannot be reached, this computer has no address of that kind',
    EACCES: 'cannot be reached, this computer does not permit it',
    EPERM: 'cannot be reached, this computer does not permit it',
    EMFILE: 'was not tried, too many files and connections are open here',
    ENFILE: 'was not tried, too many files and connections are open here',
  }),
);

/** Whether a code tells of an attempt to connect. */
export function isConnectCode(code: string): boolean {
  return WORDS.has(code);
}

/** `[::1]:8000 refused the connection [ECONNREFUSED]; 127.0.0.1:8000 did not answer [ETIMEDOUT].` */
export function tellTries(failures: readonly NetFailure[], peer: string): string {
  const told = failures.map(({ code, address }) => `${address ?? peer} ${WORDS.get(code) ?? 'failed'} [${code}]`);
  return `${[...new Set(told)].slice(0, MOST_TOLD).join('; ')}.`;
}
