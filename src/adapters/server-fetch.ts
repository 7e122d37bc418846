import type { Application, Reply } from '../base/application.ts';

/** Statuses whose answers have no body by definition; a `Response` with one cannot be made. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Answers a `Request` with a `Response`. The body is read to at most `maxBodyBytes`; how long it may take to come is the
 * platform's affair. A repeated header comes as one value with commas, as the Fetch standard has it.
 */
export async function answerFetch(request: Request, maxBodyBytes: number, application: Application): Promise<Response> {
  const { method, url } = request;
  const headers = [...request.headers].map(([name, value]) => [name, value] as const);
  const { pathname, search } = new URL(url);
  const head = { method, target: `${pathname}${search}`, headers };
  try {
    const early = application.early(head);
    if (early) return toResponse(early, method);
    const body = await readBody(request, maxBodyBytes);
    return toResponse(body ? await application.answer({ ...head, body }) : application.tooLarge(head), method);
  } catch (cause) {
    return toResponse(application.failed(cause), method);
  }
}

/** Undefined where there is more than may be. */
async function readBody(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined;
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const part = read.value as Uint8Array;
    size += part.length;
    if (size > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

export function toResponse({ status, headers, body }: Reply, method: string): Response {
  const isBodiless = method === 'HEAD' || BODILESS.has(status);
  return new Response(isBodiless ? null : body, { status, headers: headers.map(([name, value]) => [name, value]) });
}
