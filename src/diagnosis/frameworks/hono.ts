import { type Answer, type Framework, strongest } from '../framework.ts';

/** Hono's answer to an unknown path is the plain text `404 Not Found`. */
export const hono: Framework = {
  id: 'hono',
  name: 'Hono',
  language: 'js',
  recognise: (answers) => strongest([answers.some(isNotFound), 0.7]),
  rawBody: `import { createHmac, timingSafeEqual } from 'node:crypto'; // on Workers: compatibility flag nodejs_compat

app.post('/intercom/webhook', async (c) => {
  const secret = process.env.INTERCOM_WEBHOOK_SECRET; // on Workers: c.env.INTERCOM_WEBHOOK_SECRET
  if (!secret) return c.body(null, 503); // with an empty key anybody could sign
  const body = Buffer.from(await c.req.arrayBuffer()); // not c.req.json()
  const right = Buffer.from('sha1=' + createHmac('sha1', secret).update(body).digest('hex'));
  const given = Buffer.from(c.req.header('x-hub-signature') ?? '', 'latin1');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return c.body(null, 401);
  const notification = JSON.parse(body.toString('utf8'));
  return c.body(null, 200);
});`,
};

function isNotFound({ status, text }: Answer): boolean {
  return status === 404 && text === '404 Not Found';
}
