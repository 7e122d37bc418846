import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';
import { PATH, SECRET } from '../load.ts';

/** Verifies and parses as a careful application does, and stores nothing. */
const app = express();
app.post(PATH, express.raw({ type: '*/*' }), (request, response) => {
  const body = request.body as Buffer;
  const right = Buffer.from(`sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}`);
  const given = Buffer.from(request.get('X-Hub-Signature') ?? '');
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    response.status(401).json({ detail: 'Invalid signature' });
    return;
  }
  const { topic } = JSON.parse(body.toString()) as { topic: string };
  response.json({ status: 'received', topic });
});
const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
