import { type Framework, says, strongest } from '../framework.ts';

/** Its JSON: `{"message":"Route POST:/path not found","error":"Not Found","statusCode":404}`, and codes `FST_ERR_…`. */
export const fastify: Framework = {
  id: 'fastify',
  name: 'Fastify',
  language: 'js',
  recognise: (answers) =>
    strongest(
      [says(answers, /"message":"Route [A-Z]+:\/[^"]{0,300} not found"/), 0.97],
      [says(answers, /"code":"FST_ERR_/), 0.97],
    ),
  rawBody: `import { createHmac, timingSafeEqual } from 'node:crypto';

app.register(async (scope) => {
  // in a scope of its own, so that other routes keep their JSON parser
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 2_097_152 }, (req, body, done) => done(null, body));
  scope.post('/intercom/webhook', async (req, reply) => {
    const secret = process.env.INTERCOM_WEBHOOK_SECRET;
    if (!secret) return reply.code(503).send(); // with an empty key anybody could sign
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const right = Buffer.from('sha1=' + createHmac('sha1', secret).update(body).digest('hex'));
    const given = Buffer.from(String(req.headers['x-hub-signature'] ?? ''), 'latin1');
    if (given.length !== right.length || !timingSafeEqual(given, right)) return reply.code(401).send();
    const notification = JSON.parse(body.toString('utf8'));
    return reply.code(200).send();
  });
});`,
  head: "app.head('/intercom/webhook', async (req, reply) => reply.code(200).send());",
};
