import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** `X-Powered-By: Express`, and the page of finalhandler: `Cannot POST /path`. */
export const express: Framework = {
  id: 'express',
  name: 'Express',
  language: 'js',
  recognise: (answers) =>
    strongest(
      [hasHeader(answers, 'x-powered-by', /^Express$/i), 0.95],
      [says(answers, /<pre>Cannot (?:GET|HEAD|POST|OPTIONS) \//), 0.9],
    ),
  rawBody: `import { createHmac, timingSafeEqual } from 'node:crypto';

// before app.use(express.json()), or this route gets a parsed body
app.post('/intercom/webhook', express.raw({ type: '*/*', limit: '2mb' }), (req, res) => {
  const secret = process.env.INTERCOM_WEBHOOK_SECRET;
  if (!secret) return res.sendStatus(503); // with an empty key anybody could sign
  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const right = Buffer.from('sha1=' + createHmac('sha1', secret).update(body).digest('hex'));
  const given = Buffer.from(req.get('X-Hub-Signature') ?? '', 'latin1');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return res.sendStatus(401);
  const notification = JSON.parse(body.toString('utf8'));
  res.sendStatus(200); // answer first, handle the notification afterwards
});`,
  head: "app.head('/intercom/webhook', (req, res) => res.sendStatus(200));",
};
