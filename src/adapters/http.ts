import { errors } from 'undici';
import type { Exchange, Http, HttpLimits, HttpRequest } from '../base/ports.ts';
import { headerValue } from '../base/ports.ts';
import { openConnection, type Route, startProgress } from './connection.ts';
import { startDeadline } from './deadline.ts';
import { createLane, drop, exchange, isOpen, type Lane, NoAnswer } from './exchange.ts';
import { createNames, type Names } from './names.ts';
import { classifyNetError } from './net-errors.ts';
import { bare, portOf, type ProxySettings, proxyFor } from './proxy.ts';
import { ProxyRefusal } from './proxy-errors.ts';
import { createTrust, type Trust } from './trust.ts';

export interface HttpOptions {
  readonly proxies?: ProxySettings;
  readonly names?: Names;
  readonly trust?: Trust;
}

/**
 * HTTP/1.1 over undici, for judging receivers: what is sent is what was asked for, and what came is told as it came.
 * Connections are kept and used again. Where one that had been used before is closed before any byte of an answer came,
 * nobody can tell a server that had just let go of an idle connection from one that was upset by the request: the request
 * is then sent once more, on a connection of its own, and what happens there is the answer. That is the only repetition.
 */
export function createHttp(options: HttpOptions = {}): Http & { close(): Promise<void> } {
  const names = options.names ?? createNames();
  const trust = options.trust ?? createTrust();
  const idle = new Map<string, Lane[]>();
  const open = new Set<Lane>();

  return {
    send,
    async close() {
      await Promise.all([...open].map((lane) => drop(lane)));
      open.clear();
      idle.clear();
      names.close();
    },
  };

  async function send(request: HttpRequest, limits: HttpLimits): Promise<Exchange> {
    limits.signal.throwIfAborted();
    const startedAt = performance.now();
    const { url } = request;
    const { timeoutMs, address } = limits;
    const route: Route = { url, proxy: proxyFor(url, options.proxies ?? {}), names, trust, timeoutMs, address };
    const key = keyOf(route);
    const progress = startProgress();
    const deadline = startDeadline(timeoutMs, limits.signal);
    try {
      const used = limits.isFresh === true ? undefined : takeIdle(key);
      if (used) {
        try {
          return await sendOn(used);
        } catch (error) {
          if (deadline.isOver || !isStale(error)) throw error;
        }
      }
      return await sendOn(await openLane());
    } catch (error) {
      if (limits.signal.aborted) throw limits.signal.reason;
      const { cause, opening } = error instanceof NoAnswer ? error : { cause: error, opening: undefined };
      if (isMisuse(cause)) throw cause;
      throw classifyNetError(cause, {
        ...progress,
        host: bare(url.hostname),
        port: portOf(url),
        isHttps: url.protocol === 'https:',
        timeoutMs,
        proxy: route.proxy?.shown,
        opening,
      });
    } finally {
      deadline.stop();
    }

    async function openLane(): Promise<Lane> {
      const connection = await openConnection(route, progress, deadline);
      const lane = createLane(connection);
      open.add(lane);
      connection.socket.once('close', () => forget(key, lane));
      return lane;
    }

    async function sendOn(lane: Lane): Promise<Exchange> {
      const viaProxy = url.protocol === 'http:' ? route.proxy : undefined;
      progress.phase = viaProxy ? 'proxy' : 'answer';
      const path = `${url.pathname}${url.search}`;
      const target = viaProxy ? `${url.origin}${path}` : path;
      const extra: (readonly [string, string])[] = [];
      if (headerValue(request.headers, 'host') === undefined) extra.push(['Host', url.host]);
      if (viaProxy?.authorization !== undefined) extra.push(['Proxy-Authorization', viaProxy.authorization]);
      const sentAt = performance.now();
      const answer = await exchange(lane, request, target, extra, limits.maxBytes, deadline);
      const { status, headers, body, bodyEnd, firstByteAt } = answer;
      if (isOpen(lane)) keepIdle(key, lane);
      if (bodyEnd === 'timed-out') limits.signal.throwIfAborted();
      if (viaProxy && status === 407) throw new ProxyRefusal(407, 'Proxy Authentication Required');
      const { dns, connect, tls } = progress.spent;
      const durationMs = performance.now() - startedAt;
      return {
        request,
        status,
        headers,
        body,
        bodyEnd,
        address: lane.connection.address,
        ...(route.proxy && { proxy: route.proxy.shown }),
        durationMs,
        timings: { dns, connect, tls, firstByte: firstByteAt - sentAt, total: durationMs },
      };
    }
  }

  function takeIdle(key: string): Lane | undefined {
    const lanes = idle.get(key) ?? [];
    for (let lane = lanes.pop(); lane !== undefined; lane = lanes.pop()) if (isOpen(lane)) return lane;
    return undefined;
  }

  function keepIdle(key: string, lane: Lane): void {
    const lanes = idle.get(key);
    if (lanes) lanes.push(lane);
    else idle.set(key, [lane]);
  }

  function forget(key: string, lane: Lane): void {
    open.delete(lane);
    const lanes = idle.get(key);
    if (lanes?.includes(lane)) lanes.splice(lanes.indexOf(lane), 1);
    void drop(lane);
  }
}

function keyOf({ url, proxy, address = '' }: Route): string {
  return `${url.origin} ${proxy?.shown ?? ''} ${address}`;
}

/** Nothing of an answer came; that the connection had been used before is known where this is asked. */
function isStale(error: unknown): boolean {
  return error instanceof NoAnswer && error.opening.length === 0;
}

/** A request that undici does not send: a header with a line break in it, say. The caller's mistake, nobody's answer. */
function isMisuse(cause: unknown): boolean {
  return cause instanceof errors.InvalidArgumentError || cause instanceof errors.NotSupportedError;
}
