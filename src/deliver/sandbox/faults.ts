import type { Reply } from '../../base/application.ts';
import { isObject } from '../../base/json.ts';
import type { Clock } from '../../base/ports.ts';
import type { Dice } from '../../intercom/samples/dice.ts';
import { type Fault, faultReply, invalid } from './replies.ts';

/** Trouble that the next calls of the REST API meet, on demand. */
export interface Faults {
  /** `{"fault": "429", "path": "/me", "times": 2, "seconds": 3, "scope": "read_admins"}`; what is wrong with it, or undefined. */
  add(asked: unknown): Fault | undefined;
  clear(): void;
  /** The reply to give in place of the right one; `slow` only waits. */
  meet(path: string): Promise<Reply | undefined>;
}

const KINDS = [
  '401',
  '403',
  '404',
  '410',
  '422',
  '429',
  '500',
  '503',
  'slow',
  'reset',
  'html',
  'truncated',
  'huge',
  'redirect',
] as const;
type Kind = (typeof KINDS)[number];

interface Ordered {
  readonly kind: Kind;
  readonly path: string;
  times: number;
  readonly seconds: number;
  readonly scope: string;
}

const MOST_ORDERS = 100;
const MOST_TIMES = 1000;
const LONGEST_S = 3600;
/** A call that waits keeps its connection. */
const SLOWEST_S = 60;
const HUGE_BYTES = 2 * 1024 * 1024;

export function createFaults(clock: Pick<Clock, 'now' | 'sleep'>, dice: Dice, signal: AbortSignal): Faults {
  let orders: Ordered[] = [];
  return {
    add(asked) {
      if (orders.length >= MOST_ORDERS) return invalid('fault', `at most ${MOST_ORDERS} at a time`);
      const order = orderOf(asked);
      if ('code' in order) return order;
      orders.push(order);
      return undefined;
    },
    clear: () => void (orders = []),
    async meet(path) {
      const order = orders.find((one) => one.path === '' || one.path === path);
      if (order === undefined) return undefined;
      order.times -= 1;
      if (order.times <= 0) orders = orders.filter((one) => one !== order);
      if (order.kind !== 'slow') return play(order, clock.now(), dice);
      await clock.sleep(Math.min(order.seconds, SLOWEST_S) * 1000, signal);
      return undefined;
    },
  };
}

function orderOf(asked: unknown): Ordered | Fault {
  if (!isObject(asked)) return invalid('fault', 'an object is expected');
  const { fault, path = '', times = 1, seconds = 1, scope = 'read_admins' } = asked;
  const kind = KINDS.find((known) => known === String(fault));
  if (kind === undefined) return invalid('fault', `fault is one of ${KINDS.join(', ')}`);
  if (typeof path !== 'string' || path.length > 200) return invalid('path', 'path is a text like /me');
  if (!isWithin(times, 1, MOST_TIMES)) return invalid('times', `times is from 1 to ${MOST_TIMES}`);
  if (!isWithin(seconds, 0, LONGEST_S)) return invalid('seconds', `seconds is from 0 to ${LONGEST_S}`);
  if (typeof scope !== 'string' || !/^\w{1,60}$/.test(scope))
    return invalid('scope', 'scope is a name like read_admins');
  return { kind, path, times, seconds, scope };
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}

const html = (status: number, body: string): Reply => ({ status, headers: [['Content-Type', 'text/html']], body });

function play({ kind, seconds, scope }: Ordered, nowMs: number, dice: Dice): Reply {
  const fault = (status: number, code: string, message: string): Reply => faultReply({ status, code, message }, dice);
  switch (kind) {
    case '401':
      return fault(401, 'token_revoked', 'The access token was revoked');
    case '403':
      return fault(403, 'forbidden', `You do not have the required scope (${scope}) to access this resource`);
    case '404':
      return fault(404, 'not_found', 'Resource Not Found');
    case '410':
      return fault(410, 'not_found', 'This is no longer available');
    case '422':
      return fault(422, 'parameter_invalid', 'A value cannot be used');
    case '429': {
      const reset = String(Math.ceil(nowMs / 1000 + seconds));
      const list = fault(429, 'rate_limit_exceeded', 'Exceeded rate limit of 167 in 10_seconds');
      return { ...list, headers: [...list.headers, ['X-RateLimit-Remaining', '0'], ['X-RateLimit-Reset', reset]] };
    }
    case '500':
      return fault(500, 'server_error', 'Server error');
    case '503':
      return fault(503, 'service_unavailable', 'Try again later');
    case 'reset':
    case 'slow':
      return { status: 503, headers: [], body: '', breaksOff: true };
    case 'html':
      return html(200, '<!doctype html><title>Sign in</title>');
    case 'truncated':
      return { status: 200, headers: [['Content-Type', 'application/json']], body: '{"type":"admin","id":"1' };
    case 'huge':
      return { status: 200, headers: [['Content-Type', 'application/json']], body: `"${'x'.repeat(HUGE_BYTES)}"` };
    case 'redirect':
      return { status: 302, headers: [['Location', 'http://127.0.0.1:9/elsewhere']], body: '' };
    default:
      return kind satisfies never;
  }
}
