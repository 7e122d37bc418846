import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** `X-Powered-By: Next.js`, its own headers, or the address of its scripts. */
export const next: Framework = {
  id: 'next',
  name: 'Next.js',
  language: 'js',
  recognise: (answers) =>
    strongest(
      [hasHeader(answers, 'x-powered-by', /^Next\.js/i), 0.97],
      [hasHeader(answers, 'x-nextjs-cache') || hasHeader(answers, 'x-nextjs-prerender'), 0.95],
      [says(answers, /"\/_next\/static\//), 0.9],
      [hasHeader(answers, 'vary', /\bnext-router-/i), 0.9],
    ),
  rawBody: `// app/intercom/webhook/route.ts
import { createHmac, timingSafeEqual } from 'node:crypto';

export async function POST(request: Request) {
  const secret = process.env.INTERCOM_WEBHOOK_SECRET;
  if (!secret) return new Response(null, { status: 503 }); // with an empty key anybody could sign
  const body = Buffer.from(await request.arrayBuffer()); // not request.json()
  const right = Buffer.from('sha1=' + createHmac('sha1', secret).update(body).digest('hex'));
  const given = Buffer.from(request.headers.get('x-hub-signature') ?? '', 'latin1');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return new Response(null, { status: 401 });
  const notification = JSON.parse(body.toString('utf8'));
  return new Response(null, { status: 200 });
}

export const HEAD = () => new Response(null, { status: 200 });`,
  head: 'export const HEAD = () => new Response(null, { status: 200 });',
};
