import type { HeaderList } from './ports.ts';

/** What is known of a request before its body is read. */
export interface RequestHead {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers: HeaderList;
}

export interface ReceivedRequest extends RequestHead {
  /** The exact bytes, never decoded or decompressed. */
  readonly body: Uint8Array;
}

export interface Reply {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  /** The connection is closed in place of an answer: for a stand-in that plays trouble. */
  readonly breaksOff?: true;
}

/** Requests in, replies out: what the adapter for sockets asks. */
export interface Application {
  /** The answer where the head is enough for one; undefined asks for the body. */
  early(head: RequestHead): Reply | undefined;
  /** Never rejects for what a request holds: a rejection is a bug. */
  answer(request: ReceivedRequest): Promise<Reply>;
  /** The body is longer than is accepted. */
  tooLarge(head: RequestHead): Reply;
  /** More bodies are being read than there is room for. */
  overloaded(head: RequestHead): Reply;
  /** Something that is not an HTTP request, or did not come to its end in time. `problem` is in our own words. */
  unreadable(status: number, problem: string): Reply;
  /** `answer` rejected. */
  failed(cause: unknown): Reply;
}

/** What one address may have at the same time: so many connections, and so many requests. */
export interface AddressLimit {
  readonly most: number;
  /** Addresses and networks (`10.0.0.0/8`) of proxies: they have no limit, and what they say of the sender is believed. */
  readonly trusted: readonly string[];
}

export interface ListenLimits {
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** Of all bodies that are being read or answered at the same time. */
  readonly maxBufferedBytes: number;
  /** From the first byte, or the connection, to the end of the head. */
  readonly headTimeoutMs: number;
  /** From there to the end of the body. */
  readonly requestTimeoutMs: number;
  /** How long a connection may be silent between two requests. */
  readonly keepAliveMs: number;
  /** How long a refused body is read on and thrown away, so that its sender gets to see the answer. */
  readonly lingerMs: number;
  readonly perAddress?: AddressLimit;
}

/** A socket that listens. */
export interface Listener {
  /** `http://127.0.0.1:8000` */
  readonly origin: string;
  /** Connections that are open, and how many were closed at once because there was no room. */
  connections(): { readonly open: number; readonly turnedAway: number };
  /** Stops accepting, lets what runs finish for at most this long, then closes everything. */
  drain(timeoutMs: number): Promise<void>;
}

/**
 * Resolves once the socket listens.
 * @throws AppError `serve/port-in-use`, `serve/cannot-listen`
 */
export type Listen = (
  address: { readonly host: string; readonly port: number },
  limits: Partial<ListenLimits> & Pick<ListenLimits, 'maxBodyBytes'>,
  application: Application,
) => Promise<Listener>;
