import { getRequestListener } from '@hono/node-server';
import { digest, isSame, PATH, type Receiver, SECRET, serveApp } from '../receiver.ts';

/** The functions that a route file of Next's app router exports; Next calls them with a `Request`. */
const route: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
  HEAD: async () => new Response(null, { status: 200 }),
  async POST(request) {
    const body = Buffer.from(await request.arrayBuffer());
    const signature = request.headers.get('x-hub-signature') ?? undefined;
    const algorithm = signature?.startsWith('sha256=') ? 'sha256' : 'sha1';
    if (!isSame(signature, digest(algorithm, SECRET, body)))
      return Response.json({ error: 'invalid signature' }, { status: 401 });
    return Response.json({ ok: true });
  },
};

/** A route handler as Next has it, behind the little of Next that a webhook sees. */
export const nextRoute: Receiver = {
  name: 'a Next route handler',
  differs: { 'health/app': 'warn', 'health/intercom': 'warn' },
  exitCode: 0,
  start() {
    const listener = getRequestListener(async (request) => {
      if (new URL(request.url).pathname !== PATH) return new Response('This page could not be found.', { status: 404 });
      return route[request.method]?.(request) ?? new Response(null, { status: 405 });
    });
    return serveApp((request, response) => void listener(request, response));
  },
};
