import type { Socket } from 'node:net';

/** Longer interim answers are left to the parser, which refuses them. */
const LONGEST_INTERIM = 16 * 1024;
const KEPT = 64;
const CODE_AT = 'HTTP/1.1 '.length;
const ONE = '1'.charCodeAt(0);
const CONTINUE = /^HTTP\/1\.[01] 100(?: [^\r\n]*)?\r\n/;

export interface AnswerStart {
  /** Call before each request: the next bytes are the start of its answer. */
  expect(): void;
  /** The first bytes of the answer as they came, at most 64; empty while none came. */
  opening(): Uint8Array;
}

/**
 * Looks at the first bytes of each answer as undici reads them, for two reasons: what an answer began with is the evidence
 * when it is not HTTP; and `100 Continue` that nobody asked for, which RFC 9110 15.2 obliges a client to accept, ends
 * undici's request with an error, so it is taken out here (undici 7 client-h1.js, onHeadersComplete; drop this when it
 * accepts them).
 */
export function watchAnswerStart(socket: Socket): AnswerStart {
  const read = socket.read.bind(socket);
  let isExpected = false;
  let opening: Buffer = Buffer.alloc(0);
  let held: Buffer = Buffer.alloc(0);
  socket.read = (size?: number): Buffer | null => {
    const part = read(size) as Buffer | null;
    if (!isExpected || part === null) return part;
    if (opening.length === 0) opening = part.subarray(0, KEPT);
    else if (opening.length < KEPT) opening = Buffer.concat([opening, part.subarray(0, KEPT - opening.length)]);
    held = held.length === 0 ? part : Buffer.concat([held, part]);
    if (mayBeInterim(held)) {
      held = withoutContinue(held);
      if (mayBecomeContinue(held)) return null;
    }
    isExpected = false;
    const rest = held;
    held = Buffer.alloc(0);
    return rest;
  };
  return {
    expect() {
      isExpected = true;
      opening = Buffer.alloc(0);
      held = Buffer.alloc(0);
    },
    opening: () => opening,
  };
}

/** One look at one byte spares nearly every answer the closer ones. */
function mayBeInterim(bytes: Buffer): boolean {
  return bytes.length <= CODE_AT || bytes[CODE_AT] === ONE;
}

function withoutContinue(bytes: Buffer): Buffer {
  let rest = bytes;
  for (;;) {
    const end = CONTINUE.test(rest.toString('latin1', 0, 256)) ? rest.indexOf('\r\n\r\n') : -1;
    if (end < 0) return rest;
    rest = rest.subarray(end + 4);
  }
}

/** Nothing yet, the start of a status line, or an interim answer whose header has not ended. */
function mayBecomeContinue(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 12);
  if (start.length < 12) return 'HTTP/1.1 100'.startsWith(start) || 'HTTP/1.0 100'.startsWith(start);
  return /^HTTP\/1\.[01] 100/.test(start) && bytes.length < LONGEST_INTERIM;
}
