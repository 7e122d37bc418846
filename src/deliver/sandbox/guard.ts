import { createHash, timingSafeEqual } from 'node:crypto';
import type { Reply, RequestHead } from '../../base/application.ts';
import { type Clock, type HeaderList, headerValues } from '../../base/ports.ts';
import type { Secret } from '../../base/secret.ts';
import type { Dice } from '../../intercom/samples/dice.ts';
import { isLoopbackAuthority } from './loopback.ts';
import { faultReply, UNAUTHORIZED } from './replies.ts';

/** What every call has to pass before anything of it is looked at. */
export interface Guard {
  /** The refusal, or undefined where the call may go on. */
  refuse(head: RequestHead): Reply | undefined;
  /** For every answer to a call that may. */
  headers(): HeaderList;
}

/** Source: developers.intercom.com, docs/references/2.17/rest-api/errors/rate-limiting: 1000 a minute, told per 10 s. */
const LIMIT = 167;
const WINDOW_S = 10;

/**
 * The token is compared in constant time. A Host that is not this computer's is refused even with the token, and no header
 * lets a page of another origin read an answer: a browser cannot be made to use the sandbox.
 */
export function createGuard(token: Secret, clock: Pick<Clock, 'now'>, dice: Dice): Guard {
  const wanted = digest(token.reveal());
  let windowEnds = 0;
  let used = 0;

  function roll(): void {
    const seconds = Math.floor(clock.now() / 1000);
    if (seconds < windowEnds) return;
    windowEnds = (Math.floor(seconds / WINDOW_S) + 1) * WINDOW_S;
    used = 0;
  }

  const headers = (): HeaderList => [
    ['X-RateLimit-Limit', String(LIMIT)],
    ['X-RateLimit-Remaining', String(Math.max(LIMIT - used, 0))],
    ['X-RateLimit-Reset', String(windowEnds)],
  ];

  return {
    headers,
    refuse(head) {
      const hosts = headerValues(head.headers, 'host');
      if (hosts.length !== 1 || !isLoopbackAuthority(hosts[0] ?? '') || !head.target.startsWith('/'))
        return faultReply(
          { status: 421, code: 'bad_request', message: 'The sandbox answers to 127.0.0.1, [::1] and localhost' },
          dice,
        );
      const given = headerValues(head.headers, 'authorization');
      const [, bearer] = /^Bearer +(\S+)$/i.exec(given.length === 1 ? (given[0] ?? '').trim() : '') ?? [];
      if (!timingSafeEqual(digest(Buffer.from(bearer ?? '', 'latin1')), wanted) || bearer === undefined)
        return faultReply(UNAUTHORIZED, dice);
      if (isControl(head.target)) return undefined;
      roll();
      used += 1;
      if (used <= LIMIT) return undefined;
      const message = `Exceeded rate limit of ${LIMIT} in ${WINDOW_S}_seconds`;
      return faultReply({ status: 429, code: 'rate_limit_exceeded', message }, dice, headers());
    },
  };
}

/** The sandbox's own routes are no part of Intercom's API, and have no rate limit. */
export function isControl(target: string): boolean {
  return /^\/sandbox(?:[/?]|$)/.test(target);
}

/** Of equal length, whatever the token's is. */
function digest(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
