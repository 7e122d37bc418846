import { describe, expect, test } from 'vitest';
import * as hostile from '../support/hostile-server.ts';
import { get, limits, openHttp, textOf } from '../support/http.ts';

describe('what is sent', () => {
  test('keeps header lines in order, repeated, and in Latin-1, and the bytes of the body', async () => {
    const server = await hostile.hostileServer(hostile.answersOk);
    const body = Uint8Array.of(0x7b, 0x22, 0xff, 0x00, 0x22, 0x7d);
    await openHttp().send(
      {
        method: 'POST',
        url: new URL(`${server.url}/intercom/webhook?a=%20b`),
        headers: [
          ['User-Agent', 'test'],
          ['X-Hub-Signature', 'sha1=one'],
          ['x-hub-SIGNATURE', 'sha1=\u00e9\u00ff'],
          ['Content-Type', 'application/json'],
          ['X-Empty', ''],
        ],
        body,
      },
      limits(),
    );
    const [request] = server.requests;
    expect(request?.toString('latin1')).toBe(
      [
        'POST /intercom/webhook?a=%20b HTTP/1.1',
        `host: 127.0.0.1:${server.port}`,
        'connection: keep-alive',
        'User-Agent: test',
        'X-Hub-Signature: sha1=one',
        'x-hub-SIGNATURE: sha1=\u00e9\u00ff',
        'Content-Type: application/json',
        'X-Empty: ',
        'content-length: 6',
        '',
        Buffer.from(body).toString('latin1'),
      ].join('\r\n'),
    );
  });

  test.each([
    ['GET', 'GET / HTTP/1.1', false],
    ['HEAD', 'HEAD / HTTP/1.1', false],
    ['POST', 'POST / HTTP/1.1', true],
  ])('%s without a body', async (method, line, hasLength) => {
    const server = await hostile.hostileServer(hostile.saysAndCloses('HTTP/1.1 204 No Content\r\n\r\n'));
    const { status } = await openHttp().send({ method, url: new URL(server.url), headers: [] }, limits());
    expect(status).toBe(204);
    const sent = server.requests[0]?.toString('latin1') ?? '';
    expect(sent.startsWith(`${line}\r\n`)).toBe(true);
    expect(sent.includes('content-length: 0')).toBe(hasLength);
  });
});

describe('what comes back', () => {
  test('is told as it came: repeated headers in order, redirects not followed', async () => {
    const server = await hostile.hostileServer(
      hostile.says(
        'HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nLocation: /elsewhere\r\nset-cookie: b=2\r\nContent-Length: 5\r\n\r\nhello',
      ),
    );
    const exchange = await openHttp().send(get(server.url), limits());
    expect(exchange).toMatchObject({
      status: 302,
      headers: [
        ['Set-Cookie', 'a=1'],
        ['Location', '/elsewhere'],
        ['set-cookie', 'b=2'],
        ['Content-Length', '5'],
      ],
      bodyEnd: 'complete',
      address: `127.0.0.1:${server.port}`,
    });
    expect(textOf(exchange)).toBe('hello');
    expect(server.requests).toHaveLength(1);
  });
});
