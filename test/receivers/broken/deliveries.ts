import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  all,
  answer,
  broken,
  DELIVERIES,
  type Delivery,
  digest,
  type Habits,
  isSame,
  isSigned,
  notificationOf,
  PATH,
  type Receiver,
  SECRET,
} from '../receiver.ts';

const LIMIT_BYTES = 100 * 1024;
const SLOW_MS = 600;
const SHORT_MS = 400;
const MOST_AT_ONCE = 6;
const PIECE_BYTES = 65_536;

const received = (response: ServerResponse): void => answer(response, 200, { status: 'received' });

/** Rightly signed notifications are not handled as they should be. */
export const deliveries: readonly Receiver[] = [
  broken(
    'refuses topics that it does not know',
    { accept: (response, delivery) => answer(response, notificationOf(delivery)['topic'] === 'ping' ? 200 : 422, {}) },
    { 'delivery/unknown-topic': 'fail' },
  ),
  broken(
    'answers 410 to topics that it does not know',
    { accept: (response, delivery) => answer(response, notificationOf(delivery)['topic'] === 'ping' ? 200 : 410, {}) },
    { 'delivery/unknown-topic': 'fail', 'delivery/no-gone': 'fail' },
    { diagnosis: ['gone'] },
  ),
  ...(
    [
      ['holds seconds to be milliseconds and finds every notification too old', 400, 'too old'],
      ['needs an e-mail address in every notification', 422, 'email is required'],
      ['refuses the ping as it does a wrong signature, in other words', 401, 'Unknown topic ping'],
      ['breaks at the ping, which has no user', 500, 'Internal Server Error'],
    ] as const
  ).map(([name, status, detail]) =>
    broken(
      name,
      {
        isRight: ({ signature, body }) => isSame(signature, digest('sha1', SECRET, body)),
        accept: (response, { body }) => answer(response, body.length > 2 ? status : 200, { detail }),
      },
      { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'skip' },
      { diagnosis: ['refused-behind-check'] },
    ),
  ),
  broken('answers a duplicate with 409', keyed(409, true), { 'delivery/duplicate': 'fail' }),
  broken('makes the null id its key', keyed(409, false), { 'delivery/null-id': 'fail' }, { diagnosis: ['null-id'] }),
  broken(
    'breaks at a null id',
    { accept: (response, delivery) => answer(response, notificationOf(delivery)['id'] === null ? 500 : 200, {}) },
    { 'delivery/null-id': 'fail' },
    { diagnosis: ['null-id'] },
  ),
  broken(
    'takes no body above 100 kB',
    { accept: (response, { body }) => answer(response, body.length > LIMIT_BYTES ? 413 : 200, {}) },
    { 'delivery/large-body': 'warn' },
    { exitCode: 0, diagnosis: ['body-limit'] },
  ),
  broken(
    'hangs up on a large body',
    {
      before(request) {
        const isLarge = Number(request.headers['content-length'] ?? 0) > LIMIT_BYTES;
        if (isLarge) request.socket.destroy();
        return isLarge;
      },
    },
    { 'delivery/large-body': 'warn' },
    { exitCode: 0, diagnosis: ['body-limit'] },
  ),
  broken(
    'breaks at a large body',
    { accept: (response, { body }) => answer(response, body.length > LIMIT_BYTES ? 500 : 200, {}) },
    { 'delivery/large-body': 'fail' },
  ),
  broken(
    'takes no charset in the content type',
    { accept: (response, delivery) => answer(response, typeOf(delivery) === 'application/json' ? 200 : 415, {}) },
    { 'delivery/content-type': 'warn' },
    { exitCode: 0 },
  ),
  broken(
    'wants a charset in the content type',
    { accept: (response, delivery) => answer(response, typeOf(delivery).includes('charset') ? 200 : 415, {}) },
    { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'fail' },
    { diagnosis: ['delivery/content-type'] },
  ),
  broken('takes six at once, and no more', crowded(503), { 'delivery/concurrent': 'fail' }),
  broken(
    'throttles what comes with more than five others',
    crowded(429),
    { 'delivery/concurrent': 'error' },
    { exitCode: 3 },
  ),
  broken(
    'takes its time',
    { accept: (response) => void setTimeout(received, SLOW_MS, response) },
    { 'delivery/latency': 'warn' },
    { exitCode: 0, diagnosis: ['slow'] },
  ),
  broken(
    'never answers what is signed rightly',
    { accept: () => undefined },
    { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'fail' },
    { timeoutMs: SHORT_MS, diagnosis: ['slow'] },
  ),
  broken(
    'never answers what is signed rightly, with sha1 alone',
    { isRight: isSha1, accept: () => undefined },
    { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'fail' },
    { timeoutMs: SHORT_MS, diagnosis: ['slow'] },
  ),
  broken(
    'hangs up on the ping, which has no user',
    { isRight: isSha1, accept: (_, { request }) => void request.socket.destroy() },
    { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'fail' },
    { diagnosis: ['refused-behind-check'] },
  ),
  broken(
    'breaks at every notification',
    { accept: (response) => answer(response, 500, { error: 'Internal Server Error' }) },
    { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'skip' },
    { diagnosis: ['refused-behind-check'] },
  ),
  broken(
    'throttles every notification',
    { accept: (response) => answer(response, 429, {}) },
    { 'signature/accepted': 'error', ...all('skip', DELIVERIES), 'delivery/content-type': 'skip' },
    { exitCode: 3 },
  ),
  broken(
    'answers with a redirect when it is done',
    { accept: (response) => void response.writeHead(303, { Location: '/thanks' }).end() },
    { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'skip' },
    { diagnosis: ['refused-behind-check'] },
  ),
  broken(
    'answers with a redirect when it is done, with sha1 alone',
    { isRight: isSha1, accept: (response) => void response.writeHead(302, { Location: '/thanks' }).end() },
    { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'skip' },
    { diagnosis: ['refused-behind-check'] },
  ),
  broken('decodes a body piece by piece', { before: torn }, { 'delivery/large-body': 'fail' }),
];

function isSha1({ signature, body }: Delivery): boolean {
  return isSame(signature, digest('sha1', SECRET, body));
}

/** `body += part`, by pieces of its own, so that they are the same on every computer. */
function torn(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'POST' || request.url !== PATH) return false;
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const whole = Buffer.concat(parts);
    let text = '';
    for (let at = 0; at < whole.length; at += PIECE_BYTES) text += whole.subarray(at, at + PIECE_BYTES).toString();
    answer(response, isSigned(request.headers['x-hub-signature']?.toString(), text) ? 200 : 401, {});
  });
  return true;
}

const typeOf = ({ request }: Delivery): string => request.headers['content-type'] ?? '';

/** A store with a unique key on the id. */
function keyed(status: number, allowsNull: boolean): Partial<Habits> {
  const ids = new Set<unknown>();
  return {
    accept(response, delivery) {
      const { id } = notificationOf(delivery);
      const isIgnored = allowsNull ? id === null : id !== null;
      const isKnown = !isIgnored && ids.has(id);
      ids.add(id);
      answer(response, isKnown ? status : 200, {});
    },
  };
}

/** Holds the notifications that come together until there is one too many, so that time plays no part. */
function crowded(status: number): Partial<Habits> {
  let waiting: ServerResponse[] = [];
  let isFull = false;
  return {
    accept(response, { request }) {
      if (request.headers['x-propiq-probe'] !== 'delivery/concurrent') return received(response);
      if (isFull) return answer(response, status, {});
      waiting.push(response);
      if (waiting.length <= MOST_AT_ONCE) return undefined;
      isFull = true;
      waiting.slice(0, MOST_AT_ONCE).forEach(received);
      waiting.slice(MOST_AT_ONCE).forEach((one) => answer(one, status, {}));
      waiting = [];
      return undefined;
    },
  };
}
