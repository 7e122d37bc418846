import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Application, ListenLimits, ReceivedRequest, Reply, RequestHead } from '../base/application.ts';
import { AppError } from '../base/errors.ts';
import type { HeaderList } from '../base/ports.ts';
import type { AddressGate } from './server-addresses.ts';

/** A body up to this size is thrown away without closing the connection. */
const DISCARDED_BYTES = 64 * 1024;

export interface Exchanges {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The sender waits for `100 Continue` before it sends the body. */
  handleExpecting(request: IncomingMessage, response: ServerResponse): void;
  /** Whether the connection has had its answers, and waits for whatever comes next. */
  isIdle(socket: Socket): boolean;
  /** Runs the task once no answer is outstanding on the connection. */
  whenQuiet(socket: Socket, task: () => void): void;
  /** From now on every answer ends its connection. */
  closeAfterAnswers(): void;
}

/** Reads requests and writes replies, within bounds. */
export function createExchanges(limits: ListenLimits, application: Application, gate?: AddressGate): Exchanges {
  const maxBufferedBytes = Math.max(limits.maxBufferedBytes, limits.maxBodyBytes);
  /** Answers of one connection leave in order, so waiting for the newest is waiting for all. */
  const newestAnswer = new WeakMap<Socket, ServerResponse>();
  /** The same for requests, answered or not. */
  const newestRequest = new WeakMap<Socket, ServerResponse>();
  let bufferedBytes = 0;
  let isDraining = false;

  function begin(request: IncomingMessage, response: ServerResponse, isExpecting: boolean): void {
    newestRequest.set(request.socket, response);
    const { head, lengthBytes } = headOf(request);
    const isTooLarge = lengthBytes > limits.maxBodyBytes && lengthBytes !== Infinity;
    const early =
      application.early(head) ??
      (isTooLarge
        ? application.tooLarge(head)
        : hasPlace(request, response)
          ? undefined
          : application.overloaded(head));
    if (early === undefined) {
      if (isExpecting) response.writeContinue();
      read(request, response, head);
      return;
    }
    newestAnswer.set(request.socket, response);
    if (!isExpecting && lengthBytes > DISCARDED_BYTES) linger(request, response, early);
    else write(application, response, early, isExpecting || isDraining);
  }

  /** False where the sender's address has as many requests under way as it may. */
  function hasPlace(request: IncomingMessage, response: ServerResponse): boolean {
    if (gate === undefined) return true;
    const leave = gate.enter(request);
    if (leave) response.once('close', leave);
    return leave !== undefined;
  }

  function read(request: IncomingMessage, response: ServerResponse, head: RequestHead): void {
    const parts: Buffer[] = [];
    let sizeBytes = 0;
    const release = (): void => {
      bufferedBytes -= sizeBytes;
      sizeBytes = 0;
    };
    const onData = (part: Buffer): void => {
      sizeBytes += part.length;
      bufferedBytes += part.length;
      if (sizeBytes <= limits.maxBodyBytes && bufferedBytes <= maxBufferedBytes) {
        parts.push(part);
        return;
      }
      const reply = sizeBytes > limits.maxBodyBytes ? application.tooLarge(head) : application.overloaded(head);
      request.off('data', onData).off('end', onEnd).off('close', release);
      release();
      parts.length = 0;
      newestAnswer.set(request.socket, response);
      linger(request, response, reply);
    };
    const onEnd = (): void => {
      request.off('close', release);
      const { method, target, headers } = head;
      const body = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      newestAnswer.set(request.socket, response);
      void respond({ method, target, headers, body }, response, release);
    };
    request.on('data', onData).on('end', onEnd).on('close', release);
  }

  async function respond(request: ReceivedRequest, response: ServerResponse, release: () => void): Promise<void> {
    let reply: Reply;
    try {
      reply = await application.answer(request);
    } catch (cause) {
      reply = application.failed(cause);
    }
    release();
    write(application, response, reply, isDraining);
  }

  /** The answer leaves at once; the body is read on for a while, because closing on unread bytes would destroy the answer. */
  function linger(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
    if (response.headersSent) return write(application, response, reply, true);
    writeHead(response, reply, true);
    response.flushHeaders();
    if (reply.body !== '') response.write(reply.body);
    const timer = setTimeout(() => response.end(), limits.lingerMs);
    response.once('close', () => clearTimeout(timer));
    request.once('end', () => response.end());
    request.resume();
  }

  return {
    handle: (request, response) => begin(request, response, false),
    handleExpecting: (request, response) => begin(request, response, true),
    isIdle: (socket) => newestRequest.get(socket)?.writableFinished === true,
    whenQuiet(socket, task) {
      const newest = newestAnswer.get(socket);
      if (newest === undefined || newest.writableFinished || newest.destroyed) task();
      else newest.once('close', task);
    },
    closeAfterAnswers: () => (isDraining = true),
  };
}

/** The whole answer, on a connection that stays. */
export function writeReply(application: Pick<Application, 'failed'>, response: ServerResponse, reply: Reply): void {
  write(application, response, reply, false);
}

/** Where a framework has answered in the receiver's place there is nothing more to say to the sender: it is told as a failure. */
function write(
  application: Pick<Application, 'failed'>,
  response: ServerResponse,
  reply: Reply,
  closes: boolean,
): void {
  if (response.headersSent) {
    application.failed(answeredElsewhere());
    return;
  }
  if (reply.breaksOff === true) {
    response.destroy();
    return;
  }
  writeHead(response, reply, closes);
  response.end(reply.body);
}

function writeHead(response: ServerResponse, { status, headers, body }: Reply, closes: boolean): void {
  const lines: string[] = ['Content-Length', String(Buffer.byteLength(body))];
  for (const [name, value] of headers) lines.push(name, value);
  if (closes) lines.push('Connection', 'close');
  response.writeHead(status, lines);
}

export function headersOf({ rawHeaders }: IncomingMessage): HeaderList {
  return Array.from({ length: rawHeaders.length / 2 }, (_, at) => [
    rawHeaders[at * 2] ?? '',
    rawHeaders[at * 2 + 1] ?? '',
  ]);
}

/** `lengthBytes` is what the body will have; Infinity where it comes in chunks. */
function headOf({ method = '', url = '', rawHeaders }: IncomingMessage): { head: RequestHead; lengthBytes: number } {
  const headers: [string, string][] = [];
  let lengthBytes = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    headers.push([name, value]);
    if (name.length === 14 && name.toLowerCase() === 'content-length') lengthBytes = Number(value);
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') lengthBytes = Infinity;
  }
  return { head: { method, target: url, headers }, lengthBytes };
}

function answeredElsewhere(): AppError {
  return new AppError('receiver/answered-elsewhere', {
    what: 'The request was answered before the receiver came to it',
    why: 'A framework sends an answer of its own when its handler returns, so the sender does not see that of the receiver.',
    hint: 'Let the framework leave the answer alone: ctx.respond = false (Koa), reply.hijack() (Fastify), return h.abandon (Hapi).',
  });
}
