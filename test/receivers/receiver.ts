import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { CheckId, Status } from '../../src/verify/check.ts';

/** What every receiver of the bank has as its secret, and `verify` too. */
export const SECRET = 'not-a-real-key-of-the-bank';
export const PATH = '/intercom/webhook';

/** A small real server, and what `verify` must say of it: every check that is not named ends as in a healthy run. */
export interface Receiver {
  readonly name: string;
  /** Listens on a free port of 127.0.0.1; resolves when it does. */
  start(): Promise<Running>;
  readonly differs: Readonly<Partial<Record<CheckId, Status>>>;
  readonly exitCode: 0 | 1 | 3;
  /** Ids of the diagnosis. */
  readonly diagnosis?: readonly string[];
  /** Where the fault is one of time. */
  readonly timeoutMs?: number;
}

export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** One POST to the webhook path, read whole. */
export interface Delivery {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly signature: string | undefined;
}

/** How the plain receiver behaves; a broken one changes one of these. */
export interface Habits {
  isRight(delivery: Delivery): boolean;
  refuse(response: ServerResponse, delivery: Delivery): void;
  accept(response: ServerResponse, delivery: Delivery): void;
  head(response: ServerResponse): void;
  health(response: ServerResponse): void;
  intercomHealth(response: ServerResponse): void;
  /** Before anything else; true when it has answered. */
  before(request: IncomingMessage, response: ServerResponse): boolean;
  /** Before the signature is checked; true when it has answered. */
  beforeCheck(response: ServerResponse, delivery: Delivery): boolean;
}

export function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** The same, for habits that say whether they have answered. */
export function answered(response: ServerResponse, status: number, body: object = {}): true {
  answer(response, status, body);
  return true;
}

export function redirected(response: ServerResponse, status: number, location: string): true {
  response.writeHead(status, { Location: location }).end();
  return true;
}

export function page(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!doctype html><p>${text}</p>`);
}

export function digest(algorithm: string, key: string, body: Uint8Array | string): string {
  return `${algorithm}=${createHmac(algorithm, key).update(body).digest('hex')}`;
}

export function isSame(given: string | undefined, right: string): boolean {
  const [one, other] = [Buffer.from(given ?? '', 'latin1'), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Whether a signature is right over some bytes, in either algorithm. */
export function isSigned(signature: string | undefined, body: Uint8Array | string, key = SECRET): boolean {
  return isSame(signature, digest('sha1', key, body)) || isSame(signature, digest('sha256', key, body));
}

export function notificationOf({ body }: Delivery): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

const RIGHT: Habits = {
  isRight: ({ signature, body }) => isSigned(signature, body),
  refuse: (response) => answer(response, 401, { detail: 'Invalid signature' }),
  accept: (response) => answer(response, 200, { status: 'received' }),
  head: (response) => void response.writeHead(200).end(),
  health: (response) => answer(response, 200, { status: 'healthy' }),
  intercomHealth: (response) => answer(response, 200, { status: 'healthy', intercom_configured: true }),
  before: () => false,
  beforeCheck: () => false,
};

/** The receiver of the bank: right in everything, but for the habits that are given. */
export function plainApp(habits: Partial<Habits> = {}): RequestListener {
  const does = { ...RIGHT, ...habits };
  return (request, response) => {
    if (does.before(request, response)) return;
    const { method, url } = request;
    if (method === 'GET' && url === '/health') return does.health(response);
    if (method === 'GET' && url === '/intercom/health') return does.intercomHealth(response);
    if (url !== PATH) return answer(response, 404, { detail: 'Not Found' });
    if (method === 'HEAD') return does.head(response);
    if (method !== 'POST') return answer(response, 405, { detail: 'Method Not Allowed' });
    readBody(request, (body) => {
      const delivery = { request, body, signature: request.headers['x-hub-signature']?.toString() };
      if (does.beforeCheck(response, delivery)) return;
      if (does.isRight(delivery)) does.accept(response, delivery);
      else does.refuse(response, delivery);
    });
  };
}

function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('error', () => undefined);
  request.on('end', () => done(Buffer.concat(parts)));
}

/** Starts any `net` or `http` server on a free port of 127.0.0.1. */
export async function listen(server: Server, path = PATH): Promise<Running> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
      }),
  };
}

export const serveApp = (app: RequestListener): Promise<Running> => listen(createServer(app));

/** A receiver that is right but for one habit. */
export function broken(
  name: string,
  habits: Partial<Habits>,
  differs: Receiver['differs'],
  more: Partial<Pick<Receiver, 'exitCode' | 'diagnosis' | 'timeoutMs'>> = {},
): Receiver {
  return { name, differs, exitCode: 1, ...more, start: () => serveApp(plainApp(habits)) };
}

/** Several checks with one status. */
export function all<S extends Status>(status: S, ids: readonly CheckId[]): Partial<Record<CheckId, S>> {
  return Object.fromEntries(ids.map((id) => [id, status]));
}

/** All that skips when no delivery can be judged. */
export const DELIVERIES: readonly CheckId[] = [
  'signature/sha1',
  'signature/sha256',
  'signature/raw-body',
  'delivery/unknown-topic',
  'delivery/duplicate',
  'delivery/null-id',
  'delivery/large-body',
  'delivery/consistent',
  'delivery/concurrent',
  'delivery/latency',
];

/** All that skips when there is no receiver to judge. */
export const BEHIND_UNSIGNED: readonly CheckId[] = [
  'endpoint/wrong-secret-rejected',
  'endpoint/tampered-rejected',
  'endpoint/malformed-signature-rejected',
  'endpoint/empty-key-rejected',
  'endpoint/placeholder-key-rejected',
  'signature/accepted',
  ...DELIVERIES,
  'delivery/content-type',
];

export const BEHIND_CONFIGURED: readonly CheckId[] = [
  'endpoint/unsigned-rejected',
  'endpoint/no-signature-leak',
  ...BEHIND_UNSIGNED,
];

export const BEHIND_WALL: readonly CheckId[] = [
  'endpoint/head',
  'endpoint/configured',
  ...BEHIND_CONFIGURED,
  'delivery/no-gone',
];

export const BEHIND_REDIRECT: readonly CheckId[] = ['endpoint/reaches-receiver', ...BEHIND_WALL];
