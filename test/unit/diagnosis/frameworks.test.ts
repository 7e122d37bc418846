import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/diagnosis/framework.ts';
import { FRAMEWORKS, recogniseFramework, recogniseFront } from '../../../src/diagnosis/frameworks/index.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };

const answer = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  text,
  headers: Object.entries(headers),
});

/** Answers as these frameworks give them to a path or a method that they do not know. */
const KNOWN: readonly (readonly [id: string, answer: Answer])[] = [
  ['express', answer(401, '{"error":"no"}', { 'X-Powered-By': 'Express', ...JSON_TYPE })],
  [
    'express',
    answer(404, '<!DOCTYPE html>\n<html lang="en">\n<body>\n<pre>Cannot POST /webhook</pre>\n</body>\n</html>\n', HTML),
  ],
  ['nest', answer(404, '{"message":"Cannot POST /webhook","error":"Not Found","statusCode":404}', JSON_TYPE)],
  [
    'fastify',
    answer(404, '{"message":"Route POST:/webhook not found","error":"Not Found","statusCode":404}', JSON_TYPE),
  ],
  [
    'fastify',
    answer(
      415,
      '{"statusCode":415,"code":"FST_ERR_CTP_INVALID_MEDIA_TYPE","error":"Unsupported Media Type","message":"x"}',
      JSON_TYPE,
    ),
  ],
  ['next', answer(404, '<html></html>', { 'X-Powered-By': 'Next.js', ...HTML })],
  ['hono', answer(404, '404 Not Found', TEXT)],
  ['fastapi', answer(404, '{"detail":"Not Found"}', { server: 'uvicorn', ...JSON_TYPE })],
  ['fastapi', answer(405, '{"detail":"Method Not Allowed"}', JSON_TYPE)],
  ['fastapi', answer(422, '{"detail":[{"type":"missing","loc":["body","x"],"msg":"Field required"}]}', JSON_TYPE)],
  [
    'flask',
    answer(
      404,
      '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered',
      HTML,
    ),
  ],
  [
    'flask',
    answer(
      405,
      '<!doctype html>\n<html lang=en>\n<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n<p>The method is not allowed for the requested URL.</p>\n',
      HTML,
    ),
  ],
  ['flask', answer(401, '', { Server: 'Werkzeug/2.2.2 Python/3.11.2' })],
  [
    'django',
    answer(
      404,
      '\n<!doctype html>\n<html lang="en">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n',
      HTML,
    ),
  ],
  [
    'django',
    answer(403, '<h1>Forbidden <span>(403)</span></h1><p>CSRF verification failed. Request aborted.</p>', HTML),
  ],
  ['rails', answer(401, '', { 'X-Request-Id': 'a2e2bf7d', 'X-Runtime': '0.012345' })],
  ['laravel', answer(419, '{"message":"CSRF token mismatch."}', JSON_TYPE)],
  ['laravel', answer(404, '{"message":"The route webhook could not be found."}', JSON_TYPE)],
  ['php', answer(401, '', { 'X-Powered-By': 'PHP/8.2.7' })],
  [
    'spring',
    answer(
      404,
      '{"timestamp":"2026-01-01T00:00:00.000+00:00","status":404,"error":"Not Found","path":"/webhook"}',
      JSON_TYPE,
    ),
  ],
  ['spring', answer(404, '<html><body><h1>Whitelabel Error Page</h1></body></html>', HTML)],
  ['aspnet', answer(404, '', { Server: 'Kestrel' })],
  [
    'aspnet',
    answer(
      415,
      '{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.16","title":"Unsupported Media Type","status":415,"traceId":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}',
      { 'Content-Type': 'application/problem+json' },
    ),
  ],
  ['go', answer(404, '404 page not found\n', TEXT)],
];

describe('a framework is recognised by its answers', () => {
  test.each(KNOWN)('%s: %#', (id, seen) => {
    expect(recogniseFramework([answer(200, '{"status":"healthy"}', JSON_TYPE), seen])?.id).toBe(id);
  });

  test('every framework of the list is recognised by some answer', () => {
    expect(new Set(KNOWN.map(([id]) => id))).toEqual(new Set(FRAMEWORKS.map(({ id }) => id)));
  });

  test.each([
    answer(401, '{"detail":"Invalid signature"}', JSON_TYPE),
    answer(404, 'Not Found', TEXT),
    answer(404, '{"error":"Not Found"}', JSON_TYPE),
    answer(401, '', { Server: 'WSGIServer/0.2 CPython/3.11.2' }), // wsgiref, which Django's runserver and Bottle share
    answer(401, '', { 'X-Powered-By': 'ASP.NET' }), // IIS says so in front of everything
    answer(502, '<html><center>nginx/1.22.1</center></html>', { Server: 'nginx' }),
  ])('none is named where the answer could be anyone’s: %#', (seen) => {
    expect(recogniseFramework([seen])).toBeUndefined();
  });

  test.each([
    ['azure', answer(401, '', { 'Set-Cookie': 'ARRAffinity=x;Path=/' }), 'propiq.example'],
    ['azure', answer(401, ''), 'luntra.azurewebsites.net'],
    ['vercel', answer(401, '', { 'x-vercel-id': 'fra1::x' }), 'propiq.example'],
    ['cloudflare', answer(401, '', { 'cf-ray': 'x-FRA' }), 'propiq.example'],
    ['ngrok', answer(401, ''), 'made-up.ngrok-free.app'],
    ['nginx', answer(401, '', { Server: 'nginx/1.22.1' }), 'propiq.example'],
    [undefined, answer(401, ''), 'propiq.example'],
  ])('in front: %s', (id, seen, host) => {
    expect(recogniseFront([seen], host)?.id).toBe(id);
  });
});
