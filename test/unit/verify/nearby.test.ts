import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { listen, PATH } from '../../receivers/receiver.ts';
import { reportOf } from '../../support/verify.ts';

/** A server without the path that is asked for; says which paths take a POST when it is asked with OPTIONS. */
async function messageFor(
  takesPost: (path: string) => boolean,
): Promise<{ message: string; remedy: string; posts: ReadonlySet<string> }> {
  const posts = new Set<string>();
  const { url, close } = await listen(
    createServer((request, response) => {
      if (request.method === 'POST') posts.add(request.url ?? '');
      const isKnown = request.method === 'OPTIONS' && takesPost(request.url ?? '');
      response.writeHead(isKnown ? 200 : 404, isKnown ? { Allow: 'POST, OPTIONS' } : {}).end();
    }),
  );
  try {
    const { diagnosis } = await reportOf(url, { secret: 'not-a-real-key' });
    const [found] = diagnosis;
    expect(found?.id).toBe('wrong-path');
    return { message: found?.message ?? '', remedy: found?.remedy ?? '', posts };
  } finally {
    await close();
  }
}

describe('a path that does not exist', () => {
  test('is told together with the one that takes a POST', async () => {
    const { message, remedy } = await messageFor((path) => path === '/api/webhooks/intercom');
    expect(message).toContain('a POST is taken at /api/webhooks/intercom');
    expect(remedy).toMatch(/^propiq-intercom verify http:\/\/127\.0\.0\.1:\d+\/api\/webhooks\/intercom$/);
  });

  test('is told alone where every path answers alike', async () => {
    const { message } = await messageFor(() => true);
    expect(message).not.toContain('On the same host');
  });

  test('is looked for without a POST to any other path', async () => {
    const { posts } = await messageFor((path) => path === '/webhook');
    expect(posts).toEqual(new Set([PATH]));
  });
});
