import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { listenHere } from './hostile-server.ts';

/** One request as it came: the bytes, and every header line. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Which of the algorithms its signature is right for; null where there is none or it is wrong. */
  readonly signedWith: 'sha1' | 'sha256' | null;
}

export interface Recorder {
  /** `http://127.0.0.1:PORT/intercom/webhook` */
  readonly url: string;
  readonly requests: Recorded[];
}

type Answer = (request: Recorded, response: ServerResponse, nth: number) => void;

/** 200 to what is rightly signed, else 401, as receivers should. */
const strict: Answer = ({ signedWith }, response) => void response.writeHead(signedWith ? 200 : 401).end('{}');

/** Only what is signed with one algorithm is taken. */
export const strictFor =
  (algorithm: 'sha1' | 'sha256'): Answer =>
  ({ signedWith }, response) =>
    void response.writeHead(signedWith === algorithm ? 200 : 401).end('{}');

/** The same status whatever comes. */
export const always =
  (status: number, body = '{}', headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

/** A receiver that keeps all it gets, to the byte. Goes with its test. */
export async function record(key: string, answer: Answer = strict): Promise<Recorder> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const right = (['sha1', 'sha256'] as const).find(
        (name) => request.headers['x-hub-signature'] === `${name}=${createHmac(name, key).update(body).digest('hex')}`,
      );
      const { rawHeaders, method = '', url = '' } = request;
      const headers = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
      );
      const recorded = { method, path: url, headers, body, signedWith: right ?? null };
      requests.push(recorded);
      answer(recorded, response, requests.length - 1);
    });
  });
  const port = await listenHere(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}/intercom/webhook`, requests };
}

/** The header lines that say something, in one order: how a client keeps its connection is its own affair. */
export function saying({ headers }: Recorded): readonly string[] {
  return headers
    .filter(([name]) => name !== 'connection')
    .map(([name, value]) => `${name}: ${value}`)
    .toSorted();
}
