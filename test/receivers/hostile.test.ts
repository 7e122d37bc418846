import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PLAIN } from '../../src/base/paint.ts';
import { CHECKS } from '../../src/verify/checks/index.ts';
import { pretty } from '../../src/verify/reporters/pretty.ts';
import type { Report } from '../../src/verify/verify.ts';
import { runVerify } from '../support/verify.ts';
import { answer, isSigned, listen, plainApp, type Running, SECRET } from './receiver.ts';

const MEGABYTE = 1024 * 1024;
const TIMEOUT_MS = 300;
const BOMB = gzipSync(Buffer.alloc(50 * MEGABYTE));

/** Answers that were never meant to be read. */
const HOSTILE: Readonly<Record<string, RequestListener>> = {
  'a body without end': (request, response) => {
    const part = Buffer.alloc(65_536, 'x');
    const timer = setInterval(() => response.write(part), 5);
    request.socket.once('close', () => clearInterval(timer));
  },
  'a body of 10 GB, as it says': (_, response) => {
    response.writeHead(401, { 'Content-Length': 10 * 1024 * MEGABYTE });
    response.write('x'.repeat(MEGABYTE));
  },
  'a compressed bomb': (_, response) => void response.writeHead(401, { 'Content-Encoding': 'gzip' }).end(BOMB),
  'escape sequences everywhere': (_, response) => {
    response.writeHead(401, 'No\u009b31m', { 'X-Title': '\u009b2Jowned', 'WWW-Authenticate': '\u009b1mNegotiate' });
    response.end('\u001b]0;owned\u0007\u001b[2J\u202egnorw');
  },
  'a byte now and then': (request, response) => {
    response.writeHead(401);
    const timer = setInterval(() => response.write('x'), 50);
    request.socket.once('close', () => clearInterval(timer));
  },
  'a body that is cut off': (request, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('{"status":', () => request.socket.destroy());
  },
  'another status each time': (() => {
    let turn = 0;
    const statuses = [200, 401, 500, 204, 403, 302, 410, 429, 404, 503];
    return (_, response) => {
      turn += 1;
      answer(response, statuses[turn % statuses.length] ?? 200, {});
    };
  })(),
  'JSON nested without end': (_, response) =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).end('['.repeat(60_000)),
  'only what was right before, and not any more': (() => {
    let accepted = 0;
    return plainApp({
      isRight({ signature, body }) {
        accepted += isSigned(signature, body) ? 1 : 0;
        return isSigned(signature, body) && accepted < 4;
      },
    });
  })(),
  'sixty headers of a kilobyte': (_, response) => {
    for (let at = 0; at < 60; at += 1) response.setHeader(`X-${at}`, randomBytes(512).toString('hex'));
    answer(response, 401, {});
  },
};

async function judged(running: Running): Promise<{ report: Report; text: string }> {
  const fold = pretty.start({ paint: PLAIN, columns: 80, isQuiet: false, isVerbose: true, isStrict: false });
  let text = '';
  try {
    for await (const event of runVerify(running.url, { secret: SECRET, timeoutMs: TIMEOUT_MS })) {
      text += fold(event);
      if (event.type === 'finished') return { report: event.report, text };
    }
  } finally {
    await running.close();
  }
  throw new Error('the run ended without a report');
}

function expectSane({ report, text }: { report: Report; text: string }): void {
  expect(report.checks).toHaveLength(CHECKS.length);
  expect(report.exitCode).toBeGreaterThan(0);
  for (const { message } of report.checks) expect(message).not.toContain('The check itself failed');
  expect(text).not.toContain(SECRET);
  expect(Array.from(text).filter((char) => /[\p{Cc}\p{Bidi_Control}]/u.test(char) && char !== '\n')).toEqual([]);
}

describe.concurrent('a hostile answer is judged in bounded time, and shown without harm', () => {
  test.each(Object.entries(HOSTILE))('%s', async (_, app) => {
    expectSane(await judged(await listen(createServer(app))));
  });

  test.each([
    ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(2000), 'informational answers without end'],
    ['HTTP/1.1 200 OK\r\nX: ' + 'y'.repeat(MEGABYTE), 'a header without end'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello', 'two lengths'],
    ['HTTP/2.0 200 OK\r\n\r\n', 'another version'],
    ['\u0000\u0001\u0002\u0003', 'binary'],
  ])('%#: raw bytes (%s)', async (bytes) => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(bytes));
    });
    expectSane(await judged(await listen(server)));
  });
});
