import { Client } from 'undici';
import type { BodyEnd, HeaderList, HttpRequest } from '../base/ports.ts';
import { type AnswerStart, watchAnswerStart } from './answer-start.ts';
import type { Connection } from './connection.ts';
import type { Deadline } from './deadline.ts';

/** More than any receiver has reason to send, little enough to hold. */
const LONGEST_HEADER = 64 * 1024;
/** Shorter than what servers wait by default (gunicorn 2 s, Node and uvicorn 5 s), so that they rarely close first. */
const IDLE_MS = 1500;

/** Name, TLS and proxy are done with, and Host is among the headers: undici sees a connection that speaks plain HTTP. */
const ANY_ORIGIN = 'http://receiver';

/** One connection, one exchange at a time. */
export interface Lane {
  readonly client: Client;
  readonly connection: Connection;
  readonly start: AnswerStart;
}

export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly bodyEnd: BodyEnd;
  /** When its header was there, on the clock of `performance.now`. */
  readonly firstByteAt: number;
}

/** No answer: why, and whether anything of one had come. */
export class NoAnswer extends Error {
  readonly opening: Uint8Array;

  constructor(cause: unknown, opening: Uint8Array) {
    super('no answer', { cause });
    this.opening = opening;
  }
}

export function createLane(connection: Connection): Lane {
  const start = watchAnswerStart(connection.socket);
  let isTaken = false;
  const client = new Client(ANY_ORIGIN, {
    connect(_options, callback) {
      // undici would connect again on its own, for ever on a socket that broke before its first request; here one client
      // is one connection. It must be told in a later turn.
      const isSpent = isTaken;
      isTaken = true;
      queueMicrotask(() => (isSpent ? callback(new Error('closed'), null) : callback(null, connection.socket)));
    },
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: LONGEST_HEADER,
  });
  return { client, connection, start };
}

/** True while another request may be sent on it. */
export function isOpen({ client, connection }: Lane): boolean {
  return !client.destroyed && !connection.socket.destroyed;
}

/**
 * Sends one request on a lane and collects the answer. Whatever ends it early destroys the connection.
 * `target` is what stands in the request line.
 * @throws NoAnswer before the header of an answer is complete
 */
export function exchange(
  lane: Lane,
  request: HttpRequest,
  target: string,
  extraHeaders: HeaderList,
  maxBytes: number,
  deadline: Deadline,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let head: { status: number; headers: HeaderList; firstByteAt: number } | undefined;
    const parts: Uint8Array[] = [];
    let size = 0;
    let isSettled = false;
    const settle = (isWhole: boolean): void => {
      isSettled = true;
      deadline.rest();
      if (!isWhole) void drop(lane);
    };
    const end = (bodyEnd: BodyEnd): void => {
      if (isSettled || !head) return;
      const body = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, size);
      const { status, headers, firstByteAt } = head;
      resolve({ status, headers, firstByteAt, body, bodyEnd });
      settle(bodyEnd === 'complete');
    };
    const fail = (error: unknown): void => {
      if (isSettled) return;
      reject(new NoAnswer(error, lane.start.opening()));
      settle(false);
    };
    deadline.onEnd(() => (head ? end('timed-out') : fail(deadline.reason)));
    if (isSettled) return;
    lane.start.expect();
    lane.client.dispatch(
      {
        path: target,
        method: request.method,
        headers: flat(extraHeaders, request.headers),
        body: request.body ?? null,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart({ rawHeaders }, status) {
          if (status >= 200) head = { status, headers: pairs(rawHeaders as Buffer[]), firstByteAt: performance.now() };
        },
        onResponseData(_controller, part) {
          const room = maxBytes - size;
          parts.push(part.length > room ? part.subarray(0, room) : part);
          size += Math.min(part.length, room);
          if (part.length > room) end('too-long');
        },
        onResponseEnd: () => end('complete'),
        onResponseError: (_controller, error) => (head ? end('cut-off') : fail(error)),
      },
    );
  });
}

/** Ends a lane's connection at once. */
export function drop({ client, connection }: Lane): Promise<void> {
  connection.socket.destroy();
  return client.destroy();
}

/** As undici takes them: name, value, name, value. */
function flat(...lists: readonly HeaderList[]): string[] {
  const lines: string[] = [];
  for (const list of lists) for (const [name, value] of list) lines.push(name, value);
  return lines;
}

/** Bytes as Latin-1, one character each: nothing is lost, and nothing is taken for UTF-8 that may not be. */
function pairs(raw: readonly Buffer[]): HeaderList {
  const list: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    list.push([(raw[at] as Buffer).toString('latin1'), (raw[at + 1] as Buffer).toString('latin1')]);
  }
  return list;
}
