import { createHmac, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';
import { PATH, SECRET } from '../load.ts';

/** Verifies and parses as a careful application does, and stores nothing. */
const app = fastify();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post(PATH, async (request, reply) => {
  const body = request.body as Buffer;
  const right = Buffer.from(`sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}`);
  const given = Buffer.from(String(request.headers['x-hub-signature']));
  if (given.length !== right.length || !timingSafeEqual(given, right))
    return reply.code(401).send({ detail: 'Invalid signature' });
  const { topic } = JSON.parse(body.toString()) as { topic: string };
  return { status: 'received', topic };
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify(app.server.address())}\n`);
