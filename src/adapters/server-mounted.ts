import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application, ListenLimits, Reply } from '../base/application.ts';
import { createExchanges, headersOf, writeReply } from './server-exchange.ts';

/** What frameworks put on a request: Express's and Connect's parsers `body`, cloud functions `rawBody`. */
type FrameworkRequest = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown };

/**
 * Answers requests on a `node:http` server that somebody else runs, its limits of time and connections included. Where
 * something has read the body already and kept its exact bytes, these are taken; where it is gone, nobody can verify it any
 * more, and `onConsumed` is called instead.
 */
export function createMountedListener(
  limits: ListenLimits,
  application: Application,
): (request: IncomingMessage, response: ServerResponse, onConsumed: () => void) => void {
  const exchanges = createExchanges(limits, application);

  async function answerWith(body: Uint8Array, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: target = '' } = request;
    const head = { method, target, headers: headersOf(request) };
    let reply: Reply;
    try {
      const early = application.early(head);
      if (early) reply = early;
      else if (body.length > limits.maxBodyBytes) reply = application.tooLarge(head);
      else reply = await application.answer({ ...head, body });
    } catch (cause) {
      reply = application.failed(cause);
    }
    writeReply(application, response, reply);
  }

  return (request, response, onConsumed) => {
    const { body, rawBody, readableDidRead } = request as FrameworkRequest;
    const kept = [rawBody, body].find((each) => each instanceof Uint8Array);
    if (kept) void answerWith(kept, request, response);
    else if (readableDidRead && hasBody(request)) onConsumed();
    else if (request.readableEnded) void answerWith(new Uint8Array(), request, response);
    else exchanges.handle(request, response);
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
