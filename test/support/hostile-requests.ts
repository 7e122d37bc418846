import { delivery, notification, sign, WEBHOOK } from './serve.ts';

type Random = () => number;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1));
const bytes = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: upTo(random, most) }, () => upTo(random, 255)));
const hex = (random: Random, digits: number): string =>
  Array.from({ length: digits }, () => upTo(random, 15).toString(16)).join('');

/** One other digit somewhere in a right signature. */
function spoil(random: Random, signature: string): string {
  const at = signature.indexOf('=') + 1 + upTo(random, signature.length - signature.indexOf('=') - 2);
  const digit = ((Number.parseInt(signature[at] ?? '0', 16) + 1 + upTo(random, 13)) % 16).toString(16);
  return signature.slice(0, at) + digit + signature.slice(at + 1);
}

/** Signatures that are not right for the body, in every way that a forger or a broken sender has. */
const SIGNATURES: readonly ((random: Random, body: Buffer) => readonly string[])[] = [
  () => [],
  () => ['X-Hub-Signature:'],
  (random) => [`X-Hub-Signature: sha1=${hex(random, 40)}`],
  (random) => [`X-Hub-Signature: sha256=${hex(random, 64)}`],
  (random, body) => [`X-Hub-Signature: ${spoil(random, sign(body))}`],
  (random, body) => [`X-Hub-Signature: ${sign(body, 'sha1', hex(random, 20))}`],
  (random, body) => [
    `X-Hub-Signature: ${sign(body, 'sha1', pick(random, ['changeme', 'secret', 'null', 'undefined']))}`,
  ],
  (_, body) => [`X-Hub-Signature: ${sign(Buffer.concat([body, Buffer.from('\n')]))}`],
  (random, body) => [`X-Hub-Signature: ${sign(body).slice(0, 5 + upTo(random, 39))}`],
  (random, body) => [`X-Hub-Signature: ${sign(body)}${hex(random, 1 + upTo(random, 8))}`],
  (_, body) => [`X-Hub-Signature: ${sign(body)}`, `X-Hub-Signature: ${sign(body)}`],
  (_, body) => [`X-Hub-Signature: ${sign(body)}, ${sign(body, 'sha256')}`],
  (_, body) => [`X-Hub-Signature: ${sign(body).slice(5)}`],
  (_, body) => [`X-Hub-Signature: SHA1=${sign(body).slice(5)}`],
  (_, body) => [`X-Hub-Signature: sha1=${sign(body).slice(5).toUpperCase()}A`],
  (_, body) => [`X-Hub-Signature: sha256=${sign(body).slice(5)}`],
  (_, body) => [`X-Hub-Signature: sha1=${sign(body, 'sha256').slice(7)}`],
  (_, body) => [`X-Hub-Signature: md5=${sign(body).slice(5, 37)}`],
  (_, body) => [`X-Hub-Signature: sha1=${Buffer.from(sign(body).slice(5), 'hex').toString('base64')}`],
  (_, body) => [`X-Body-Signature: ${sign(body, 'sha256').slice(7)}`, `X-Hub-Signature-256: ${sign(body, 'sha256')}`],
  (random) => [
    `X-Hub-Signature: sha1=${bytes(random, 60)
      .toString('latin1')
      .replaceAll(/[\0\r\n]/g, '')}`,
  ],
  (random) => [`X-Hub-Signature: ${'sha1='.repeat(upTo(random, 2000))}`],
  (_, body) => [`X-Hub-Signature: "${sign(body)}"`],
  (_, body) => [`X-Hub-Signature : ${sign(body)}`],
  (_, body) => [`X-Hub-Signature:\r\n ${sign(body)}`],
];

const BODIES: readonly ((random: Random) => Buffer)[] = [
  (random) => Buffer.from(notification(`notif_${hex(random, 8)}`)),
  () => Buffer.from(notification(null, 'ping')),
  (random) => bytes(random, 300),
  () => Buffer.alloc(0),
  (random) => Buffer.from('['.repeat(upTo(random, 5000))),
  (random) => Buffer.from(JSON.stringify({ test: hex(random, 20) })),
];

type Change = (random: Random, request: Buffer) => Buffer;
const lengthTo = (random: Random, text: string, most: number): string =>
  text.replace(
    /Content-Length: \d+/,
    `Content-Length: ${pick(random, [upTo(random, most), -1, '1e3', '0x5', '', ' ', '99999999999999999999'])}`,
  );
const inLatin1 = (request: Buffer, change: (text: string) => string): Buffer =>
  Buffer.from(change(request.toString('latin1')), 'latin1');

const signatures = (request: Buffer): number =>
  [...request.toString('latin1').matchAll(/\r\nX-Hub-Signature:/gi)].length;

/** What is done to a whole request before it is sent. The first leaves it alone, and is the most likely. */
const CHANGES: readonly Change[] = [
  (_, request) => request,
  (_, request) => request,
  (_, request) => request,
  (random, request) => request.subarray(0, upTo(random, request.length)),
  (random, request) => {
    const flipped = Buffer.from(request);
    const at = upTo(random, flipped.length - 1);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << upTo(random, 7));
    // of two right signatures one under another name leaves a request that is right
    return signatures(flipped) === 1 && signatures(request) === 2 ? request : flipped;
  },
  (random, request) => inLatin1(request, (text) => lengthTo(random, text, 600)),
  (random, request) =>
    inLatin1(request, (text) =>
      text.replace(
        '\r\nHost',
        `\r\nTransfer-Encoding: ${pick(random, ['chunked', 'gzip, chunked', 'identity', 'x'])}\r\nHost`,
      ),
    ),
  (random, request) =>
    inLatin1(request, (text) =>
      text.replace(
        WEBHOOK,
        pick(random, [`${WEBHOOK}/`, `${WEBHOOK}?x`, `http://x${WEBHOOK}`, '/', '*', '/%00', `/${'x'.repeat(3000)}`]),
      ),
    ),
  (random, request) =>
    inLatin1(request, (text) =>
      text.replace('POST', pick(random, ['PUT', 'PATCH', 'BREW', 'post', 'CONNECT', 'PRI', 'DELETE', '', 'POST POST'])),
    ),
  (random, request) =>
    inLatin1(request, (text) =>
      text.replace('HTTP/1.1', pick(random, ['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP', 'HTTP/1.1 ', 'http/1.1'])),
    ),
  (random, request) =>
    inLatin1(request, (text) =>
      text.replace(
        '\r\nHost',
        `\r\n${pick(random, ['Expect: 100-continue', 'Upgrade: h2c\r\nConnection: Upgrade', 'Connection: close', 'Content-Encoding: gzip', `X: ${'y'.repeat(20_000)}`, ': empty', 'X-Propiq-Probe: \u001b[2J'])}\r\nHost`,
      ),
    ),
  (random, request) => inLatin1(request, (text) => text.replaceAll('\r\n', pick(random, ['\n', '\r', '\r\r\n']))),
  (random, request) => Buffer.concat([request, bytes(random, 200)]),
  (random) => bytes(random, 500),
  (random) => Buffer.concat([Buffer.from('16030100', 'hex'), bytes(random, 200)]),
];

/**
 * Requests that must not be accepted, whatever they are. Only what is done to a request after it was signed could, by a
 * chance of one in 2^160, make a wrong signature right.
 */
export function hostileRequests(seed: number, count: number): readonly Buffer[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => {
    const body = pick(random, BODIES)(random);
    const request = delivery(body, pick(random, SIGNATURES)(random, body));
    return pick(random, CHANGES)(random, request);
  });
}
