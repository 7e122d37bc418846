import fastify from 'fastify';
import { isSigned, PATH, type Receiver, SECRET } from '../receiver.ts';

const PARSED_LIMIT = 2 * 1024 * 1024;

/** With the raw body as a buffer, and HEAD as a route of its own. */
export const fastifyApp: Receiver = {
  name: 'Fastify 5',
  differs: {},
  exitCode: 0,
  async start() {
    const app = fastify({ bodyLimit: PARSED_LIMIT, forceCloseConnections: true });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
    app.get('/health', async () => ({ status: 'healthy' }));
    app.get('/intercom/health', async () => ({ status: 'healthy', intercom_configured: true }));
    app.head(PATH, async (_, reply) => reply.code(200).send());
    app.post(PATH, async (request, reply) => {
      const signature = request.headers['x-hub-signature'];
      const isRight = isSigned(typeof signature === 'string' ? signature : undefined, request.body as Buffer, SECRET);
      return reply.code(isRight ? 200 : 401).send({ status: isRight ? 'received' : 'refused' });
    });
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url: `${origin}${PATH}`, close: () => app.close() };
  },
};
