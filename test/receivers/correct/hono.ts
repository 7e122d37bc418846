import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { digest, isSame, PATH, type Receiver, SECRET } from '../receiver.ts';

/** As on Workers, Bun and Deno: the request's own bytes, before anything has read them as JSON. */
export const honoApp: Receiver = {
  name: 'Hono',
  differs: {},
  exitCode: 0,
  async start() {
    const app = new Hono();
    app.get('/health', (context) => context.json({ status: 'healthy' }));
    app.get('/intercom/health', (context) => context.json({ status: 'healthy', intercom_configured: true }));
    app.on('HEAD', PATH, (context) => context.body(null, 200));
    app.get(PATH, (context) => context.body(null, 200));
    app.post(PATH, async (context) => {
      const body = Buffer.from(await context.req.arrayBuffer());
      const signature = context.req.header('X-Hub-Signature');
      const algorithm = signature?.startsWith('sha256=') ? 'sha256' : 'sha1';
      if (!isSame(signature, digest(algorithm, SECRET, body))) return context.json({ error: 'Unauthorized' }, 401);
      return context.json({ received: true });
    });
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
    if (!server.listening) await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}${PATH}`,
      close: async () => {
        const over = once(server, 'close');
        server.close();
        if ('closeAllConnections' in server) server.closeAllConnections();
        await over;
      },
    };
  },
};
